"""Sources and their copies: a picture with a square for each copy, and a table with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.results.copy_standing import CopyStanding
from pullsecret.report.html import svg
from pullsecret.report.html.markup import Markup, element, joined_markup
from pullsecret.report.html.tables import (
    TableColumn,
    counted_noun,
    data_table,
    names_cell,
    number_cell,
    table_row,
    word_cell,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.cluster_report.copy_groups import CopyGroup
    from pullsecret.model.cluster_report.reported_secret import ReportedSecret, SecretPlace

COLORS = {
    CopyStanding.CURRENT: "account",
    CopyStanding.STALE: "unknown",
    CopyStanding.RECREATED: "broken",
    CopyStanding.FORGED: "broken",
    CopyStanding.ORPHAN: "broken",
    CopyStanding.UNREADABLE: "none",
    CopyStanding.ELSEWHERE: "nodes",
}
"""The color of a standing, as a class of the style sheet."""

_STANDINGS = tuple(COLORS)

_DRAWN = 24
"""So many sources are in the picture."""

_MOST_SQUARES = 2000

_TITLED = 200
"""In a larger group, a square has no name of its own: the table has them."""

_WIDTH, _SOURCE_WIDTH, _GROUP_X = 700, 250, 330
_PITCH, _IN_LINE = 10, 36
_HEAD, _GAP = 22, 14


def copies_part(groups: Sequence[CopyGroup]) -> Markup:
    """The picture and the table of a cluster."""
    if not groups:
        return element("p", "No secret is marked as a copy.")
    left = len(groups) - _DRAWN
    note = element("p", f"{counted_noun(left, 'more source')} in the table only.", class_="muted") if left > 0 else ""
    return joined_markup((_picture(groups[:_DRAWN]), note, _table(groups)), "\n")


def _by_standing(group: CopyGroup) -> dict[CopyStanding, list[ReportedSecret]]:
    """The copies by what they are to the source, in the order of the standings."""
    found: dict[CopyStanding, list[ReportedSecret]] = {standing: [] for standing in _STANDINGS}
    for copy in group.copies:
        found[copy.standing or CopyStanding.UNREADABLE].append(copy)
    return {standing: copies for standing, copies in found.items() if copies}


def _picture(groups: Sequence[CopyGroup]) -> Markup:
    y = _GAP
    shapes: list[Markup] = []
    for group in groups:
        drawn, height = _drawn_group(group, y)
        shapes += drawn
        y += height + 2 * _GAP
    copies = sum(len(group.copies) for group in groups)
    label = f"{counted_noun(len(groups), 'source')} with {copies:,} {'copy' if copies == 1 else 'copies'}"
    return svg.picture(label, _WIDTH, y - _GAP, shapes)


def _drawn_group(group: CopyGroup, top: int) -> tuple[list[Markup], int]:
    """The shapes of a source and its copies, and how high they are."""
    shapes: list[Markup] = []
    y = top
    for standing, copies in _by_standing(group).items():
        lines = -(-min(len(copies), _MOST_SQUARES) // _IN_LINE)
        shapes += (_curve(top + _HEAD, y + _HEAD // 2), *_squares(standing, copies, y))
        y += _HEAD + lines * _PITCH + _GAP
    return [*shapes, *_source(group, top)], max(y - _GAP - top, 2 * _HEAD)


def _source(group: CopyGroup, top: int) -> tuple[Markup, ...]:
    kind = "source" if group.reported else "source missing"
    below = f"copy of {_named(group.reported.origin)}" if group.reported and group.reported.origin else ""
    below = below or group.source.cluster or ("" if group.reported else "not in the report")
    return (
        svg.box((1, top), (_SOURCE_WIDTH, 2 * _HEAD), kind),
        svg.caption((10, top + 19), f"{group.source.namespace}/{group.source.name}", longest=33),
        svg.caption((10, top + 36), below, "small", longest=38),
    )


def _curve(start: int, end: int) -> Markup:
    middle = (_SOURCE_WIDTH + _GROUP_X) // 2
    return svg.path(f"M{_SOURCE_WIDTH + 1} {start}C{middle} {start} {middle} {end} {_GROUP_X - 6} {end}", "curve")


def _squares(standing: CopyStanding, copies: Sequence[ReportedSecret], top: int) -> tuple[Markup, ...]:
    """A square for each copy below how many they are; a large group is one shape."""
    kind, side = f"fill-{COLORS[standing]}", _PITCH - 2
    drawn = min(len(copies), _MOST_SQUARES)
    places = [
        (_GROUP_X + index % _IN_LINE * _PITCH, top + _HEAD + index // _IN_LINE * _PITCH) for index in range(drawn)
    ]
    note = f" ({drawn:,} drawn)" if drawn < len(copies) else ""
    head = svg.caption((_GROUP_X, top + 15), f"{len(copies):,} {standing.value}{note}")
    if len(copies) > _TITLED:
        return (head, svg.path("".join(f"M{x} {y}h{side}v{side}h-{side}z" for x, y in places), kind))
    titles = [f"{copy.namespace}/{copy.name}" for copy in copies]
    return (head, *(svg.box(at, (side, side), kind, title=title) for at, title in zip(places, titles, strict=True)))


_COLUMNS = (
    TableColumn(header="Source"),
    TableColumn(header="Copies are"),
    TableColumn(header="Copies", sort="number"),
    TableColumn(header="Where"),
)


def _table(groups: Sequence[CopyGroup]) -> Markup:
    rows = [
        table_row(
            _named(group.source),
            word_cell(standing.value, COLORS[standing]),
            number_cell(len(copies)),
            names_cell([_copy_name(copy, group) for copy in copies]),
        )
        for group in groups
        for standing, copies in _by_standing(group).items()
    ]
    return data_table("Sources and copies", _COLUMNS, rows)


def _copy_name(copy: ReportedSecret, group: CopyGroup) -> str:
    """The namespace of a copy, with its name where that is another."""
    return copy.namespace if copy.name == group.source.name else f"{copy.namespace}/{copy.name}"


def _named(place: SecretPlace) -> str:
    name = f"{place.namespace}/{place.name}"
    return f"{name} in {place.cluster}" if place.cluster else name
