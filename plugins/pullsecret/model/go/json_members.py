"""Where the members of objects are in a JSON text, so that single ones can be changed and every other byte stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.model.go.json import go_text, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_NO_BRACKET: Final = rb'[^{}\[\]"]*+(?:%b[^{}\[\]"]*+)*+' % _STRING
_MEMBER: Final = re.compile(
    rb'[\s,]*+(%b)\s*+:\s*+(%b|[^\s{}\[\],:"]++|\{%b\}|\[%b\])?+' % (_STRING, _STRING, _NO_BRACKET, _NO_BRACKET),
    re.DOTALL,
)
"""A member of an object, with its value unless that has objects or arrays inside."""

_BRACKET: Final = re.compile(rb"%b|[{\[]|[}\]]" % _STRING, re.DOTALL)


class JsonMember(NamedTuple):
    """A member of an object: its name as Go reads it, where that begins, and where its value begins and ends."""

    name: str
    start: int
    value: int
    end: int


def members_of(data: bytes, start: int) -> Iterator[JsonMember]:
    """The members of the object that begins at a place of a valid JSON text, in their order."""
    at = start + 1
    while match := _MEMBER.match(data, at):
        at = match.end() if match[2] is not None else _end_of_brackets(data, match.end())
        value = match.start(2) if match[2] is not None else match.end()
        yield JsonMember(written_text(match[1]), match.start(1), value, at)


def _end_of_brackets(data: bytes, start: int) -> int:
    """Where the object or array ends that begins at a place."""
    depth = 0
    for token in _BRACKET.finditer(data, start):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
            if not depth:
                return token.end()
    return len(data)


def written_text(token: bytes) -> str:
    """The text of a string as it is written, as Go reads it; "" for another value."""
    if token.startswith(b'"') and b"\\" not in token:
        return go_text(token[1:-1])
    text = parsed(token)
    return text if isinstance(text, str) else ""


def with_changes(data: bytes, changes: dict[tuple[int, int], bytes]) -> bytes:
    """A text with other bytes at some places, which do not overlap; at an empty place, bytes are inserted."""
    pieces: list[bytes] = []
    at = 0
    for (start, end), text in sorted(changes.items()):
        pieces += (data[at:start], text)
        at = end
    return b"".join((*pieces, data[at:]))
