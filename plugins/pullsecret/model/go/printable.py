"""The one border for text that others wrote: what is shown is on one line, and looks like what it is.

Names, images, messages and keys come from clusters, registries, kubeconfigs, plugins and files. None of them may end a
line, move the cursor, turn the direction of writing, or hide a part of itself. `-o json` has the whole text, escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

_LONGEST = 500
"""Characters that are enough to recognize a name or a message."""

_LONGEST_LINE = 4000

_SHORT = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
"""Those that Go has (strconv.Quote)."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters without a width that count as printable: fillers, variation selectors, the empty Braille cell."""


class Printable(str):
    """A line that may be shown: making one escapes what cannot be shown, and cuts what is too long.

    Whatever prints takes nothing else, so that no text can be printed that has not passed here.
    """

    __slots__ = ()

    def __new__(cls, text: str, *, longest: int | None = _LONGEST_LINE) -> Self:
        """The line; None leaves its length as it is."""
        return super().__new__(cls, text if isinstance(text, Printable) else _escaped(_cut(text, longest)))

    @classmethod
    def of(cls, *parts: str) -> Self:
        """One line of several parts; those that are printable already stay whole, such as a command."""
        return super().__new__(cls, "".join(Printable(part) for part in parts))

    @classmethod
    def listed(cls, words: Iterable[str]) -> Self:
        """The words with commas, however many they are."""
        return super().__new__(cls, ", ".join(printable(word) for word in words))


def printable(text: str) -> str:
    r"""A name or a message inside a sentence: escaped (`\n`, `\x1b`, `\u202e`) where it must be, and cut."""
    return _escaped(_cut(text, _LONGEST))


def quoted_value(text: str) -> str:
    """A text between quotation marks, with those inside it and its backslashes escaped, as Go has it (`%q`)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{printable(escaped)}"'


def is_printable(text: str) -> bool:
    """Whether a text can be shown as it is."""
    return text.isprintable() and not _INVISIBLE.search(text)


def escaped_in_json(text: str) -> str:
    """JSON of several lines with everything escaped, as JSON does it, that cannot be shown; its meaning stays."""
    return "\n".join(line if is_printable(line) else _UNSHOWN.sub(_as_json, line) for line in text.split("\n"))


_UNSHOWN = re.compile("[^ -~]")


def _as_json(found: re.Match[str]) -> str:
    if is_printable(found[0]):
        return found[0]
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _cut(text: str, longest: int | None) -> str:
    return text if longest is None or len(text) <= longest else f"{text[:longest]}..."


def _escaped(text: str) -> str:
    if is_printable(text):
        return text
    return "".join(_SHORT.get(char) or (char if is_printable(char) else _as_code(char)) for char in text)


def _as_code(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
