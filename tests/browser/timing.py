"""How long a page takes to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from browser.chromium import Chromium

A_SECOND = 1000
"""In milliseconds."""


def opened(browser: Chromium, page: Path) -> float:
    """Milliseconds from the request for a page until it is complete and laid out, as the page's own clock has it."""
    browser.open(page)
    time: float = browser.run("document.body.offsetHeight; return performance.now()")
    loaded: float = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert time >= loaded
    return loaded
