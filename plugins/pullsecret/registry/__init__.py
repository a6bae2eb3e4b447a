"""Registries: whether they accept credentials and let an image be pulled. `ask_registries` is the only entry point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.network.side_by_side import call_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.model.images.verdict import RegistryQuery, Verdict
    from pullsecret.model.request.verification import RegistryAccess
    from pullsecret.network.trace import Trace
    from pullsecret.registry.once import RegistryMemory

_PARALLEL: Final = 8
"""So many queries are sent at the same time."""


def ask_registries(
    queries: Iterable[RegistryQuery],
    access: RegistryAccess,
    *,
    environ: Mapping[str, str],
    trace: Trace,
    memory: RegistryMemory | None = None,
) -> dict[RegistryQuery, Verdict]:
    """Send each distinct query, eight at a time, and return a verdict for each.

    Credentials are sent to the registry's own host, or to the token server that it names, over TLS (to this machine,
    and with `access.insecure` everywhere, over plain HTTP, too), and never where a redirect leads. Credentials that a
    registry rejects are not sent again in this call, or in one with the same `memory`, whatever the image. `environ`
    names proxies and certificate authorities as for kubectl; `trace` logs the requests of -v without credentials.

    Raises:
        ConfigError: a file of certificates, a proxy or the timeout cannot be used.
    """
    # Imported here, because --help and commands that do not contact a registry must not load ssl.
    from pullsecret.network.http.web import WebTransport  # noqa: PLC0415
    from pullsecret.network.timeouts import parsed_timeout  # noqa: PLC0415
    from pullsecret.registry.probe import Probe  # noqa: PLC0415

    distinct = tuple(dict.fromkeys(queries))
    if not distinct:
        return {}
    timeouts = parsed_timeout(access.request_timeout)
    transport = WebTransport(environ=environ, trace=trace, timeouts=timeouts, ca_files=access.ca_files)
    probe = Probe(transport, insecure=access.insecure, memory=memory)
    try:
        return dict(zip(distinct, call_each(probe.run, distinct, at_once=_PARALLEL), strict=True))
    finally:
        transport.close()
