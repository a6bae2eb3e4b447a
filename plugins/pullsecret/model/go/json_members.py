"""Where the members of objects are in a JSON text, so that single ones can be changed and every other byte stays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.model.go.json import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
"""The tokens of a valid JSON text."""

_ARRAY: Final = b"["


class JsonMember(NamedTuple):
    """A member of an object, by its places in the text.

    `holder` is where the object begins; `names` lead to the member and end with its own, as they are written. `start`
    is where its name begins, `value` where its value begins, and `end` where that ends.
    """

    holder: int
    names: tuple[bytes, ...]
    start: int
    value: int
    end: int


def members_at(data: bytes, depth: int) -> Iterator[JsonMember]:
    """The members that are so many objects deep, in the order of the text; those of the outermost object are 1 deep.

    Objects in arrays have none. The text must be valid JSON.
    """
    names: list[bytes] = []
    opened: list[int] = []
    is_name = False
    start = value = end = 0
    for token in _TOKEN.finditer(data):
        text, is_here = token[0], len(names) == depth
        if is_here and value and text in (b",", b"}") and _ARRAY not in names:
            yield JsonMember(opened[-1], tuple(names), start, value, end)
        if text in (b"{", _ARRAY):
            is_name = text == b"{"
            names.append(b"" if is_name else _ARRAY)
            opened.append(token.start())
            value = token.start() if is_here else 0 if len(names) == depth else value
        elif text in (b"}", b"]"):
            names.pop()
            opened.pop()
        elif text == b",":
            is_name = names[-1] != _ARRAY
            value = 0 if is_here else value
        elif is_name and text != b":":
            names[-1], is_name = text, False
            start = token.start() if is_here else start
        elif is_here and text != b":":
            value = token.start()
        end = token.end()


def written_text(token: bytes) -> str:
    """The text of a string as it is written, as Go reads it; "" for another value."""
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
