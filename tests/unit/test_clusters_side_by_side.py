"""Several clusters at once: the order of the report, and what a signal, an end or a reader that leaves stops."""

from __future__ import annotations

import signal
from contextlib import closing
from threading import Barrier
from typing import TYPE_CHECKING

from pullsecret.apply.engine import Interruption
from pullsecret.apply.side_by_side import stream_side_by_side
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Change, Done, Outcome, Plan
from pullsecret.model.request.command_request import CommandRequest, Output
from pullsecret.model.request.gathered import Gathered
from pullsecret.report.clusters import PlannedCluster, report_clusters

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import pytest

CHANGES = {name: Change(kind=Kind.SECRET, namespace=name, name="x") for name in ("a", "b")}


def outcomes(*namespaces: str, done: Done = Done.CREATED) -> tuple[Outcome, ...]:
    return tuple(CHANGES[name].outcome(done) for name in namespaces)


def cluster(context: str) -> PlannedCluster:
    plan = Plan(sequences=tuple((change,) for change in CHANGES.values()))
    return PlannedCluster(request=CommandRequest(output=Output(context=context, gathered=Gathered())), plan=plan)


def test_report_is_in_the_order_of_the_contexts_whatever_ends_first(capsys: pytest.CaptureFixture[str]) -> None:
    stream = [(1, outcomes("b")), (1, outcomes("a")), (0, outcomes("b")), (0, outcomes("a", done=Done.UNCHANGED))]

    assert report_clusters([cluster("one"), cluster("two")], stream, Output(gathered=Gathered()))

    printed = capsys.readouterr()
    assert printed.out.splitlines() == [
        "secret/x unchanged in namespace a (context one)",
        "secret/x created in namespace b (context one)",
        "secret/x created in namespace a (context two)",
        "secret/x created in namespace b (context two)",
    ]
    assert printed.err.splitlines() == [
        "context one: 2 namespaces: 1 created, 1 unchanged",
        "context two: 2 namespaces: 2 created",
    ]


def test_failure_in_one_cluster_is_a_failure_of_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    stream = [(0, outcomes("a", "b")), (1, outcomes("a")), (1, outcomes("b", done=Done.SKIPPED))]

    assert not report_clusters([cluster("one"), cluster("two")], stream, Output(gathered=Gathered()))

    assert "note: skipped secret/x in namespace b (context two)" in capsys.readouterr().err


def endless(started: Barrier) -> Callable[[Interruption], Generator[Sequence[Outcome], None, None]]:
    """A cluster's work that only an interruption ends."""

    def stream(interruption: Interruption) -> Generator[Sequence[Outcome], None, None]:
        started.wait()
        yield outcomes("a")
        interruption.event.wait()
        yield outcomes("b", done=Done.SKIPPED)

    return stream


def test_signal_reaches_every_cluster() -> None:
    run, started = Interruption(), Barrier(2)
    works = {0: endless(started), 1: endless(started)}

    found = []
    for item in stream_side_by_side(works, run, at_once=2):
        found.append(item)
        if len(found) == len(works):
            run.handle_signal(signal.SIGINT, None)

    assert sorted(number for number, _ in found) == [0, 0, 1, 1]
    assert run.exit_status == 130


def test_clusters_that_have_not_begun_at_a_signal_are_told_of_it() -> None:
    run, started = Interruption(), Barrier(1)
    works = {0: endless(started), 1: endless(started)}

    ends = {}
    for number, ended in stream_side_by_side(works, run, at_once=1):
        ends[number] = ended[-1].done
        run.stop()

    assert ends == {0: Done.SKIPPED, 1: Done.SKIPPED}


def test_reader_that_leaves_stops_every_cluster() -> None:
    run, started = Interruption(), Barrier(2)

    with closing(stream_side_by_side({0: endless(started), 1: endless(started)}, run, at_once=2)) as stream:
        next(stream)

    assert run.event.is_set()
    assert all(part.event.is_set() for part in run.parts)


def test_end_of_one_cluster_stops_no_other() -> None:
    run = Interruption()
    ended, going = run.new_part(), run.new_part()

    ended.event.set()

    assert not going.event.is_set()
    assert not run.event.is_set()
