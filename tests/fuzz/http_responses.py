"""HTTP responses, read by our codec and by h11: the same status, headers and body, or both refuse.

Bytes are what a server, a registry or a proxy sends before it closes the connection. What differs on purpose is in
DIFFERENCES, and nowhere else.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import h11

from fuzz.fuzzer import Fault, Fuzzer, chance_of, faults_of
from fuzz.mutation import mutated
from pullsecret.cluster.http.response import object_in, retry_after, warnings_in
from pullsecret.errors import PullSecretError
from pullsecret.model.images.verdict import Result
from pullsecret.network.http.http1 import read_response
from pullsecret.network.http.message import ProtocolError, Request
from pullsecret.network.timeouts import Timeouts
from pullsecret.registry.once import SettledError
from pullsecret.registry.ping import challenge_of
from pullsecret.registry.responses import image_verdict, token_refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pullsecret.network.http.message import Response

OK = b"HTTP/1.1 200 OK\r\n"
SEEDS = (
    OK + b'Content-Type: application/json\r\nContent-Length: 17\r\n\r\n{"kind":"Secret"}',
    OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b'Content-Length: 2\r\nWarning: 299 - "old"\r\n\r\n{}',
    b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\nRetry-After: 5\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: x\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
    b"HTTP/1.0 503 Service Unavailable\r\nServer: x\r\n\r\nall that comes",
    b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="https://h/t"\r\nContent-Length: 0\r\n\r\n',
    (
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 44\r\n\r\n"
        b'{"errors":[{"code":"D","message":"slow do"}]}'
    ),
    OK + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n",
)
WORDS = (
    *(b"Content-Length: 5\r\n", b"Content-Length: 2, 2\r\n", b"Content-Length: +2\r\n", b"Content-Length : 2\r\n"),
    *(b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: identity\r\n", b"Transfer-Encoding: gzip, chunked\r\n"),
    *(b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Connection: Upgrade, close\r\n", b"no colon\r\n"),
    *(b": empty name\r\n", b"\r\n\r\n", b"\n", b"\r", b" \t", b"HTTP/1.1 200 OK\r\n", b"HTTP/2 200\r\n", b"0\r\n\r\n"),
    *(
        b"-5\r\n",
        b"ffffffffffffffff\r\n",
        b"5;\r\n",
        b"0x5\r\n",
        b"X" * 300,
        b"101 Switching Protocols",
        b"1.0",
        b"HTTP/1.10",
    ),
)
OTHER_VERSION = re.compile(rb"HTTP/(?!1\.[01])")
FRAMING = {"content-length", "transfer-encoding"}
LENGTHS = re.compile(rb"(?i)Content-Length:[ \t]*[0-9]+[ \t]*,")
HUGE = re.compile(rb"[0-9]{21}")
CONTROL = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
GET = Request(method="GET", origin="https://h.example", target="/")
HEAD = Request(method="HEAD", origin="https://h.example", target="/")
SHORT = Timeouts(connect=5, read=5, total=5)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one of the two makes of the bytes; `refusal` is why it takes no response."""

    refusal: str = ""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    may_follow: bool = False

    @property
    def content(self) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        """What is compared: h11 tells an equal length once, a coding in lower case, and blanks as they are."""
        headers = [(name, " ".join(value.split())) for name, value in self.headers if name not in FRAMING]
        framing = {(name, value.lower()) for name, value in self.headers if name in FRAMING}
        return self.status, (*headers, *sorted(framing)), self.body


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Compare the readings of each seed's bytes."""
    return faults_of(seeds, compare_readings)


def compare_readings(seed: int) -> None:
    chance = chance_of(seed)
    raw = mutated(chance, SEEDS, WORDS)
    request = HEAD if chance.random() < 0.1 else GET
    ours, theirs = our_reading(raw, request), h11_reading(raw, request.method)
    is_equal = (ours.refusal and theirs.refusal) or ours.content == theirs.content
    if is_equal and ours.may_follow <= theirs.may_follow:
        return
    if not any(is_intended(raw, ours, theirs) for is_intended in DIFFERENCES.values()):
        raise Fault(f"{raw!r}:\n  {ours}\n  h11: {theirs}")


DIFFERENCES: Mapping[str, Callable[[bytes, Reading, Reading], bool]] = {
    "we speak HTTP/1.0 and 1.1 only": lambda raw, ours, _: bool(ours.refusal) and bool(OTHER_VERSION.search(raw)),
    "a control character in a head is refused": lambda raw, ours, _: bool(ours.refusal) and bool(CONTROL.search(raw)),
    "a list of equal lengths is refused": lambda raw, ours, _: bool(ours.refusal) and bool(LENGTHS.search(raw)),
    "a length that nothing is read by may be huge": lambda raw, ours, theirs: (
        theirs.refusal == "bad Content-Length" and not ours.body and bool(HUGE.search(raw))
    ),
    "trailers end with CR LF, as chunks do": lambda raw, ours, _: (
        "chunked" in ours.refusal and b"\n" in raw.replace(b"\r\n", b"")
    ),
    "101 is a response, after which nothing follows": lambda _, ours, theirs: (
        ours.status == 101 and not ours.may_follow and "SWITCH" in theirs.refusal
    ),
    "HTTP/1.0 may ask to keep the connection": lambda raw, ours, _: ours.may_follow and b"HTTP/1.0" in raw,
}
"""What differs on purpose."""


def our_reading(raw: bytes, request: Request) -> Reading:
    reader, sender = socket.socketpair()
    with reader, sender:
        sender.sendall(raw)
        sender.shutdown(socket.SHUT_WR)
        try:
            response, may_follow = read_response(reader, request, SHORT.start())
        except (ProtocolError, OSError) as error:
            return Reading(refusal=f"{type(error).__name__}: {error}")
    use(response)
    headers = tuple((name.lower(), value) for name, value in response.headers)
    return Reading(status=response.status, headers=headers, body=response.body, may_follow=may_follow)


def use(response: Response) -> None:
    """Ask of a response what the API server's client and the registries' ask."""
    try:
        object_in(response, "get secrets")
    except PullSecretError as error:
        str(error)
    retry_after(response)
    warnings_in(response)
    image_verdict(response, logged_in=True)
    token_refusal(response, Result.BAD_CREDENTIAL)
    try:
        challenge_of(response)
    except SettledError as end:
        str(end)


def h11_reading(raw: bytes, method: str) -> Reading:
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 17)
    connection.send(h11.Request(method=method, target="/", headers=[("Host", "h.example")]))
    connection.send(h11.EndOfMessage())
    status, body = 0, b""
    headers: tuple[tuple[str, str], ...] = ()
    try:
        connection.receive_data(raw)
        if raw:
            connection.receive_data(b"")
        while True:
            match connection.next_event():
                case h11.InformationalResponse():
                    pass
                case h11.Response() as head:
                    status = head.status_code
                    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
                case h11.Data() as piece:
                    body += piece.data
                case h11.EndOfMessage():
                    may_follow = connection.their_state is h11.DONE and not connection.trailing_data[0]
                    return Reading(status=status, headers=headers, body=body, may_follow=may_follow)
                case event:
                    return Reading(refusal=f"ends with {event}")
    except h11.RemoteProtocolError as error:
        return Reading(refusal=str(error))


FUZZER = Fuzzer(name="http-responses", examine=examine, batches=4, batch=2_000)
