"""Compares output with the documents that show it: each block after `<!-- output: NAME -->`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from generators import documents
from golden_files import UPDATE
from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

BLOCK = re.compile(r"(<!-- output: (?P<name>\w+) -->\n```console\n)(?P<text>.*?)(?=^```)", re.DOTALL | re.MULTILINE)
VARYING = re.compile(
    r"(?<=-)[bcdf-hj-np-tv-xz2456789]{6,10}-[bcdf-hj-np-tv-xz2456789]{5}\b"
    r"|\b\d{4}-\d\d-\d\dT[\d:]{8}Z|\b\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC)"
    r"|\b(?:\d+m)?\d+s\b|ErrImagePull|ImagePullBackOff|(?<= ) +"
)
"""What differs from run to run: names and states of pods, times, and so the width of columns."""


def assert_shown(name: str, output: str, names: Mapping[str, str]) -> None:
    """Compare an output with the blocks of its name in the documents; `names` are namespaces by those shown there."""
    for actual, shown in names.items():
        output = output.replace(actual, shown)
    output = "".join(f"{line.rstrip()}\n" for line in output.splitlines())
    pages = [page for page in documents.paths(CHECKOUT) if f"<!-- output: {name} -->" in page.read_text()]
    for page in pages if os.environ.get(UPDATE) else ():
        page.write_text(_with_output(page.read_text(), name, output))
    shown_blocks = [block for page in pages for block in BLOCK.finditer(page.read_text()) if block["name"] == name]
    assert shown_blocks
    for block in shown_blocks:
        assert VARYING.sub("…", block["text"]) == VARYING.sub("…", output)


def _with_output(text: str, name: str, output: str) -> str:
    return BLOCK.sub(lambda block: block[1] + (output if _is_stale(block, name, output) else block["text"]), text)


def _is_stale(block: re.Match[str], name: str, output: str) -> bool:
    return block["name"] == name and VARYING.sub("…", block["text"]) != VARYING.sub("…", output)
