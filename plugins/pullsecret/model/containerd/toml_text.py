"""Text in TOML: whatever it is, it stays one string and ends no line (TOML 1.0, basic strings)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ESCAPED: Final = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')


def toml_string(text: str) -> str:
    """A basic string, which is a quoted key as well; half of a surrogate pair becomes U+FFFD, as TOML has none."""
    return f'"{_ESCAPED.sub(_as_escape, text)}"'


def toml_list(texts: Iterable[str]) -> str:
    """An array of strings."""
    return f"[{', '.join(map(toml_string, texts))}]"


def _as_escape(found: re.Match[str]) -> str:
    char = found[0]
    if char in '"\\':
        return f"\\{char}"
    return "\\uFFFD" if "\ud800" <= char <= "\udfff" else f"\\u{ord(char):04X}"
