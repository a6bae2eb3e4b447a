r"""JSON as Go's encoding/json writes and reads it: kubectl and the kubelet are Go programs, and bytes are compared.

Written: compact, `<`, `>`, `&` and U+2028/9 escaped, each byte that is no UTF-8 as `\ufffd`. Read: names in the order
of the file with all repetitions kept, bytes that are no UTF-8 and halves of surrogate pairs as U+FFFD.
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
    """The text is no JSON; the message is Go's, with the one character that it quotes. `place` says it without."""

    def __init__(self, reason: str, place: str) -> None:
        super().__init__(reason)
        self.place = place


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonObject:
    """A JSON object as written: every name and value in order, repetitions included."""

    pairs: tuple[tuple[str, object], ...] = field(repr=False)

    def last(self, name: str) -> object:
        """The value that Go would keep for a struct's field: names match in any case, the last wins; None if absent."""
        return next((value for key, value in reversed(self.pairs) if folded(key) == folded(name)), None)


@dataclass(frozen=True, slots=True)
class JsonNumber:
    """A JSON number that nobody here reads: no limit on its digits."""

    literal: str = field(repr=False)


def json_quoted(text: str) -> str:
    """A Go string literal in JSON, quotes included; bytes that came in as surrogate escapes are no UTF-8 for Go either.

    Go: encoding/json appendString with escapeHTML.
    """
    return '"' + _ESCAPED.sub(lambda match: _escape(match[0]), text) + '"'


def _escape(character: str) -> str:
    if _SURROGATE.match(character):
        return "\\ufffd"
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def folded(name: str) -> str:
    """A field's name as Go compares it: in any case, where the long s counts as s (encoding/json fold.go)."""
    return name.lower().replace(_LONG_S, "s")


def go_bytes(text: str) -> bytes:
    """The bytes of a Go string: UTF-8, with surrogate escapes as the bytes that they stand for."""
    return text.encode("utf-8", "surrogateescape")


def go_text(data: bytes) -> str:
    """The text of bytes where Go makes a string from JSON: each byte that is no UTF-8 becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", data.decode("utf-8", "surrogateescape"))


def parsed(data: bytes) -> object:
    """The value as JsonObject, list, str, JsonNumber, bool or None; what lies deeper than any reader looks may be cut.

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
    """The value of what Python's decoder refused: Go either says why, or reads it."""
    try:
        return _DECODER.decode(go_text(flattened(data)))
    except GoSyntaxError as error:
        reason = str(error)
    raise NotJsonError(reason, place) from None


def _object(pairs: list[tuple[str, object]]) -> JsonObject:
    return JsonObject(
        pairs=tuple((_mended(name), _mended(value) if isinstance(value, str) else value) for name, value in pairs)
    )


def _mended(text: str) -> str:
    r"""Text whose halves of surrogate pairs, as `\ud800` makes them, are U+FFFD, as Go reads them."""
    return _SURROGATE.sub("\ufffd", text)


def _no_constant(_: str) -> NoReturn:
    raise json.JSONDecodeError("Expecting value", "", 0)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=JsonNumber, parse_float=JsonNumber, parse_constant=_no_constant
)
