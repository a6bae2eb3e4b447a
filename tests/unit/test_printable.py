"""User input, made safe for messages."""

from __future__ import annotations

import pytest

from pullsecret.model.go.printable import printable

TYPED = {
    "plain": ("team-a ü \U0001f511", "team-a ü \U0001f511"),
    "line-ends": ("a\nb\r\tc", r"a\nb\r\tc"),
    "escape": ("a\x1b[31m\x7f\x9b", r"a\x1b[31m\x7f\x9b"),
    "no-utf-8": ("a\udcff", r"a\udcff"),
    "line-separator": ("a\u2028b", r"a\u2028b"),
    "beyond-the-first-plane": ("a\U000e0001", r"a\U000e0001"),
    "500-characters": (500 * "x", 500 * "x"),
    "501-characters": (501 * "x", 500 * "x" + "..."),
}


@pytest.mark.parametrize(("text", "line"), TYPED.values(), ids=TYPED.keys())
def test_printable_text_is_one_line_without_control_characters(text: str, line: str) -> None:
    assert printable(text) == line
