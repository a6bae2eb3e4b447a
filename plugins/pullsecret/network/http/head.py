"""The head of an HTTP response: status line and headers, or why they are none.

Servers and proxies that read a head differently take different bytes for the body, and so for the next response.
Nothing is guessed here: a head that RFC 9112 does not allow is refused, and so is one that contradicts itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.network.http.message import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Sequence

_STATUS: Final = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([\t -~\x80-\xff]*))?")
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SWITCHING, _OK, _NO_CONTENT, _NOT_MODIFIED = 101, 200, 204, 304
_BLANKS: Final = " \t"
_CHUNKED: Final = "chunked"
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})


class Head(NamedTuple):
    """A response's head; `fields` has one value of each header, by its name in lower case."""

    is_http11: bool
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    fields: dict[str, str]

    @property
    def is_kept(self) -> bool:
        """Whether the server keeps the connection for another request."""
        if "connection" not in self.fields:
            return self.is_http11 and self.status != _SWITCHING
        values = ",".join(value.lower() for name, value in self.headers if name.lower() == "connection")
        wishes = {wish.strip(_BLANKS) for wish in values.split(",")}
        is_wanted = "close" not in wishes and (self.is_http11 or "keep-alive" in wishes)
        return is_wanted and self.status != _SWITCHING

    @property
    def is_final(self) -> bool:
        """Whether it is not that of a provisional response."""
        return self.status >= _OK or self.status == _SWITCHING

    def has_body_after(self, method: str) -> bool:
        """Whether a body follows in the response to a request with this method."""
        is_tunnel = method == "CONNECT" and self.status == _OK
        return method != "HEAD" and not is_tunnel and self.status not in {_SWITCHING, _NO_CONTENT, _NOT_MODIFIED}


def parsed_head(text: str) -> Head:
    """The head of a response, whose lines end with CR LF or LF; raises ProtocolError."""
    first, *lines = text.replace("\r\n", "\n").split("\n")
    match = _STATUS.fullmatch(first)
    if match is None:
        raise ProtocolError("the server does not speak HTTP")
    headers = _headers_in(lines)
    return Head(match[1] == "1", int(match[2]), (match[3] or "").strip(_BLANKS), headers, _fields_of(headers))


def refuse_malformed(trailers: Sequence[str]) -> None:
    """Raise ProtocolError unless these lines could be headers."""
    _fields_of(_headers_in(trailers))


def _headers_in(lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if _CONTROL.search("\n".join(lines)):
        raise ProtocolError("the response has a malformed header")
    found: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and found:  # folded, as very old servers do
            name, value = found.pop()
            found.append((name, f"{value} {line.strip(_BLANKS)}".strip(_BLANKS)))
        elif field := _FIELD.fullmatch(line):
            found.append((field[1], field[2].rstrip(_BLANKS)))
        else:
            raise ProtocolError("the response has a malformed header")
    return tuple(found)


def _fields_of(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The value of each header; those that tell where the body ends may not contradict themselves (RFC 9112, 6.3)."""
    fields: dict[str, str] = {}
    for name, value in headers:
        known = name.lower()
        if fields.get(known, value) != value and known in _FRAMING:
            raise ProtocolError("the response has two lengths")
        if known in fields and known == "transfer-encoding":  # chunks of chunks, which no one may send (7.1)
            raise ProtocolError("the response has two transfer encodings")
        fields[known] = value
    length = fields.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise ProtocolError("bad Content-Length")
    if fields.get("transfer-encoding", _CHUNKED).lower() != _CHUNKED:
        raise ProtocolError("unsupported transfer encoding")
    return fields
