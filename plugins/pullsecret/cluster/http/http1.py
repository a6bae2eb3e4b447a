"""HTTP/1.1 on a socket: one request in one piece, and the whole answer.

The standard library's http.client sends head and body apart, which is two TLS records and two wake-ups of the server,
makes a buffered file for each answer, and parses its head as an e-mail's: twice what a write costs us otherwise. What
an answer may look like is RFC 9112's.
"""

from __future__ import annotations

import re
import time
import zlib
from typing import TYPE_CHECKING, Final

from pullsecret.cluster.http.response import Answer

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

_PIECE: Final = 1 << 16
_MAX_HEAD: Final = 1 << 18  # bytes; no API server sends more than a few warnings

_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_STATUS: Final = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: (.*))?")
_UNCARRIED: Final = re.compile(r"[\0\r\n]")
_NO_TARGET: Final = re.compile(r"[^!-~]")
_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")
_GZIP: Final = 16 + zlib.MAX_WBITS
_CUT_OFF: Final = "the answer ends too early"
_SWITCHING, _NO_CONTENT, _NOT_MODIFIED = 101, 204, 304


class WireError(Exception):
    """What came, or was to be sent, is no HTTP/1.1."""


def request_bytes(
    method: str, target: str, host: str, headers: Sequence[tuple[str, str]], body: bytes | None = None
) -> bytes:
    """A request as it goes over the wire; WireError for what would be another request than the one meant.

    Header values are Latin-1; what is no ASCII in the target is percent-encoded already.
    """
    if _NO_TARGET.search(target) or any(_UNCARRIED.search(value) for _, value in headers):
        raise WireError("the request holds what no request line or header can carry")
    fields = "".join([f"{name}: {value}\r\n" for name, value in headers])
    try:
        return f"{method} {target} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n".encode("latin-1") + (body or b"")
    except UnicodeEncodeError:
        # Without its cause: that would quote the header.
        raise WireError("the request holds what no request line or header can carry") from None


def read_answer(sock: socket.socket, deadline: float | None = None) -> tuple[Answer, bool]:
    """The whole answer to a request that was sent, and whether another request may follow on this connection.

    Args:
        sock: its time-out is for each piece of the answer.
        deadline: when to give up on the whole, by the monotonic clock.

    Raises:
        TimeoutError: a piece, or the whole, took too long.
        OSError: the connection broke; ConnectionResetError without an errno when it was closed before any answer.
        WireError: what came is no HTTP, or less than announced.
    """
    incoming = _Incoming(sock, deadline)
    is_kept, status, reason, headers = _final_head(incoming)
    fields = {name.lower(): value for name, value in headers}
    content, is_whole = _body(incoming, status, fields)
    wish = fields.get("connection", "").lower()
    may_follow = not is_whole or incoming.waiting or "close" in wish or not (is_kept or "keep-alive" in wish)
    if fields.get("content-encoding", "").lower() == "gzip" and content:
        content = _unpacked(content)
    return Answer(status=status, reason=reason, headers=headers, body=content), not may_follow


class _Incoming:
    """What has come and was not read yet, and the way to more of it."""

    def __init__(self, sock: socket.socket, deadline: float | None) -> None:
        self._sock, self._deadline = sock, deadline
        self.waiting = b""

    def more(self) -> bytes:
        """The next piece; empty when the other side has closed."""
        piece = self._sock.recv(_PIECE)
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise TimeoutError  # a trickle does not keep us beyond the time-out for the whole request
        return piece

    def head(self) -> str:
        """All up to the next empty line, without it."""
        while (end := _END_OF_HEAD.search(self.waiting)) is None:
            self._grow()
        head, self.waiting = self.waiting[: end.start()].decode("latin-1"), self.waiting[end.end() :]
        return head

    def line(self) -> bytes:
        """All up to the next end of line, without it."""
        while b"\n" not in self.waiting:
            self._grow()
        line, _, self.waiting = self.waiting.partition(b"\n")
        return line.rstrip(b"\r")

    def exactly(self, length: int) -> bytes:
        """The next so many bytes."""
        pieces, missing = [self.waiting], length - len(self.waiting)
        while missing > 0:
            piece = self.more()
            if not piece:
                raise WireError(_CUT_OFF)
            pieces.append(piece)
            missing -= len(piece)
        content = b"".join(pieces)
        self.waiting = content[length:]
        return content[:length]

    def rest(self) -> bytes:
        """All that comes until the other side closes."""
        pieces = [self.waiting]
        self.waiting = b""
        while piece := self.more():
            pieces.append(piece)
        return b"".join(pieces)

    def _grow(self) -> None:
        if len(self.waiting) > _MAX_HEAD:
            raise WireError("the answer's head is too long")
        piece = self.more()
        if not piece:
            raise WireError(_CUT_OFF) if self.waiting else ConnectionResetError("closed without an answer")
        self.waiting += piece


def _final_head(incoming: _Incoming) -> tuple[bool, int, str, tuple[tuple[str, str], ...]]:
    """Whether the connection is kept by default, the status, its reason and the headers, after what is provisional."""
    while True:
        first, *lines = incoming.head().replace("\r\n", "\n").split("\n")
        match = _STATUS.fullmatch(first)
        if match is None:
            raise WireError("what answered does not speak HTTP")
        status = int(match[2])
        if status >= 200 or status == _SWITCHING:  # noqa: PLR2004  the others announce that the answer is to come
            return match[1] == "1", status, (match[3] or "").strip(), _headers(lines)


def _headers(lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and found:  # folded, as very old servers do
            name, value = found.pop()
            found.append((name, f"{value} {line.strip()}"))
        else:
            name, _, value = line.partition(":")
            found.append((name, value.strip()))
    return tuple(found)


def _body(incoming: _Incoming, status: int, fields: dict[str, str]) -> tuple[bytes, bool]:
    """The body, and whether its end was told by more than the connection's."""
    if status in (_SWITCHING, _NO_CONTENT, _NOT_MODIFIED):
        return b"", status != _SWITCHING
    if coding := fields.get("transfer-encoding", ""):
        if coding.lower() != "chunked":
            raise WireError("unsupported transfer encoding")
        return _chunks(incoming), True
    length = fields.get("content-length")
    if length is None:
        return incoming.rest(), False
    if not (length.isascii() and length.isdigit()):
        raise WireError("bad Content-Length")
    return incoming.exactly(int(length)), True


def _chunks(incoming: _Incoming) -> bytes:
    pieces: list[bytes] = []
    while size := _chunk_size(incoming.line()):
        pieces.append(incoming.exactly(size))
        if incoming.line():
            raise WireError("malformed chunked encoding")
    while incoming.line():  # trailers
        pass
    return b"".join(pieces)


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not _CHUNK_SIZE.fullmatch(digits):
        raise WireError("malformed chunked encoding")
    return int(digits, 16)


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompress(content, _GZIP)
    except zlib.error as error:
        raise WireError("the answer is no gzip") from error
