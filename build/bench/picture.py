"""Draws times against distances, as an SVG that is readable on light and on dark pages."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 530, 40, 360
"""The area of the diagram; the names of the lines are to the right of it."""

TICKS = ((1, "1 s"), (10, "10 s"), (60, "1 min"), (600, "10 min"), (3600, "1 h"))
APART = 16.0
"""Between two names, so that both can be read."""

STYLE = """\
text { font: 13px sans-serif; fill: #24292f } .head { font-weight: bold }
.grid { stroke: #24292f; stroke-opacity: 0.2 } .line { fill: none; stroke-width: 2.5 }
.c0 { stroke: #0550ae; fill: #0550ae } .c1 { stroke: #bc4c00; fill: #bc4c00 } .c2 { stroke: #1a7f37; fill: #1a7f37 }
.c3 { stroke: #8250df; fill: #8250df } text[class] { stroke: none } path[class] { fill: none }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .grid { stroke: #e6edf3 }
.c0 { stroke: #79c0ff; fill: #79c0ff } .c1 { stroke: #ffa657; fill: #ffa657 } .c2 { stroke: #7ee787; fill: #7ee787 }
.c3 { stroke: #d2a8ff; fill: #d2a8ff } }"""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: its name, and times in seconds at round-trip times in milliseconds; dashed if it is extrapolated."""

    name: str
    points: Sequence[tuple[int, float]]
    is_extrapolated: bool = False


def picture(title: str, description: str, lines: Sequence[Line]) -> str:
    """Return the SVG; the time's axis is logarithmic."""
    scale = _Scale(lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
        ' aria-labelledby="title desc">',
        f'<title id="title">{title}</title>',
        f'<desc id="desc">{description}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="head" x="{LEFT}" y="22">{title}</text>',
        *_axes(scale),
        *_lines(scale, lines),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Scale:
    """Where a point is: round-trip times from 0 on, and whole ticks of the time."""

    def __init__(self, lines: Sequence[Line]) -> None:
        points = [point for line in lines for point in line.points]
        least, most = min(time for _, time in points), max(time for _, time in points)
        self.round_trips = sorted({round_trip for round_trip, _ in points})
        self.low = max((tick for tick, _ in TICKS if tick <= least), default=least)
        self.high = min((tick for tick, _ in TICKS if tick >= most), default=most)

    def x(self, round_trip: float) -> float:
        """To the right."""
        return LEFT + (RIGHT - LEFT) * round_trip / self.round_trips[-1]

    def y(self, time: float) -> float:
        """Down from the top."""
        return BOTTOM - (BOTTOM - TOP) * log10(time / self.low) / log10(self.high / self.low)


def _axes(scale: _Scale) -> Iterator[str]:
    for tick, label in TICKS:
        if scale.low <= tick <= scale.high:
            y = scale.y(tick)
            yield f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
            yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
    for round_trip in scale.round_trips:
        x = scale.x(round_trip)
        yield f'<path class="grid" d="M{x:.1f} {TOP}V{BOTTOM}"/>'
        yield f'<text x="{x:.1f}" y="{BOTTOM + 20}" text-anchor="middle">{round_trip}</text>'
    yield f'<text x="{(LEFT + RIGHT) / 2:.1f}" y="{BOTTOM + 42}" text-anchor="middle">round-trip time in ms</text>'


def _lines(scale: _Scale, lines: Sequence[Line]) -> Iterator[str]:
    for number, (line, y) in enumerate(zip(lines, _name_heights(scale, lines), strict=True)):
        places = [(scale.x(round_trip), scale.y(time)) for round_trip, time in line.points]
        client = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dashes = ' stroke-dasharray="6 4"' if line.is_extrapolated else ""
        yield f'<path class="line c{number}" d="M{client}"{dashes}/>'
        yield from (f'<circle class="c{number}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places)
        yield f'<text class="c{number}" x="{RIGHT + 10}" y="{y:.1f}">{line.name}</text>'


def _name_heights(scale: _Scale, lines: Sequence[Line]) -> list[float]:
    """Where the name of each line is: at its end, but below the name above."""
    ends = sorted((scale.y(line.points[-1][1]) + 4, number) for number, line in enumerate(lines))
    heights: dict[int, float] = {}
    lowest = float("-inf")
    for end, number in ends:
        lowest = heights[number] = max(end, lowest + APART)
    return [heights[number] for number in range(len(lines))]
