"""HTTP/1.1 on an open connection: one request in one piece, and the whole response, within limits.

The standard library's http.client needs twice the CPU for a write of 4 kB (0.40 ms against 0.21 ms, TLS included): it
sends head and body apart, which is two TLS records, opens a buffered file for each response, and parses its head as
an e-mail's. What a response may look like is RFC 9112's; a server that goes on without end meets a limit or the
deadline.
"""

from __future__ import annotations

import re
import select
import sys
import zlib
from typing import TYPE_CHECKING, Final

from pullsecret.network.http.head import parsed_head, refuse_malformed
from pullsecret.network.http.message import (
    NoAnswerError,
    ProtocolError,
    Request,
    Response,
    ResponseTooLargeError,
    host_header,
)

if TYPE_CHECKING:
    import socket

    from pullsecret.network.http.head import Head
    from pullsecret.network.timeouts import Deadline

_PIECE: Final = 1 << 16
_MAX_HEAD: Final = 1 << 17  # bytes, provisional responses and trailers included; API servers send 1 to 4 kB
_MAX_LINE: Final = 1 << 12  # of a chunk's size with its extensions
_MAX_DIGITS: Final = 18  # of a length: an exabyte

_NOT_IN_HEADER: Final = re.compile(r"[\0\r\n]")
_NOT_IN_TARGET: Final = re.compile(r"[^!-~]")
_CHUNK_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")
_GZIP: Final = 16 + zlib.MAX_WBITS


def roundtrip(sock: socket.socket, request: Request, deadline: Deadline) -> tuple[Response, bool]:
    """Send a request and read the whole response; the second value is whether another request may follow.

    Raises:
        NoAnswerError: there is no response, or none that belongs to the request; the connection must be closed.
    """
    try:
        _send_bytes(sock, request_bytes(request), deadline)
        response, may_follow = read_response(sock, request, deadline)
    except TimeoutError as error:
        raise NoAnswerError(sent=True, timed_out=True) from error
    except OSError as error:
        raise NoAnswerError(sent=True, reason=error) from error
    except ProtocolError as error:
        raise NoAnswerError(sent=True, too_large=isinstance(error, ResponseTooLargeError)) from error
    if not request.is_answered_by(response):
        raise NoAnswerError(sent=True)
    return response, may_follow


def is_quiet(sock: socket.socket) -> bool:
    """Whether nothing has come on a connection since its last response: neither its end nor unexpected data."""
    if has_decrypted_bytes(sock):
        return False
    if sys.platform == "win32" or not hasattr(select, "poll"):
        return not select.select([sock], [], [], 0)[0]
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return not poll.poll(0)


def has_decrypted_bytes(sock: socket.socket) -> bool:
    """Whether OpenSSL has buffered bytes that were not read yet."""
    pending = getattr(sock, "pending", None)
    return pending is not None and pending() > 0


def request_bytes(request: Request) -> bytes:
    """A request as it is sent; ProtocolError for one that would be read as another request than the one meant.

    Header values are Latin-1.
    """
    fields = "".join([f"{name}: {value}\r\n" for name, value in request.headers])
    if _NOT_IN_TARGET.search(request.target) or _NOT_IN_HEADER.search("".join([value for _, value in request.headers])):
        raise ProtocolError("the request has characters that no request line or header can have")
    if request.body is not None:
        fields += f"Content-Length: {len(request.body)}\r\n"
    try:
        host = host_header(request.origin)
        head = f"{request.method} {request.target} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n".encode("latin-1")
    except UnicodeError:
        # Without its cause: that would quote the header.
        raise ProtocolError("the request has characters that no request line or header can have") from None
    return head + (request.body or b"")


def _send_bytes(sock: socket.socket, content: bytes, deadline: Deadline) -> None:
    """Send all bytes; TimeoutError when the server does not take them before the deadline."""
    _limit_wait(sock, deadline)
    sent = sock.send(content)
    while sent < len(content):
        _limit_wait(sock, deadline)
        sent += sock.send(memoryview(content)[sent : sent + _PIECE])


def _limit_wait(sock: socket.socket, deadline: Deadline) -> None:
    """Let the next read or write end in time; setting the same timeout again would cost a system call."""
    seconds = deadline.seconds_to_wait()
    if sock.gettimeout() != seconds:
        sock.settimeout(seconds)


def read_response(sock: socket.socket, request: Request, deadline: Deadline) -> tuple[Response, bool]:
    """The whole response to a request that was sent, and whether another request may follow on this connection.

    Raises:
        TimeoutError: a piece, or the whole, took too long.
        OSError: the connection broke; ConnectionResetError without an errno when it was closed before any response.
        ProtocolError: what came is not HTTP, less than announced, or more than the limits.
    """
    incoming = _Incoming(sock, deadline)
    head = _final_head(incoming)
    body = _Body(incoming, request.max_body, cuts=request.cuts_body)
    if head.has_body_after(request.method):
        body.read(head.fields)
    content = body.decompressed() if head.fields.get("content-encoding", "").lower() == "gzip" else body.content
    may_follow = body.is_whole and head.is_kept and not incoming.has_more
    return Response(status=head.status, reason=head.reason, headers=head.headers, body=content), may_follow


