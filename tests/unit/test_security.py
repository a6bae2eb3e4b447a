"""SECURITY.md: each promise has tests, and each test that it names exists."""

from __future__ import annotations

import ast
import re

import pytest

from program import CHECKOUT

pytestmark = pytest.mark.source

ROW = re.compile(r"^\| (?P<promise>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
FILE = re.compile(r"\[(?P<name>\w+\.py)\]\((?P<path>tests/[\w/]+\.py)\): (?P<tests>`\w+`(?:, `\w+`)*)(?:; |$)")

PROMISES = dict(
    ROW.findall((CHECKOUT / "SECURITY.md").read_text().partition("## Promises")[2].partition("| --- | --- |")[2])
)


def test_every_promise_is_in_the_table() -> None:
    lines = (CHECKOUT / "SECURITY.md").read_text().partition("| --- | --- |\n")[2].splitlines()

    assert len(PROMISES) == len(lines) > 0


@pytest.mark.parametrize("tests", PROMISES.values(), ids=PROMISES.keys())
def test_tests_of_a_promise_exist(tests: str) -> None:
    files = list(FILE.finditer(tests))

    assert "".join(found[0] for found in files) == tests
    assert [found["name"] for found in files] == [found["path"].rpartition("/")[2] for found in files]
    for found in files:
        tree = ast.parse((CHECKOUT / found["path"]).read_text())
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert set(re.findall(r"\w+", found["tests"])) <= defined
