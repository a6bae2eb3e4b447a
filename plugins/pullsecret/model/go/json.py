r"""JSON as Go's encoding/json writes and reads it: kubectl and the kubelet are Go programs, and bytes are compared.

Written: compact, `<`, `>`, `&` and U+2028/9 escaped, each byte that is not UTF-8 as `\ufffd`. Read: names in the order
of the file including duplicates, bytes that are not UTF-8 and unpaired surrogates as U+FFFD.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import NoReturn

from pullsecret.model.go.json_errors import GoSyntaxError, flattened

_ESCAPED = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG_S = "\u017f"
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJsonError(ValueError):
    """The text is not JSON; the message is Go's, which quotes one character of it. `place` does not quote any."""

    def __init__(self, reason: str, place: str) -> None:
        super().__init__(reason)
        self.place = place


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonObject:
    """A JSON object as written: every name and value in order, including duplicates."""

    pairs: tuple[tuple[str, object], ...] = field(repr=False)

    def last(self, name: str) -> object:
        """The value that Go keeps for a struct field: case-insensitive, the last one wins; None if absent."""
        return next((value for key, value in reversed(self.pairs) if folded(key) == folded(name)), None)


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A JSON number, unread: there is no limit on its digits."""

    literal: str = field(repr=False)


def json_quoted(text: str) -> str:
    """A Go string literal in JSON, quotes included; surrogate escapes stand for bytes that are not UTF-8.

    Go: encoding/json appendString with escapeHTML.
    """
    return '"' + _ESCAPED.sub(lambda match: _escape(match[0]), text) + '"'


def _escape(character: str) -> str:
    if _SURROGATE.match(character):
        return "\\ufffd"
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def folded(name: str) -> str:
    """A field name for comparison as in Go: case-insensitive, and the long s equals s (encoding/json fold.go)."""
    return name.lower().replace(_LONG_S, "s")


def go_bytes(text: str) -> bytes:
    """The bytes of a Go string: UTF-8, with surrogate escapes turned back into bytes."""
    return text.encode("utf-8", "surrogateescape")


def go_text(data: bytes) -> str:
    """The text of bytes as Go decodes a JSON string: each byte that is not UTF-8 becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", data.decode("utf-8", "surrogateescape"))


def parsed(data: bytes) -> object:
    """The value as JsonObject, list, str, JsonNumber, bool or None; very deep parts, which nothing reads, may be cut.

    Raises NotJsonError, without the text and without a cause that would hold it.
    """
    try:
        return _DECODER.decode(go_text(data))
    except json.JSONDecodeError as error:
        place = f"{error.msg} at line {error.lineno} column {error.colno}"
    except RecursionError:
        place = "nested too deeply"
    return _parsed_by_go(data, place)


def _parsed_by_go(data: bytes, place: str) -> object:
    """The value of a text that Python's decoder rejected: Go rejects it with its own message, or accepts it."""
    try:
        return _DECODER.decode(go_text(flattened(data)))
    except GoSyntaxError as error:
        reason = str(error)
    raise NotJsonError(reason, place) from None


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    return JsonObject(
        pairs=tuple((_replaced(name), _replaced(value) if isinstance(value, str) else value) for name, value in pairs)
    )


def _replaced(text: str) -> str:
    r"""Text with unpaired surrogates such as `\ud800` replaced by U+FFFD, as in Go."""
    return _SURROGATE.sub("\ufffd", text)


def _no_constant(_: str) -> NoReturn:
    raise json.JSONDecodeError("Expecting value", "", 0)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=_no_constant
)
