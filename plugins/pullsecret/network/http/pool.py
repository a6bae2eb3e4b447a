"""Connections that are kept from request to request, for as many servers and threads as need them."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from pullsecret.network.http.connection import Route, open_connection
from pullsecret.network.http.http1 import is_quiet, roundtrip
from pullsecret.network.proxy import proxy_headers

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from pullsecret.network.address import Zone
    from pullsecret.network.http.message import Request, Response
    from pullsecret.network.timeouts import Deadline

_KEPT: Final = 8
"""So many idle connections are kept for a server."""


_Place: TypeAlias = tuple[str, "frozenset[Zone] | None"]
"""An origin, and the internal networks that it may be in."""


class Connections(Protocol):
    """Whatever sends requests: a pool of connections, this module's or the Kubernetes client's.

    `quickest` is how many seconds the quickest answer took on an open connection: hardly more than the distance.
    """

    quickest: float

    def roundtrip(self, request: Request, deadline: Deadline) -> Response:
        """Send a request and read the whole response; no redirect is followed, and nothing is sent twice.

        Raises:
            NoAnswerError: there is no response.
        """

    def prepare(self, origin: str, start_deadline: Callable[[], Deadline]) -> bool:
        """Open a connection to an origin's server if none is idle; returns whether it did, raises NoAnswerError."""

    def close(self) -> None:
        """Close the connections that are idle."""


class Pool:
    """Connections of our own. `route_to` tells how the server of an origin is reached."""

    def __init__(self, route_to: Callable[[str], Route]) -> None:
        self._route_to, self._lock = route_to, threading.Lock()
        self._idle: defaultdict[_Place, list[socket.socket]] = defaultdict(list)
        self.quickest = float("inf")  # it has more than one server

    def roundtrip(self, request: Request, deadline: Deadline) -> Response:
        """Send a request and read the whole response; raises NoAnswerError."""
        place, route = (request.origin, request.zones), self._route_to(request.origin)
        sock = self._take_idle(place) or open_connection(replace(route, zones=request.zones), deadline)
        may_follow = False
        try:
            response, may_follow = roundtrip(sock, forwarded(request, route), deadline)
        finally:
            if not (may_follow and self._keep(place, sock)):
                sock.close()
        return response

    def prepare(self, origin: str, start_deadline: Callable[[], Deadline]) -> bool:
        """Open a connection to an origin's server if none is idle; returns whether it did, raises NoAnswerError."""
        place = (origin, None)
        if self._idle[place]:
            return False
        self._keep(place, open_connection(self._route_to(origin), start_deadline()))
        return True

    def close(self) -> None:
        """Close the connections that are idle."""
        with self._lock:
            idle, self._idle = self._idle, defaultdict(list)
        for sock in (sock for socks in idle.values() for sock in socks):
            sock.close()

    def _take_idle(self, place: _Place) -> socket.socket | None:
        """Take an idle connection without unexpected data; the others are closed."""
        while True:
            with self._lock:
                sock = self._idle[place].pop() if self._idle[place] else None
            if sock is None or is_quiet(sock):
                return sock
            sock.close()

    def _keep(self, place: _Place, sock: socket.socket) -> bool:
        with self._lock:
            if len(self._idle[place]) >= _KEPT:
                return False
            self._idle[place].append(sock)
            return True


def forwarded(request: Request, route: Route) -> Request:
    """The request as the first server on the route needs it: a proxy that sends it itself gets the whole URL."""
    if not route.is_forwarded:
        return request
    headers = (*request.headers, *(proxy_headers(route.proxy) or {}).items())
    return replace(request, target=request.url, headers=headers)
