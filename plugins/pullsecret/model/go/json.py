"""JSON as Go's encoding/json writes and reads it: kubectl and the kubelet are Go programs, and bytes are compared.

Written: compact, `<`, `>`, `&` and U+2028/9 escaped, each byte that is not UTF-8 as `\ufffd`. Read: names in the order
of the file including duplicates, bytes that are not UTF-8 and unpaired surrogates as U+FFFD.
Python's decoder reads; Go's scanner only words the error for what that rejects.

Source: Go 1.26 encoding/json/encode.go, decode.go, scanner.go.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn

_ESCAPED = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_LONG_S = "\u017f"
_SURROGATE = re.compile("[\ud800-\udfff]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")


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
        wanted = folded(name)
        return next((value for key, value in reversed(self.pairs) if folded(key) == wanted), None)


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
    """The bytes of a Go string: UTF-8, with surrogate escapes turned back into bytes, and other surrogates U+FFFD."""
    return _NO_BYTE.sub("\ufffd", text).encode("utf-8", "surrogateescape")


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
        place = f"line {error.lineno}, column {error.colno}"
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


_number = lru_cache(maxsize=1024)(JsonNumber)
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_no_constant
)


_DEEPEST = 10_000
_KEPT_DEPTH = 16
_OBJECT, _ARRAY = b"{["
_CLOSER = {_OBJECT: b"}"[0], _ARRAY: b"]"[0]}
_NEXT_ERROR = {_OBJECT: "after object key:value pair", _ARRAY: "after array element"}
_SPACES = re.compile(rb"[ \t\r\n]*")
_PLAIN = re.compile(rb'[^"\\\x00-\x1f]*')
_DIGITS = re.compile(rb"[0-9]*")
_SCALAR = (
    rb'(?:"[^"\\\x00-\x1f]*+"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+|true|false|null'
    rb"|\{[ \t\r\n]*+\}|\[[ \t\r\n]*+\])"
)
_SPACE, _NAME = rb"[ \t\r\n]*+", rb'"[^"\\\x00-\x1f]*+"'
_PLAIN_ITEMS = {  # without a fault, and nothing inside: a million are skipped at once
    _ARRAY: re.compile(rb"(?:%b,%b%b(?=[ \t\r\n,\]]))*+" % (_SPACE, _SPACE, _SCALAR)),
    _OBJECT: re.compile(rb"(?:%b,%b%b%b:%b%b(?=[ \t\r\n,}]))*+" % (_SPACE, _SPACE, _NAME, _SPACE, _SPACE, _SCALAR)),
}
_DIGIT = b"0123456789"
_HEX = _DIGIT + b"abcdefABCDEF"
_WORDS = {word[0]: word for word in (b"true", b"false", b"null")}
_SHORT_NAMES = str.maketrans(
    {"\\": r"\\", "'": r"\'", "\a": r"\a", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\v": r"\v", "\f": r"\f", "\r": r"\r"}
)


class GoSyntaxError(ValueError):
    """The text is not JSON; the message is Go's, which quotes one character of it."""


def flattened(data: bytes) -> bytes:
    """The same JSON without its deepest parts, which nothing here reads: Go's decoder goes deeper than Python's.

    Raises GoSyntaxError.
    """
    text = _Scan(data)
    text.scan()
    return b"".join(text.pieces) + data[text.copied :]


