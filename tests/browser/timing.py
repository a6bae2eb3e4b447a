"""How long a page takes to open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from browser.chromium import Chromium

A_SECOND = 1000
"""In milliseconds."""

_TIMES = 9


@dataclass(frozen=True, kw_only=True, order=True)
class Opening:
    """Milliseconds until a page is complete and laid out, and those of the processor in the browser's main thread."""

    wall: float
    processor: float


@dataclass(frozen=True, kw_only=True)
class Openings:
    """A page that was opened several times, the fastest first; `size` in bytes."""

    size: int
    elements: int
    times: tuple[Opening, ...]

    @property
    def processor(self) -> float:
        """The least time of the processor: other programs on the machine count little in it."""
        return min(time.processor for time in self.times)

    def __str__(self) -> str:
        middle = self.times[len(self.times) // 2]
        return (
            f"{self.size / 1000:,.0f} kB, {self.elements:,} elements, opens in {self.times[0].wall:,.0f} ms at best, "
            f"{middle.wall:,.0f} ms in the middle of {len(self.times)}; {self.processor:,.0f} ms of the processor"
        )


def opened(browser: Chromium, page: Path) -> Openings:
    """Open a page several times."""
    times = tuple(sorted(_opened_once(browser, page) for _ in range(_TIMES)))
    elements = browser.run("return document.querySelectorAll('*').length")
    return Openings(size=page.stat().st_size, elements=elements, times=times)


def _opened_once(browser: Chromium, page: Path) -> Opening:
    """The page's own clock has the one, DevTools the other, which begins when it is enabled."""
    browser.devtools("Performance.disable")
    browser.devtools("Performance.enable", timeDomain="threadTicks")
    browser.open(page)
    browser.run("document.body.offsetHeight")
    wall = browser.run("return performance.getEntriesByType('navigation')[0].loadEventEnd")
    metrics = {one["name"]: one["value"] for one in browser.devtools("Performance.getMetrics")["metrics"]}
    return Opening(wall=wall, processor=1000 * metrics["TaskDuration"])
