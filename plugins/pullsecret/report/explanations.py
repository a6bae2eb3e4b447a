"""What a code means: for `--explain`, and all of them as the page docs/check.md."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from pullsecret.model.check.catalogue import CODES
from pullsecret.report.streams import put

if TYPE_CHECKING:
    from pullsecret.model.check.catalogue import Rule

GROUPS = {
    "PS1": "What is in the secret",
    "PS2": "Keys: which images it is for",
    "PS3": "User names and passwords",
    "PS4": "What time has undone",
    "PS5": "Secrets, service accounts and copies",
    "PS6": "Running pods",
}
"""The beginnings of codes, with what they have in common."""

_WIDTH, _PAGE_WIDTH = 100, 118


def put_explanation(code: str) -> None:
    """Print what a known code means."""
    rule = CODES[code]
    put(f"{rule.code} ({rule.severity.value}): {rule.title}\n\n{fill(rule.explanation, _WIDTH)}")


def page() -> str:
    """All codes, in Markdown."""
    head = (
        "# What `kubectl pullsecret check` finds\n\n"
        "Generated from the program by `build/table.py`. `kubectl pullsecret check --explain CODE` prints the same.\n"
        "An error stops pulls, a warning may, an info is worth knowing. Codes keep their meaning for good.\n"
    )
    return head + "".join(
        f"\n## {title}\n{''.join(_entry(rule) for rule in CODES.values() if rule.code.startswith(beginning))}"
        for beginning, title in GROUPS.items()
    )


def _entry(rule: Rule) -> str:
    text = fill(f"*{rule.severity.value}.* {rule.explanation}", _PAGE_WIDTH, break_long_words=False)
    return f"\n### {rule.code}: {rule.title}\n\n{text}\n"
