"""A connection to a server, directly or through a proxy: TCP, CONNECT or SOCKS, TLS, all before one deadline."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import unquote, urlsplit

from pullsecret.network.address import InternalAddressError, Zone, zone_of, zone_of_host
from pullsecret.network.http.http1 import read_response, request_bytes
from pullsecret.network.http.message import NoAnswerError, ProtocolError, Request
from pullsecret.network.proxy import proxy_headers

if TYPE_CHECKING:
    import ssl

    from pullsecret.network.timeouts import Deadline

_PORTS: Final = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_SHARE: Final = 2.0
"""Seconds that each address of a name has at least, if so many are left (Go: net/dial.go, partialDeadline)."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """How a server is reached: `origin` is its scheme and host, `proxy` the URL of a proxy, "" for none.

    `context` is for the server's TLS, `proxy_context` for an https proxy's. `server_name` replaces the host in the
    certificate check. `zones` are the internal networks that the server may be in; None for any.
    """

    origin: str
    proxy: str = field(default="", repr=False)
    context: ssl.SSLContext | None = None
    proxy_context: ssl.SSLContext | None = None
    server_name: str = ""
    zones: frozenset[Zone] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """The server's host and port."""
        return _address_in(self.origin)

    @property
    def is_tunneled(self) -> bool:
        """Whether an http proxy opens a tunnel to the server; for plain http it sends the request itself."""
        return self.proxy.startswith("http") and self.context is not None

    @property
    def is_forwarded(self) -> bool:
        """Whether an http proxy sends the request itself."""
        return self.proxy.startswith("http") and self.context is None


def open_connection(route: Route, deadline: Deadline) -> socket.socket:
    """A connection on which requests to the route's server can be sent.

    Raises:
        NoAnswerError: there is none; nothing was sent to the server.
    """
    try:
        return _open_connection(route, deadline)
    except TimeoutError as error:
        raise NoAnswerError(sent=False, timed_out=True) from error
    except (OSError, UnicodeError, ProtocolError) as error:  # UnicodeError: a name that no DNS can have
        raise NoAnswerError(sent=False, reason=error if isinstance(error, OSError) else None) from error


def _open_connection(route: Route, deadline: Deadline) -> socket.socket:
    with ExitStack() as opened:
        sock = opened.enter_context(_reach_server(route, deadline))
        if route.is_tunneled:
            _open_tunnel(sock, route, deadline)
        if route.context:
            sock.settimeout(deadline.seconds_to_connect())
            sock = _start_tls(sock, route.context, route.server_name or route.address[0].partition("%")[0])
        opened.pop_all()
        return sock


def _reach_server(route: Route, deadline: Deadline) -> socket.socket:
    """A connection to the server, or to the proxy before it."""
    if not route.proxy:
        return open_socket(*route.address, deadline, zones=route.zones)
    zone = zone_of_host(route.address[0])
    if zone and route.zones is not None and zone not in route.zones:
        raise InternalAddressError(zone)  # whatever else a name stands for is the proxy's business
    if route.proxy.startswith("socks"):
        return _open_socks(route, deadline)
    proxy = _address_in(route.proxy)
    sock = open_socket(*proxy, deadline)
    return _start_tls(sock, route.proxy_context, proxy[0]) if route.proxy_context else sock


def open_socket(host: str, port: int, deadline: Deadline, *, zones: frozenset[Zone] | None = None) -> socket.socket:
    """A TCP connection to the first of a name's addresses that accepts one; none outside the zones is tried.

    The deadline does not end a DNS query: the system's resolver has its own timeout.
    """
    ends = time.monotonic() + deadline.seconds_to_connect()
    failure: OSError = OSError(f"{host} has no address")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for tried, (family, kind, protocol, _, address) in enumerate(found):
        zone = zone_of(str(address[0]))
        if zone and zones is not None and zone not in zones:
            failure = InternalAddressError(zone)
            continue
        left = ends - time.monotonic()
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(left / (len(found) - tried), min(left, _SHARE), 0.001))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise failure


def _open_tunnel(sock: socket.socket, route: Route, deadline: Deadline) -> None:
    """Have the proxy connect to the server (RFC 9110, CONNECT)."""
    host, port = route.address
    place = f"[{host}]:{port}" if ":" in host else f"{host.encode('idna').decode()}:{port}"
    headers = tuple((proxy_headers(route.proxy) or {}).items())
    request = Request(method="CONNECT", origin=f"http://{place}", target=place, headers=headers, cuts_body=True)
    sock.settimeout(deadline.seconds_to_connect())
    sock.sendall(request_bytes(request))
    response, is_quiet = read_response(sock, request, deadline)
    if response.status != 200:  # noqa: PLR2004
        raise OSError(f"Tunnel connection failed: {response.status} {response.reason}")
    if not is_quiet:
        raise ProtocolError("the proxy sends more than the response to CONNECT")


def _open_socks(route: Route, deadline: Deadline) -> socket.socket:
    """A connection through a SOCKS 5 proxy, which resolves the server's name."""
    import socks  # noqa: PLC0415  few need it

    url = urlsplit(route.proxy)
    try:
        sock: socket.socket = socks.create_connection(
            route.address,
            timeout=deadline.seconds_to_connect(),
            proxy_type=socks.SOCKS5,
            proxy_addr=url.hostname,
            proxy_port=url.port or _PORTS[url.scheme],
            proxy_rdns=True,
            proxy_username=unquote(url.username) if url.username else None,
            proxy_password=unquote(url.password) if url.password else None,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
        )
    except socks.ProxyError as error:
        cause = error.socket_err
        if isinstance(cause, OSError) and not isinstance(cause, socks.ProxyError):
            raise cause from None
        raise OSError(None, str(cause or error).rpartition(": ")[2]) from None
    return sock


def _start_tls(sock: socket.socket, context: ssl.SSLContext, server_name: str) -> socket.socket:
    """TLS on a connection; its handshake ends with the connection's timeout."""
    import ssl  # noqa: PLC0415  who asks a server in clear, as a test does, needs none

    name = server_name.rstrip(".")
    if not isinstance(sock, ssl.SSLSocket):
        return context.wrap_socket(sock, server_hostname=name)
    from urllib3.util.ssltransport import SSLTransport  # noqa: PLC0415  TLS in TLS: an https proxy

    return cast("socket.socket", SSLTransport(sock, context, name))


def _address_in(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
