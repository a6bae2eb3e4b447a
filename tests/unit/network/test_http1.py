"""Responses of servers and load balancers, valid and malformed, over a real socket; and requests as they are sent."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pullsecret.network.http.http1 import read_response, request_bytes
from pullsecret.network.http.message import ProtocolError, Request, Response, ResponseTooLargeError, host_header
from pullsecret.network.timeouts import Timeouts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OK = b"HTTP/1.1 200 OK\r\n"
LONG = b"x" * 200_000
GET = Request(method="GET", origin="https://h.example", target="/")
PATIENT = Timeouts(connect=20, read=20, total=20)


@contextmanager
def answering(pieces: Iterable[bytes], *, stays: bool = False) -> Iterator[socket.socket]:
    """Our end of a connection whose other end sends these pieces, then closes, or stays."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        with suppress(OSError):  # the reader has had enough
            for piece in pieces:
                theirs.sendall(piece)
            if not stays:
                theirs.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        yield ours
    finally:
        ours.close()
        sender.join()
        theirs.close()


def response_in(raw: bytes, *, stays: bool = True, size: int = 0, request: Request = GET) -> tuple[Response, bool]:
    """The response in these bytes, sent at once or in pieces of a size; `stays`: the server keeps the connection."""
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)] if size else [raw]
    with answering(pieces, stays=stays) as sock:
        return read_response(sock, request, PATIENT.start())


