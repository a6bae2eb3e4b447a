"""What the benchmarks make of their measurements, without running any."""

from __future__ import annotations

import pytest

from bench.bench_cluster import Measurement
from bench.document import Results, Setting, document, startup_table
from bench.goals import goals
from bench.results import Client, Comparison, Task
from bench.startup import Startup
from bench.tables import rounded, seconds
from bench.timing import Run

MIB = 2**20
SETTING = Setting(commit="1a2b3c4", kubernetes="v1.36.3", load=0.25)
LISTS = {("LIST", "secrets"): 3, ("LIST", "pods"): 1, ("GET", "secrets"): 1}


def measurements(*times: float, requests: dict[tuple[str, str], int] | None = None) -> list[Measurement]:
    return [Measurement(run=Run(seconds=time, cpu=time / 2, peak=50 * MIB), requests=requests or {}) for time in times]


def comparison_of(namespaces: int, *, sample: int | None = None, slower: float = 1.0) -> Comparison:
    times = {
        (Client.OURS, Task.COPY): measurements(2.0 * slower, 4.0 * slower, requests={("POST", "secrets"): namespaces}),
        (Client.RAW, Task.COPY): measurements(1.5, 3.0),
        (Client.KUBECTL, Task.COPY): measurements(5.0, 10.0, requests={("GET", "secrets"): 40}),
        (Client.OURS, Task.AGAIN): measurements(0.5, 0.7, requests=LISTS),
        (Client.OURS, Task.ROTATE): measurements(1.0, 1.0),
        (Client.RAW, Task.ROTATE): measurements(0.5, 0.5),
    }
    return Comparison(namespaces=namespaces, measurements=times, sample=sample or namespaces)


def test_ratio_is_taken_within_each_round() -> None:
    assert comparison_of(100).times(Task.COPY, Client.RAW) == pytest.approx(0.75)


def test_sampled_client_is_extrapolated_in_time_and_in_requests() -> None:
    comparison = comparison_of(1000, sample=20)
    assert comparison.seconds(Client.KUBECTL, Task.COPY) == pytest.approx(375)
    assert comparison.times(Task.COPY, Client.KUBECTL) == pytest.approx(125)
    assert comparison.requests(Client.KUBECTL, Task.COPY) == 2000


def test_further_pages_are_counted_apart_from_requests() -> None:
    comparison = comparison_of(1000)
    assert comparison.requests(Client.OURS, Task.AGAIN) == 5
    assert comparison.pages(Task.AGAIN) == 2


def test_goals_are_those_for_which_there_are_results() -> None:
    assert goals({100: comparison_of(100)}) == []
    assert len(goals({1: comparison_of(1)})) == 1
    assert [goal.is_met for goal in goals({1000: comparison_of(1000, sample=20)})] == [True, True, False, True, True]


@pytest.mark.parametrize(("slower", "is_met"), [(5.0, True), (5.1, False)], ids=["as linear", "worse"])
def test_growth_is_met_when_it_is_linear(*, slower: float, is_met: bool) -> None:
    found = goals({1000: comparison_of(1000), 5000: comparison_of(5000, slower=slower)})
    growth = next(goal for goal in found if goal.what.startswith("from 1,000 to 5,000 namespaces, copy"))
    assert growth.is_met is is_met


def test_document_says_what_was_extrapolated_and_what_was_missed() -> None:
    page = document(Results(comparisons={1000: comparison_of(1000, sample=20)}), SETTING)
    assert "extrapolated from 20 namespaces" in page
    assert "| rotation of 1,000 copies, against the raw limit | ≥ 0.6 of it | 0.50 of it | **no** |" in page
    assert "load before the run 0.2." in page


@pytest.mark.parametrize(
    ("number", "text"), [(0.0849, "85 ms"), (1.234, "1.23 s"), (45, "45 s"), (250, "4 min 10 s"), (119.7, "2 min 0 s")]
)
def test_time_is_formatted_in_its_units(number: float, text: str) -> None:
    assert seconds(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0.666, "0.67"), (14.84, "14.8"), (148.4, "148"), (6, "6"), (1240, "1,240")]
)
def test_number_has_its_significant_digits(number: float, text: str) -> None:
    assert rounded(number) == text


def test_startup_is_compared_within_each_round() -> None:
    start = Startup(what="TAB", than="kubectl", most=1.0, ours=(0.1, 0.2, 0.6), theirs=(0.2, 0.2, 0.4))

    assert (start.reached, start.is_met) == (1.0, True)


def test_startup_without_another_is_compared_with_seconds() -> None:
    table = startup_table([Startup(what="SendMetadata", than="", most=0.5, ours=(0.6, 0.7), theirs=())])

    assert table.splitlines()[-1] == "| SendMetadata | ≤ 0.5 s | 650 ms |  | 0.65 s | **no** |"
