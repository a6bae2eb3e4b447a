"""Text that others wrote, made safe for messages, lines and documents."""

from __future__ import annotations

import json

import pytest
import yaml

from pullsecret.errors import NotFoundError, PullSecretError, RefusedError
from pullsecret.model.go.printable import Printable, is_printable, printable
from pullsecret.model.request.command_request import Format
from pullsecret.model.request.suggested_command import CommandStyle, Name, kubectl, typed
from pullsecret.report.manifests import print_objects
from pullsecret.report.streams import print_error

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


HIDING = {
    "newline": "a\n  Fix:      forged",
    "carriage-return": "a\rb",
    "next-line": "a\x85b",
    "line-separator": "a\u2028b",
    "paragraph-separator": "a\u2029b",
    "escape": "a\x1b[2Kb",
    "c1": "a\x9b2Kb",
    "right-to-left": "a\u202eb",
    "embedding": "a\u202ab",
    "isolate": "a\u2066b\u2069",
    "direction-mark": "a\u200fb",
    "arabic-letter-mark": "a\u061cb",
    "zero-width": "a\u200b\u200c\u200d\u2060b",
    "byte-order-mark": "a\ufeffb",
    "soft-hyphen": "a\u00adb",
    "tag": "a\U000e0041b",
    "variation-selector": "a\ufe0fb\U000e0100",
    "filler": "a\u3164\u115f\uffa0b",
    "braille-blank": "a\u2800b",
    "joiner": "a\u034fb",
    "surrogate": "a\ud800b",
}


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING.keys())
def test_line_is_one_line_and_hides_nothing(text: str) -> None:
    line = Printable(text)

    assert is_printable(line)
    assert len(line.splitlines()) == 1
    assert "\\" in line


@pytest.mark.parametrize("text", HIDING.values(), ids=HIDING.keys())
@pytest.mark.parametrize("form", [Format.JSON, Format.YAML], ids=["json", "yaml"])
def test_documents_have_the_whole_text_and_show_nothing_of_it_raw(
    text: str, form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {"kind": "Finding", "message": f"{text}{'x' * 5000}", "bücher": "ü"}

    print_objects([document], form)

    printed = capsys.readouterr().out
    assert all(map(is_printable, printed.split("\n")))
    assert (json.loads if form is Format.JSON else yaml.safe_load)(printed) == document


def test_line_is_cut_and_a_command_is_not() -> None:
    command = typed(kubectl("delete", "pod", *(Name(f"p{number}") for number in range(2000))), CommandStyle())

    assert len(Printable("x" * 10**6)) == 4003
    assert len(Printable.of("  Fix:      ", command)) == len(command) + 12 > 10_000
    assert Printable(command) == command


@pytest.mark.parametrize(
    "error", [RefusedError("a\nerror: forged"), NotFoundError("a\nb", code=404, reason="NotFound")]
)
def test_line_ends_in_an_error_are_shown(error: PullSecretError, capsys: pytest.CaptureFixture[str]) -> None:
    print_error(error)

    (line,) = capsys.readouterr().err.splitlines()
    assert r"a\n" in line


def test_error_that_was_composed_of_lines_keeps_them(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(RefusedError("one\ntwo", hint="three").as_block())

    assert capsys.readouterr().err == "error: one\ntwo\nthree\n"