class _Incoming:
    """What has come and was not read yet, and the way to more of it."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline
        self._data, self._at, self._head_left = bytearray(), 0, _MAX_HEAD

    @property
    def has_more(self) -> bool:
        """Whether more has come than was read."""
        return self._at < len(self._data) or has_decrypted_bytes(self._sock)

    def read_head(self) -> str:
        """All up to the next empty line, without it."""
        start = self._at
        while (end := _end_of_head(self._data, start)) is None:
            start = max(0, len(self._data) - self._at - 3)
            self._refill(self._head_left)
        head = self._data[self._at : end[0]].decode("latin-1").removesuffix("\r")
        self._at, self._head_left = end[1], self._head_left - len(head)
        return head

    def read_line(self) -> bytes:
        """All up to the next end of line, which a bare line feed is not: others would read other chunks."""
        start = self._at
        while (end := self._data.find(b"\n", start)) < 0:
            start = len(self._data) - self._at
            self._refill(_MAX_LINE)
        line = bytes(self._data[self._at : end])
        if line[-1:] != b"\r":
            raise ProtocolError("malformed chunked encoding")
        self._at = end + 1
        return line[:-1]

    def read_exactly(self, length: int) -> bytes:
        """The next so many bytes."""
        found = bytes(self._data[self._at : self._at + length])
        self._at += len(found)
        if len(found) == length:
            return found
        pieces, missing = [found], length - len(found)
        while missing > 0:
            piece = self._receive()
            if not piece:
                raise ProtocolError("the response ends too early")
            pieces.append(piece[:missing])
            self._data += piece[missing:]
            missing -= len(piece)
        return b"".join(pieces)

    def read_rest(self, limit: int) -> bytes:
        """All that comes until the server closes, or one byte more than the limit."""
        while len(self._data) - self._at <= limit:
            piece = self._receive()
            if not piece:
                break
            self._data += piece
        found = bytes(self._data[self._at : self._at + limit + 1])
        self._at += len(found)
        return found

    def _receive(self) -> bytes:
        _limit_wait(self._sock, self._deadline)
        return self._sock.recv(_PIECE)

    def _refill(self, limit: int) -> None:
        """Receive more of a head or line that is not complete yet."""
        del self._data[: self._at]
        self._at = 0
        if len(self._data) > limit:
            raise ProtocolError("the response has a head without end")
        piece = self._receive()
        if not piece and not self._data:
            raise ConnectionResetError("closed without a response")
        if not piece:
            raise ProtocolError("the response ends too early")
        self._data += piece


def _end_of_head(data: bytearray, start: int) -> tuple[int, int] | None:
    """Where the line before an empty line ends, with or without a CR, and where the rest begins; None for nowhere."""
    with_cr, bare = data.find(b"\n\r\n", start), data.find(b"\n\n", start)
    if with_cr >= 0 and (bare < 0 or with_cr < bare):
        return with_cr, with_cr + 3
    return None if bare < 0 else (bare, bare + 2)


def _final_head(incoming: _Incoming) -> Head:
    """The head after those of provisional responses."""
    while True:
        head = parsed_head(incoming.read_head())
        if head.is_final:
            return head


class _Body:
    """A response's body while it is read; `is_whole` tells whether its end was announced and reached."""

    def __init__(self, incoming: _Incoming, limit: int, *, cuts: bool) -> None:
        self._incoming, self._limit, self._cuts = incoming, limit, cuts
        self.content, self.is_whole = b"", True

    def read(self, fields: dict[str, str]) -> None:
        """Read it as the head announces it."""
        length = fields.get("content-length")
        if "transfer-encoding" in fields:
            self._read_chunks()
        elif length is None:
            self.is_whole = False
            self.content = self._limited(self._incoming.read_rest(self._limit))
        else:
            self.content = self._incoming.read_exactly(self._allowed(_length_of(length), self._limit))

    def decompressed(self) -> bytes:
        """The content of a gzip body, as long as a body may be."""
        if not self.content:
            return b""
        gzip = zlib.decompressobj(_GZIP)
        try:
            content = gzip.decompress(self.content, self._limit + 1)
        except zlib.error as error:
            raise ProtocolError("the response is not gzip") from error
        if len(content) <= self._limit and not gzip.eof and not self._cuts:
            raise ProtocolError("the response ends too early")
        return self._limited(content)

    def _read_chunks(self) -> None:
        pieces: list[bytes] = []
        left = self._limit
        while size := _chunk_size(self._incoming.read_line()):
            allowed = self._allowed(size, left)
            pieces.append(self._incoming.read_exactly(allowed))
            left -= allowed
            if not self.is_whole:
                break
            if self._incoming.read_line():
                raise ProtocolError("malformed chunked encoding")
        else:
            self._read_trailers()
        self.content = b"".join(pieces)

    def _read_trailers(self) -> None:
        lines: list[str] = []
        left = _MAX_HEAD
        while line := self._incoming.read_line():
            lines.append(line.decode("latin-1"))
            left -= len(line)
            if left < 0:
                raise ProtocolError("the response has a head without end")
        refuse_malformed(lines)

    def _allowed(self, length: int, left: int) -> int:
        """How much of an announced length is read."""
        if length <= left:
            return length
        if not self._cuts:
            raise ResponseTooLargeError("the response is too large")
        self.is_whole = False
        return left

    def _limited(self, content: bytes) -> bytes:
        return content[: self._allowed(len(content), self._limit)]


def _length_of(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ResponseTooLargeError("the response is too large")
    return int(text)


def _chunk_size(line: bytes) -> int:
    digits = line.rstrip(b" \t").partition(b";")[0]
    if not _CHUNK_SIZE.fullmatch(digits):
        raise ProtocolError("malformed chunked encoding")
    return int(digits, 16)
