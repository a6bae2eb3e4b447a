"""User input for messages: on one line, without control characters, and cut after a limit."""

from __future__ import annotations

_LONGEST = 500
"""Characters that are enough to recognize the input."""

_SHORT = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
"""Those that Go has (strconv.Quote)."""


def printable(text: str) -> str:
    r"""The text itself where it is printable and short; otherwise escaped (`\n`, `\x1b`), and cut."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(_SHORT.get(char) or (char if char.isprintable() else _escaped(char)) for char in cut)


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004