class _Scan:
    """A scan of a text: `at` is the next byte, `open` the brackets around it, `is_fresh` just after one opens."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        self.open: list[int] = []
        self.is_fresh = False
        self.pieces: list[bytes] = []
        self.copied = 0

    def scan(self) -> None:
        """Scan the whole text: one value, and nothing after it."""
        self._value()
        while self.open:
            self._next_item()
        self._skip(_SPACES)
        if self.at < len(self.data):
            self._refuse("after top-level value")

    def _next_item(self) -> None:
        """Scan the next element or member of the innermost brackets, or their end."""
        bracket = self.open[-1]
        if not self.is_fresh and len(self.open) < _DEEPEST:
            self._skip(_PLAIN_ITEMS[bracket])
        if self._next_byte() == _CLOSER[bracket]:
            self._close()
            return
        if not self.is_fresh:
            self._take(b",", _NEXT_ERROR[bracket])
        if bracket == _OBJECT:
            self._next_byte()
            self._take(b'"', "looking for beginning of object key string")
            self._rest_of_string()
            self._next_byte()
            self._take(b":", "after object key")
        self._value()

    def _value(self) -> None:
        first = self._next_byte()
        self.is_fresh = first in _CLOSER
        if self.is_fresh:
            self._enter(first)
        elif first in _WORDS:
            self._word(_WORDS[first])
        elif first in b"-" + _DIGIT:
            self._number()
        else:
            self._take(b'"', "looking for beginning of value")
            self._rest_of_string()

    def _enter(self, bracket: int) -> None:
        self.open.append(bracket)
        if len(self.open) > _DEEPEST:
            self._refuse("exceeded max depth")
        self.at += 1
        if len(self.open) == _KEPT_DEPTH:
            self.pieces.append(self.data[self.copied : self.at])

    def _close(self) -> None:
        if len(self.open) == _KEPT_DEPTH:
            self.copied = self.at
        self.open.pop()
        self.at += 1
        self.is_fresh = False

    def _word(self, word: bytes) -> None:
        self.at += 1
        for letter in word.decode()[1:]:
            self._take(letter.encode(), f"in literal {word.decode()} (expecting '{letter}')")

    def _number(self) -> None:
        if self._is_next(b"-"):
            self.at += 1
        if not self._is_next(b"0"):
            self._digits("in numeric literal")
        else:
            self.at += 1
        if self._is_next(b"."):
            self.at += 1
            self._digits("after decimal point in numeric literal")
        if self._is_next(b"eE"):
            self.at += 1
            self.at += self._is_next(b"+-")
            self._digits("in exponent of numeric literal")

    def _digits(self, context: str) -> None:
        self._take(_DIGIT, context)
        self._skip(_DIGITS)

    def _rest_of_string(self) -> None:
        while True:
            self._skip(_PLAIN)
            self._byte()
            if self._take(b'"\\', "in string literal") == b'"'[0]:
                return
            if self._take(b'bfnrt\\/"u', "in string escape code") == b"u"[0]:
                for _ in range(4):
                    self._take(_HEX, "in \\u hexadecimal character escape")

    def _skip(self, run: re.Pattern[bytes]) -> None:
        match = run.match(self.data, self.at)
        self.at = match.end() if match else self.at

    def _is_next(self, wanted: bytes) -> bool:
        return self.at < len(self.data) and self.data[self.at] in wanted

    def _next_byte(self) -> int:
        """The next byte that is not a space."""
        self._skip(_SPACES)
        return self._byte()

    def _byte(self) -> int:
        if self.at == len(self.data):
            raise GoSyntaxError("unexpected end of JSON input")
        return self.data[self.at]

    def _take(self, wanted: bytes, context: str) -> int:
        byte = self._byte_or_space()
        if byte not in wanted:
            self._refuse(context)
        self.at += 1
        return byte

    def _refuse(self, context: str) -> NoReturn:
        raise GoSyntaxError(f"invalid character {_quoted(self._byte_or_space())} {context}")

    def _byte_or_space(self) -> int:
        """The next byte; Go treats the end of the text as a space in the middle of a token."""
        return self.data[self.at] if self.at < len(self.data) else b" "[0]


def _quoted(byte: int) -> str:
    """A byte as in Go's quoteChar: the character with that code."""
    character = chr(byte)
    escaped = character.translate(_SHORT_NAMES)
    if escaped == character and not character.isprintable():
        escaped = f"\\x{byte:02x}" if character.isascii() else f"\\u{byte:04x}"
    return f"'{escaped}'"
