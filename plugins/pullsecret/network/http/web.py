"""Requests to servers of the web, such as registries: certificates, the environment's proxies, the log of -v."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pullsecret.network.address import InternalAddressError
from pullsecret.network.go_errors import Target, network_words, timeout_words, tls_words
from pullsecret.network.http.message import USER_AGENT, NoAnswerError, Request, origin_and_target
from pullsecret.network.http.pool import Pool
from pullsecret.network.http.routes import Routes
from pullsecret.network.tls import Trust, context_for, load_authorities, read_pem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.network.address import Zone
    from pullsecret.network.http.message import Response
    from pullsecret.network.timeouts import Deadline, Timeouts
    from pullsecret.network.trace import Trace

_MAX_BODY: Final = 256 * 1024
"""So many bytes of a response are read; tokens and error messages are far shorter."""
_SECONDS: Final = 60.0  # for an exchange, redirects included, where the user asks for no other time

_NO_TLS = "http: server gave HTTP response to HTTPS client"


class UnreachableError(Exception):
    """A server did not respond, for a reason in Go's words.

    `speaks_no_tls`: it speaks plain http. `zone`: it is in an internal network that it may not be in. `sent`: it may
    have acted on the request.
    """

    def __init__(self, words: str, *, zone: Zone | None = None, sent: bool = False) -> None:
        super().__init__(words)
        self.words, self.speaks_no_tls, self.zone, self.sent = words, words == _NO_TLS, zone, sent


class WebTransport:
    """Sends requests, from as many threads as needed. No redirect is followed, and nothing is sent twice.

    Raises ConfigError when made with authorities that cannot be read.
    """

    def __init__(
        self, *, environ: Mapping[str, str], trace: Trace, timeouts: Timeouts, ca_files: tuple[str, ...] = ()
    ) -> None:
        self._trace, self._timeouts = trace, timeouts if timeouts.is_requested else replace(timeouts, total=_SECONDS)
        self._routes = Routes(_context(environ, ca_files), environ)
        self._pool = Pool(self._routes.route_to)

    def start_deadline(self) -> Deadline:
        """The deadline of an exchange that begins now."""
        return self._timeouts.start()

    def is_proxied(self, origin: str) -> bool:
        """Whether a proxy resolves the name of this origin's host."""
        return bool(self._routes.route_to(origin).proxy)

    def send(self, request: Request, deadline: Deadline | None = None, *, is_redirected: bool = False) -> Response:
        """The response, whatever its status. Of a redirect's URL the query is not logged: it may be a signature.

        Raises:
            UnreachableError: there is none.
            ConfigError: the environment names a proxy that cannot be used.
        """
        sent = replace(request, headers=(("User-Agent", USER_AGENT), *request.headers))
        shown, started = without_query(request.url) if is_redirected else request.url, time.monotonic()
        self._trace.request(request.method, shown, request.headers)
        try:
            response = self._pool.roundtrip(sent, deadline or self.start_deadline())
        except NoAnswerError as error:
            raise self._unreachable(error, request) from None  # the cause may quote the request
        response = response.redacted(request.credentials())
        headers = [(name, _logged_value(name, response.redacted_text(value))) for name, value in response.headers]
        millis = int((time.monotonic() - started) * 1000)
        self._trace.response(request.method, shown, response.status_line, headers, millis)
        return response

    def close(self) -> None:
        """Close the connections that are idle."""
        self._pool.close()

    def _unreachable(self, error: NoAnswerError, request: Request) -> UnreachableError:
        target = Target.of(request.url, "", self._routes.route_to(request.origin).proxy)
        if error.timed_out:
            return UnreachableError(timeout_words(target, total=False, connected=error.sent), sent=error.sent)
        if isinstance(error.reason, InternalAddressError):
            return UnreachableError(str(error.reason), zone=error.reason.zone)
        if isinstance(error.reason, ssl.SSLError):
            return UnreachableError(tls_words(error.reason, target.server_name))
        return UnreachableError(network_words(error.reason, target) if error.reason else "EOF", sent=error.sent)


def request_to(  # noqa: PLR0913  what requests to registries differ in
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    secrets: tuple[str, ...] = (),
    zones: frozenset[Zone] | None = None,
) -> Request:
    """A request to a registry's or token server's URL, of whose response the beginning is enough."""
    origin, target = origin_and_target(url)
    return Request(
        method=method,
        origin=origin,
        target=target,
        headers=tuple((headers or {}).items()),
        body=body,
        secrets=secrets,
        zones=zones,
        max_body=_MAX_BODY,
        cuts_body=True,
    )


def without_query(url: str) -> str:
    """A URL up to the end of its path."""
    return url.partition("#")[0].partition("?")[0]


def _context(environ: Mapping[str, str], ca_files: tuple[str, ...]) -> ssl.SSLContext:
    context = context_for(Trust(), environ)
    for path in ca_files:
        load_authorities(context, read_pem(path))
    return context


def _logged_value(name: str, value: str) -> str:
    return without_query(value) if name.lower() == "location" else value