GOOD = [
    pytest.param(OK + b"Content-Length: 2\r\n\r\n{}", 200, b"{}", True, id="length"),
    pytest.param(OK + b"content-length:2\r\n\r\n{}", 200, b"{}", True, id="name in lower case, no blank"),
    pytest.param(OK + b"Content-Length: 0\r\n\r\n", 200, b"", True, id="empty"),
    pytest.param(b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True, id="no reason"),
    pytest.param(b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", 200, b"{}", True, id="bare line feeds"),
    pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True, id="204 has no body"),
    pytest.param(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", 304, b"", True, id="304 has no body"),
    pytest.param(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        + OK
        + b"Content-Length: 2\r\n\r\n{}",
        *(200, b"{}", True),
        id="provisional ones before",
    ),
    pytest.param(
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;ext=1\r\n0123456789\r\n0\r\n\r\n",
        *(200, b"abc0123456789", True),
        id="chunks",
    ),
    pytest.param(
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2\r\nab\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n",
        *(200, b"ab", True),
        id="chunks with trailers, stronger than a length",
    ),
    pytest.param(OK + b"Content-Length: 2\r\nConnection: close\r\n\r\n{}", 200, b"{}", False, id="close"),
    pytest.param(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False, id="HTTP/1.0"),
    pytest.param(
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True, id="1.0 kept"
    ),
    pytest.param(OK + b"Connection: Close, x\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False, id="close in a list"),
    pytest.param(
        OK + b"Connection: close\r\nConnection: x\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", False, id="close, twice"
    ),
    pytest.param(
        b"HTTP/1.0 200 OK\r\nConnection: keep-alives\r\nContent-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        False,
        id="1.0 ended",
    ),
    pytest.param(OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True, id="equal lengths"),
    pytest.param(OK + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 2", 200, b"{}", False, id="more than was asked for"),
    pytest.param(
        OK
        + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(gzip.compress(LONG)), gzip.compress(LONG)),
        *(200, LONG, True),
        id="gzip",
    ),
]


@pytest.mark.parametrize("size", [0, 1], ids=["at once", "byte by byte"])
@pytest.mark.parametrize(("raw", "status", "body", "may_follow"), GOOD)
def test_response_is_read_whole(raw: bytes, status: int, body: bytes, may_follow: bool, size: int) -> None:
    response, follows = response_in(raw, size=size)

    assert (response.status, response.body) == (status, body)
    assert follows == may_follow or size  # byte by byte, what is too much has not come yet


def test_long_response_is_read_whole() -> None:
    response, may_follow = response_in(OK + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG)
    assert (response.body, may_follow) == (LONG, True)


def test_body_without_length_ends_with_the_connection() -> None:
    response, may_follow = response_in(OK + b"\r\n" + LONG, stays=False)
    assert (response.body, may_follow) == (LONG, False)


def test_headers_are_kept_in_order_and_repeated_ones_too() -> None:
    raw = (
        b"HTTP/1.1 403 Not for you\r\nWarning: a\r\nX-Folded: one\r\n\ttwo\r\nWarning:  b \r\nContent-Length: 0\r\n\r\n"
    )
    response, _ = response_in(raw)

    assert response.reason == "Not for you"
    assert response.values("warning") == ("a", "b")
    assert response.value("x-folded") == "one two"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(b"", ConnectionResetError, id="nothing"),
        pytest.param(b"HTTP/1.1 200 O", ProtocolError, id="half a line"),
        pytest.param(OK + b"Content-Length: 9\r\n\r\n{}", ProtocolError, id="half a body"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc", ProtocolError, id="half a chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", ConnectionResetError, id="no last chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n", ProtocolError, id="negative chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n\r\n", ProtocolError, id="chunk without a size"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", ProtocolError, id="longer chunk"),
        pytest.param(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", ProtocolError, id="other transfer coding"),
        pytest.param(OK + b"Content-Length: -1\r\n\r\n", ProtocolError, id="negative length"),
        pytest.param(OK + b"Content-Length: 2, 2\r\n\r\n{}", ProtocolError, id="two lengths"),
        pytest.param(OK + b"Content-Length: 9\r\nContent-Length: 2\r\n\r\n{}", ProtocolError, id="another length"),
        pytest.param(OK + b"Content-Length : 2\r\n\r\n{}", ProtocolError, id="blank after a name"),
        pytest.param(OK + b"Content-Length\r\n\r\n{}", ProtocolError, id="no colon"),
        pytest.param(OK + b": x\r\nContent-Length: 2\r\n\r\n{}", ProtocolError, id="no name"),
        pytest.param(OK + b"X: a\rContent-Length: 9\r\nContent-Length: 2\r\n\r\n{}", ProtocolError, id="bare CR"),
        pytest.param(OK + b"X: a\0\r\nContent-Length: 2\r\n\r\n{}", ProtocolError, id="NUL"),
        pytest.param(b"HTTP/1.1 304 \r\nContent-Length: x\r\n\r\n", ProtocolError, id="no length, and no body"),
        pytest.param(b"HTTP/1.1 100 C\r\nX\r\n\r\n" + OK + b"\r\n", ProtocolError, id="malformed provisional one"),
        pytest.param(OK + b"Transfer-Encoding:\r\nContent-Length: 2\r\n\r\n{}", ProtocolError, id="empty coding"),
        pytest.param(
            OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
            ProtocolError,
            id="two codings",
        ),
        pytest.param(OK + 2 * b"Transfer-Encoding: chunked\r\n" + b"\r\n0\r\n\r\n", ProtocolError, id="chunked twice"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n 1\r\na\r\n0\r\n\r\n", ProtocolError, id="blank, chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", ProtocolError, id="LF in chunks"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX y\r\n\r\n", ProtocolError, id="malformed trailer"),
        pytest.param(OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", ProtocolError, id="no gzip"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", ProtocolError, id="another protocol"),
        pytest.param(b"HTTP/2 200\r\n\r\n", ProtocolError, id="another version"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", ProtocolError, id="no status"),
        pytest.param(b"HTTP/1.1 100 C\r\n\r\n" * 3, ConnectionResetError, id="provisional ones only"),
        pytest.param(OK + b"X: " + b"x" * 400_000, ProtocolError, id="endless head"),
    ],
)
def test_malformed_response_is_an_error(raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        response_in(raw, stays=False)


def test_silence_is_a_timeout() -> None:
    with answering([OK], stays=True) as sock, pytest.raises(TimeoutError):
        read_response(sock, GET, Timeouts(read=0.05).start())


TRICKLES = {
    "head": (b"", b"x"),
    "body": (OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "trailers": (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
    "until the end": (OK + b"\r\n", b"x"),
    "provisional responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize(("start", "drop"), TRICKLES.values(), ids=TRICKLES.keys())
def test_trickling_response_ends_at_the_deadline(start: bytes, drop: bytes) -> None:
    ours, theirs = socket.socketpair()
    stop = threading.Event()

    def send() -> None:
        theirs.sendall(start)
        while not stop.wait(0.02):
            with suppress(OSError):
                theirs.sendall(drop)

    sender = threading.Thread(target=send)
    sender.start()
    began = time.monotonic()
    try:
        with pytest.raises(TimeoutError):
            read_response(ours, GET, Timeouts(read=20, total=0.3).start())
        assert time.monotonic() - began < 5
    finally:
        stop.set()
        sender.join()
        ours.close()
        theirs.close()


SMALL = Request(method="GET", origin="https://h.example", target="/", max_body=1000)
TOO_LARGE = {
    "length": (OK + b"Content-Length: 1001\r\n\r\n", ResponseTooLargeError),
    "length of 5,000 digits": (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", ResponseTooLargeError),
    "chunk": (OK + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", ResponseTooLargeError),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1ff\r\n%s\r\n" % (b"x" * 511) * 3, ResponseTooLargeError),
    "chunk of many digits": (OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 400_000, ProtocolError),
    "trailers": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 100_000,
        ProtocolError,
    ),
    "until the end": (OK + b"\r\n" + LONG, ResponseTooLargeError),
    "gzip bomb": (
        OK
        + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(gzip.compress(LONG)), gzip.compress(LONG)),
        ResponseTooLargeError,
    ),
    "provisional responses": (b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000, ProtocolError),
}


@pytest.mark.parametrize(("raw", "error"), TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_response_beyond_the_limits_is_an_error(raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        response_in(raw, request=SMALL, stays=False)


@pytest.mark.parametrize(
    "raw",
    [
        OK + b"Content-Length: 200000\r\n\r\n" + LONG,
        OK + b"Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + LONG,
        OK + b"\r\n" + LONG,
    ],
    ids=["length", "chunk", "until the end"],
)
def test_beginning_of_a_long_body_is_enough_on_request(raw: bytes) -> None:
    response, may_follow = response_in(raw, request=replace(SMALL, cuts_body=True))

    assert (response.body, may_follow) == (LONG[:1000], False)


def test_response_to_head_has_no_body() -> None:
    response, may_follow = response_in(OK + b"Content-Length: 9\r\n\r\n", request=replace(GET, method="HEAD"))

    assert (response.status, response.body, may_follow) == (200, b"", True)


def test_many_small_pieces_cost_little() -> None:
    chunks = OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 170_000 + b"0\r\n\r\n"
    began = time.thread_time()

    response, _ = response_in(chunks)

    assert len(response.body) == 170_000
    assert time.thread_time() - began < 1


def test_request_is_one_piece() -> None:
    request = Request(
        method="POST",
        origin="https://h:6443",
        target="/api?x=1",
        headers=[("Accept", "a/b"), ("X", "\xfc")],
        body=b"{}",
    )
    assert request_bytes(request) == (
        b"POST /api?x=1 HTTP/1.1\r\nHost: h:6443\r\nAccept: a/b\r\nX: \xfc\r\nContent-Length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("target", "value"),
    [
        ("/a b", "x"),
        ("/a\r\nX: y", "x"),
        ("/\xfc", "x"),
        ("/", "PLANTED\r\nX: y"),
        ("/", "PLANTED\0"),
        ("/", "PLANTED\u20ac"),
    ],
    ids=["blank", "line in the target", "no ASCII", "line in a header", "NUL", "no Latin-1"],
)
def test_value_cannot_add_a_request(target: str, value: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        request_bytes(replace(GET, target=target, headers=[("Authorization", value)]))
    assert "PLANTED" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://h.example", "h.example"),
        ("https://h.example:443", "h.example:443"),
        ("https://h.example:", "h.example"),
        ("http://[::1]:6443", "[::1]:6443"),
        ("https://[fe80::1%25eth0]:6443", "[fe80::1]:6443"),
        ("https://bücher.example:6443", "xn--bcher-kva.example:6443"),
    ],
)
def test_host_header_is_that_of_go(origin: str, host: str) -> None:
    assert host_header(origin) == host
