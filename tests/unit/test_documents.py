"""The checks of the documents: relative links that lead nowhere, and commands that the program refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generators import documents, links, shown_commands
from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

LINKS = {
    "file": ("[a](other.md)", []),
    "folder": ("[a](sub/)", []),
    "heading": ("[a](other.md#two-words-code)", []),
    "heading of the same page": ("# Top\n[a](#top)", []),
    "elsewhere": ("[a](https://example.com/x)", []),
    "in code": ("`[a](gone.md)`\n```\n[a](gone.md)\n```", []),
    "text in code": ("[`a`](gone.md)", ["broken link: gone.md"]),
    "picture": ("![text\nof two lines](gone.svg)", ["broken link: gone.svg"]),
    "missing file": ("[a](gone.md)", ["broken link: gone.md"]),
    "missing heading": ("[a](other.md#gone)", ["broken link: other.md#gone"]),
}

COMMANDS = {
    "valid": ("$ kubectl pullsecret list -A", []),
    "valid, by another name": ("ibmcloud pullsecret list -A\nkubectl-pullsecret list -A", []),
    "continued": ("kubectl pullsecret copy x \\\n    --to team-a", []),
    "completion": ("$ kubectl pullsecret copy --to tea<TAB>", []),
    "refused": ("kubectl pullsecret list --nope", ["kubectl pullsecret list --nope: error: unknown flag: --nope"]),
    "refused after a pipe": ("cat x | kubectl pullsecret nope", ["kubectl pullsecret nope: "]),
}


@pytest.mark.parametrize(("text", "expected"), LINKS.values(), ids=LINKS)
def test_links_that_lead_nowhere_are_reported(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "other.md").write_text("# Other\n\n## Two words, `code`\n\n```sh\n# gone\n```\n")
    (tmp_path / "page.md").write_text(text)

    assert links.problems(tmp_path / "page.md") == expected


@pytest.mark.parametrize(("text", "expected"), COMMANDS.values(), ids=COMMANDS)
def test_commands_that_the_program_refuses_are_reported(tmp_path: Path, text: str, expected: list[str]) -> None:
    (tmp_path / "page.md").write_text(f"```console\n{text}\n```\n")

    found = shown_commands.problems(tmp_path / "page.md")

    assert len(found) == len(expected)
    assert all(problem.startswith(start) for problem, start in zip(found, expected, strict=True))


def test_every_page_is_linked_from_another() -> None:
    pages = documents.paths(CHECKOUT)
    linked = {(page.parent / target).resolve() for page in pages for target in links.targets(page.read_text())}

    assert [page.name for page in pages if page.resolve() not in linked and page != CHECKOUT / "README.md"] == []
