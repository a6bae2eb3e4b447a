"""What the benchmarks make of times at a distance, and how the picture shows them, without running any."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from bench.bench_cluster import Measurement
from bench.commands import Cost
from bench.distances import FIXED, ROUND_TRIPS, Distances, distance_goals, distance_picture, distance_table, round_trips
from bench.document import Results, Setting, document
from bench.picture import APART, HEIGHT, WIDTH
from bench.results import Client, Comparison, Task
from bench.startup import KindResult
from bench.timing import Run

SVG = "{http://www.w3.org/2000/svg}"
SETTING = Setting(commit="1a2b3c4", kubernetes="v1.36.3", load=0.25)


def distances(*, default: float = 1.0, trips: float = 5.0, busy: float = 3.0) -> Distances:
    """Times of a program that waits for `trips` round trips, and whose default takes `default` times the best."""
    copies: dict[tuple[int, int | None], list[float]] = {}
    for ms in ROUND_TRIPS:
        copies |= {(ms, parallel): [1 + 2000 / parallel * ms / 1000] * 2 for parallel in FIXED}
        copies[ms, None] = [default * copies[ms, 128][0]] * 3
    waiting = {ms: [0.2 + trips * ms / 1000] for ms in ROUND_TRIPS}
    recipe = {ms: [0.2 + 14 * ms / 1000] for ms in ROUND_TRIPS}
    return Distances(
        copies=copies,
        again=waiting,
        one=waiting,
        recipe=recipe,
        calm=[2.0, 2.0, 2.2],
        busy=[busy, busy, busy],
        refusals=[90, 100, 0],
    )


def drawn() -> ET.Element:
    """The picture, parsed."""
    return ET.fromstring(distance_picture(distances()))  # noqa: S314  it is ours


def test_round_trips_are_the_slope_between_the_smallest_and_the_largest_distance() -> None:
    assert round_trips({5: [0.1, 0.3, 0.2], 150: [1.0, 1.36, 9.0], 40: [7.0]}) == pytest.approx(8)


@pytest.mark.parametrize(
    ("found", "missed"),
    [
        (distances(default=1.19), []),
        (distances(default=1.21), [f"1,000 namespaces at {ms} ms" for ms in ROUND_TRIPS]),
        (distances(trips=6.5), ["one namespace, copy + attach: round trips"]),
        (distances(busy=3.1), ["80 ms and 429 above 40 writes at a time (90 writes were refused)"]),
    ],
    ids=["all met", "slow default", "a round trip more", "slow after 429"],
)
def test_goal_at_a_distance_is_missed_above_its_limit(found: Distances, missed: list[str]) -> None:
    reached = list(distance_goals(found))

    assert len(reached) == len(ROUND_TRIPS) + 3
    for goal in reached:
        assert goal.is_met is not any(goal.what.startswith(what) for what in missed)


def test_table_has_a_row_for_each_distance_and_extrapolates_kubectl() -> None:
    last = distance_table(distances()).splitlines()[-1]

    assert last == "| 150 ms | 3.34 s | 19.8 s | 5.69 s | 3.34 s | 1 | 950 ms | 950 ms | 2.30 s | 38 min 20 s |"


def test_picture_has_every_line_within_its_frame_and_describes_it_in_words() -> None:
    root = drawn()

    paths = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class", "").startswith("line")]
    places = [[tuple(map(float, pair.split())) for pair in path.removeprefix("M").split("L")] for path in paths]
    assert [len(points) for points in places] == [len(ROUND_TRIPS)] * 4
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for points in places for x, y in points)
    assert all(left[0] < right[0] and left[1] >= right[1] for points in places for left, right in pairwise(points))
    assert [path.get("stroke-dasharray") is None for path in root.iter(f"{SVG}path")].count(False) == 1
    assert (root.findtext(f"{SVG}title"), root.get("role")) == (root.findtext(f"{SVG}text"), "img")
    assert "kubectl (extrapolated): 4 min 30 s at 5 ms" in root.findtext(f"{SVG}desc", "")


def test_picture_needs_nothing_from_elsewhere_and_is_readable_on_dark_pages() -> None:
    svg = distance_picture(distances())

    assert re.findall(r"https?://\S+?(?=\")", svg) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in svg


def test_names_of_lines_that_end_together_do_not_overlap() -> None:
    root = drawn()

    heights = sorted(
        float(text.get("y", "0")) for text in root.iter(f"{SVG}text") if text.get("class", "").startswith("c")
    )
    assert len(heights) == 4
    assert all(below - above >= APART - 0.1 for above, below in pairwise(heights))


def test_page_has_a_section_for_each_part_that_was_measured() -> None:
    ran = Run(seconds=1.0, cpu=0.5, peak=100 * 2**20)
    lean = {(client, Task.COPY): [Measurement(run=ran)] for client in (Client.OURS, Client.RAW)}
    cost = Cost(command="list -A", kubectl="kubectl get secrets -A -o json", ours=[ran], theirs=[ran, ran])
    kinds = [KindResult(name=name, folder=60 * 2**20, ibmcloud=20 * 2**20, times={"help": 0.05}) for name in ("A", "B")]

    page = document(
        Results(
            distances=distances(),
            lean=Comparison(namespaces=1000, measurements=lean, sample=1000),
            costs=[cost],
            kinds=kinds,
        ),
        SETTING,
    )

    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == [
        "At a distance",
        "A lean server",
        "Time and memory of commands",
        "How it is measured",
    ]
    assert "![Time against round-trip time](distance.svg)" in page
    assert "| `list -A` | 1 s | 100 MiB | 1 s | 100 MiB | `kubectl get secrets -A -o json` |" in page
    assert "| help | 50 ms | 50 ms |" in page
    assert "| lean server, 1,000 namespaces, copy + attach, against the raw limit | ≥ 0.6 of its speed | 1 of" in page
