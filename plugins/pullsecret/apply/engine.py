"""The fan-out: the namespaces side by side, the changes within one namespace in order."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from pullsecret.apply.converge import Converger
from pullsecret.apply.interruption import Interruption
from pullsecret.apply.throttle import Pace
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Change, Done, Outcome, Plan, Steps
from pullsecret.model.request.common import DryRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.common import Output

GRACE = 2.0
"""Seconds that what is under way gets to end after an interruption."""

_LOOK = 0.1
"""Seconds between two looks at whether an interruption came."""


def apply(plan: Plan, cluster: Cluster, output: Output, interruption: Interruption) -> Iterator[Outcome]:
    """Do what is planned and yield each outcome as it ends; every change has exactly one.

    Args:
        plan: the changes, a sequence a namespace.
        cluster: where they are written; its `parallel` says on how many namespaces at a time.
        output: whether they are written at all, who judges them if not, and whether the results are wanted.
        interruption: once it is set nothing new is begun, and what was not begun is `not done`.
    """
    crew = _WorkerPool(plan, cluster, output, interruption)
    try:
        yield from crew.outcomes()
    finally:
        # Whoever stops listening (a closed pipe) stops the work, too.
        interruption.event.set()


def dry_run_apply(plan: Plan, cluster: Cluster, output: Output) -> tuple[Outcome, ...]:
    """What would become of the changes, as far as what was seen tells: nothing is sent."""
    dry = replace(output, dry_run=DryRun.CLIENT)
    return tuple(apply(plan, cluster, dry, Interruption()))


class _WorkerPool:
    """The workers, the sequences not begun yet, and the outcomes on their way to who listens.

    The workers are daemons: one that hangs in a request must not keep the process when its user wants to leave.
    """

    def __init__(self, plan: Plan, cluster: Cluster, output: Output, interruption: Interruption) -> None:
        self.plan, self.interruption = plan, interruption
        self.size = min(cluster.parallel, len(plan.sequences))
        self.settler = Converger(cluster=cluster, output=output, stop=interruption.event, pace=Pace(cluster.parallel))
        self.todo = deque(plan.sequences)
        self.begun: set[int] = set()
        self.ended: SimpleQueue[tuple[Change, Outcome] | None] = SimpleQueue()

    def outcomes(self) -> Iterator[Outcome]:
        for _ in range(self.size):
            Thread(target=self._work, daemon=True).start()
        converge: set[int] = set()
        for change, outcome in self._as_they_end():
            converge.add(id(change))
            yield outcome
        yield from self._left(converge)

    def _work(self) -> None:
        try:
            while self.todo and not self.interruption.event.is_set():
                try:
                    steps = self.todo.popleft()
                except IndexError:  # another worker was faster
                    return
                self._walk(steps)
        finally:
            self.ended.put(None)

    def _walk(self, steps: Steps) -> None:
        failed: set[tuple[Kind, str]] = set()
        settler = self.settler
        for change in steps:
            if change.needs & failed:
                outcome = _without_try(change, Done.UNTOUCHED)
            elif self.interruption.event.is_set():
                return
            else:
                self.begun.add(id(change))
                outcome = settler.converge(change)
            if not outcome.is_good:
                failed.add((change.kind, change.name))
            elif change.kind is Kind.NAMESPACE and outcome.done is Done.CREATED and settler.is_rehearsal:
                settler = settler.without_server()  # in a namespace that was not really made no server can judge
            self.ended.put((change, outcome))

    def _as_they_end(self) -> Iterator[tuple[Change, Outcome]]:
        """What the workers report, until all have left or, after an interruption, until the grace is over."""
        working = self.size
        leave_at = float("inf")
        while working:
            if self.interruption.event.is_set():
                leave_at = min(leave_at, time.monotonic() + GRACE)
            try:
                report = self.ended.get(timeout=_LOOK)
            except Empty:
                if time.monotonic() > leave_at:
                    return
                continue
            if report is None:
                working -= 1
            else:
                yield report

    def _left(self, converge: set[int]) -> Iterator[Outcome]:
        """The changes that nobody reported: not begun, or begun and of unknown end."""
        for steps in self.plan.sequences:
            for change in steps:
                if id(change) not in converge:
                    yield _without_try(change, Done.UNKNOWN if id(change) in self.begun else Done.UNTOUCHED)


def _without_try(change: Change, done: Done) -> Outcome:
    return Outcome(kind=change.kind, namespace=change.namespace, name=change.name, done=done)
