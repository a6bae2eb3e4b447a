"""A browser for all tests, the pages that they open, and the checks of axe."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser.chromium import Chromium, running_chromium
from browser.pages import Pages
from release.cache import ensure_cached
from release.checkout import LOCKS
from release.python import pip

if TYPE_CHECKING:
    from collections.abc import Iterator

FIGURES: list[str] = []
"""Lines for the end of the run."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Chromium."""
    with running_chromium() as chromium:
        FIGURES.append(f"Chromium {chromium.version}")
        yield chromium


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Pages of made-up reports, as files."""
    return Pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which checks a page for accessibility (deque: axe-core; Mozilla Public License 2.0)."""
    lock = LOCKS / "axe.txt"

    def install(directory: Path) -> None:
        command = [*pip("install"), "--no-deps", "--target", directory, "--requirement", lock]
        subprocess.run(command, check=True)

    return (ensure_cached("axe", (lock,), install) / "axe_playwright_python" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def figures() -> list[str]:
    """Lines for the end of the run."""
    return FIGURES


@pytest.fixture(scope="session")
def screenshots() -> Path | None:
    """Where pictures for the documentation are written, if they are wanted."""
    directory = os.environ.get("KUBECTL_PULLSECRET_TEST_SCREENSHOTS")
    return Path(directory) if directory else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print sizes and times."""
    terminalreporter.section("the page in a browser")
    for line in FIGURES:
        terminalreporter.line(line)
