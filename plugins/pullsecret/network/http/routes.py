"""Routes as the environment asks for them: HTTPS_PROXY, HTTP_PROXY and NO_PROXY by Go's rules."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.network.http.connection import Route
from pullsecret.network.proxy import proxy_for, refuse_unsupported
from pullsecret.network.tls import Trust, proxy_context_for

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping


class Routes:
    """How servers are reached whose certificates `context` checks."""

    def __init__(self, context: ssl.SSLContext, environ: Mapping[str, str]) -> None:
        self._context, self._environ = context, environ

    def route_to(self, origin: str) -> Route:
        """The route to an origin's server; ConfigError when the environment names a proxy that cannot be used."""
        proxy = proxy_for(origin, self._environ)
        refuse_unsupported(proxy)
        return Route(
            origin=origin,
            proxy=proxy,
            context=self._context if origin.startswith("https:") else None,
            proxy_context=self._proxy_context if proxy.startswith("https:") else None,
        )

    @cached_property
    def _proxy_context(self) -> ssl.SSLContext:
        return proxy_context_for(Trust(), self._environ)
