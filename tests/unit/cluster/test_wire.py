"""Answers as servers, load balancers and broken ones send them, over a real socket; and requests as they are sent."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pullsecret.cluster.http.http1 import WireError, read_answer, request_bytes
from pullsecret.cluster.http.roundtrip import named_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.cluster.http.response import Answer

OK = b"HTTP/1.1 200 OK\r\n"
LONG = b"x" * 200_000


@contextmanager
def answering(pieces: Iterable[bytes], *, stays: bool = False) -> Iterator[socket.socket]:
    """Our end of a connection whose other end sends these pieces, then closes, or stays."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        for piece in pieces:
            theirs.sendall(piece)
        if not stays:
            theirs.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    ours.settimeout(20)
    try:
        yield ours
    finally:
        sender.join()
        ours.close()
        theirs.close()


def answered(raw: bytes, *, stays: bool = True, size: int = 0) -> tuple[Answer, bool]:
    """The answer in these bytes, sent in pieces of a size or at once, by a server that keeps the connection or not."""
    pieces = [raw[start : start + size] for start in range(0, len(raw), size)] if size else [raw]
    with answering(pieces, stays=stays) as sock:
        return read_answer(sock)


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
def test_answer_is_read_whole(raw: bytes, status: int, body: bytes, may_follow: bool, size: int) -> None:
    answer, follows = answered(raw, size=size)

    assert (answer.status, answer.body) == (status, body)
    assert follows == may_follow or size  # byte by byte, what is too much has not come yet


def test_long_answer_is_read_whole() -> None:
    answer, may_follow = answered(OK + b"Content-Length: %d\r\n\r\n" % len(LONG) + LONG)
    assert (answer.body, may_follow) == (LONG, True)


def test_body_without_length_ends_with_the_connection() -> None:
    answer, may_follow = answered(OK + b"\r\n" + LONG, stays=False)
    assert (answer.body, may_follow) == (LONG, False)


def test_headers_are_kept_in_order_and_repeated_ones_too() -> None:
    raw = (
        b"HTTP/1.1 403 Not for you\r\nWarning: a\r\nX-Folded: one\r\n\ttwo\r\nWarning:  b \r\nContent-Length: 0\r\n\r\n"
    )
    answer, _ = answered(raw)

    assert answer.reason == "Not for you"
    assert answer.values("warning") == ("a", "b")
    assert answer.value("x-folded") == "one two"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(b"", ConnectionResetError, id="nothing"),
        pytest.param(b"HTTP/1.1 200 O", WireError, id="half a line"),
        pytest.param(OK + b"Content-Length: 9\r\n\r\n{}", WireError, id="half a body"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nabc", WireError, id="half a chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n", ConnectionResetError, id="no last chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n", WireError, id="negative chunk"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n\r\n", WireError, id="chunk without a size"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", WireError, id="longer chunk"),
        pytest.param(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n", WireError, id="other transfer coding"),
        pytest.param(OK + b"Content-Length: -1\r\n\r\n", WireError, id="negative length"),
        pytest.param(OK + b"Content-Length: 2, 2\r\n\r\n{}", WireError, id="two lengths"),
        pytest.param(OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", WireError, id="no gzip"),
        pytest.param(b"SSH-2.0-OpenSSH\r\n\r\n", WireError, id="another protocol"),
        pytest.param(b"HTTP/2 200\r\n\r\n", WireError, id="another version"),
        pytest.param(b"HTTP/1.1 2000 OK\r\n\r\n", WireError, id="no status"),
        pytest.param(b"HTTP/1.1 100 C\r\n\r\n" * 3, ConnectionResetError, id="provisional ones only"),
        pytest.param(OK + b"X: " + b"x" * 400_000, WireError, id="endless head"),
    ],
)
def test_what_is_no_answer_is_said(raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        answered(raw, stays=False)


def test_silence_is_a_timeout() -> None:
    with answering([OK], stays=True) as sock:
        sock.settimeout(0.05)
        with pytest.raises(TimeoutError):
            read_answer(sock)


def test_trickle_does_not_outlive_the_deadline() -> None:
    with answering([OK + b"Content-Length: 9\r\n\r\n", b"a"], stays=True) as sock, pytest.raises(TimeoutError):
        read_answer(sock, time.monotonic() - 1)


def test_request_is_one_piece() -> None:
    raw = request_bytes("POST", "/api?x=1", "h:6443", [("Accept", "a/b"), ("X", "\xfc")], b"{}")
    assert raw == b"POST /api?x=1 HTTP/1.1\r\nHost: h:6443\r\nAccept: a/b\r\nX: \xfc\r\n\r\n{}"


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
def test_no_other_request_is_smuggled_in(target: str, value: str) -> None:
    with pytest.raises(WireError) as caught:
        request_bytes("GET", target, "h", [("Authorization", value)])
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
def test_server_is_named_as_go_names_it(origin: str, host: str) -> None:
    assert named_host(origin) == host
