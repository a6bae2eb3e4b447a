"""The fan-out: namespaces in parallel, the changes within one namespace in order; and how a run is interrupted."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING

from pullsecret.apply.converge import Convergence
from pullsecret.apply.terms import Patience, Terms, Throttle
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Change, Done, Outcome, Plan, Steps
from pullsecret.model.request.command_request import DryRun

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from types import FrameType

    from pullsecret.apply.kept_secret import KeptSecret
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.command_request import Output


GRACE = 2.0
"""Seconds that changes under way get to end after an interruption."""

_POLL = 0.1
"""Seconds between two checks for an interruption."""


def stream_outcomes(
    plan: Plan, cluster: Cluster, output: Output, interruption: Interruption
) -> Generator[Outcome, None, None]:
    """Apply a plan and yield each outcome as it ends, one per change; nothing is sent until the first one is awaited.

    Args:
        plan: the changes, one sequence per namespace.
        cluster: where to write; its `parallel` is the number of namespaces to process concurrently.
        output: whether to write at all, who validates otherwise, and whether to keep the resulting objects.
        interruption: once it is set, nothing new is started, and what was not started is skipped.
    """
    try:
        yield from _WorkerPool(plan, cluster, output, interruption).stream_outcomes()
    finally:
        # A caller that stops listening (a closed pipe) stops the work, too.
        interruption.event.set()


def dry_run_plan(plan: Plan, cluster: Cluster, output: Output) -> tuple[Outcome, ...]:
    """The outcomes that a plan would have, with their objects, judging by what was read; nothing is sent."""
    dry = replace(output, dry_run=DryRun.CLIENT, is_diff=True)
    return tuple(stream_outcomes(plan, cluster, dry, Interruption()))


class _WorkerPool:
    """The workers, the sequences not started yet, and the outcomes on their way to the caller.

    The workers are daemon threads: one that hangs in a request must not keep the process alive after an interruption.
    """

    def __init__(self, plan: Plan, cluster: Cluster, output: Output, interruption: Interruption) -> None:
        self.plan, self.interruption = plan, interruption
        self.size = min(cluster.parallel, len(plan.sequences))
        self.terms = Terms(
            cluster=cluster,
            output=output,
            stop=interruption.event,
            throttle=Throttle(cluster.parallel),
            patience=Patience(cluster.patience),
            at_risk=interruption.at_risk,
        )
        self.todo = deque(plan.sequences)
        self.started: set[int] = set()
        self.ended: SimpleQueue[tuple[Change, Outcome] | None] = SimpleQueue()

    def stream_outcomes(self) -> Iterator[Outcome]:
        workers = [Thread(target=self._work, daemon=True) for _ in range(self.size)]
        for worker in workers:
            worker.start()
        reported: set[int] = set()
        try:
            for change, outcome in self._receive_outcomes():
                reported.add(id(change))
                yield outcome
            yield from self._unreported_outcomes(reported)
        except GeneratorExit:
            self._let_end(workers)
            raise

    def _let_end(self, workers: Sequence[Thread]) -> None:
        """Start nothing more, and let the requests under way end before their connections are closed."""
        self.interruption.event.set()
        leave_at = time.monotonic() + GRACE
        for worker in workers:
            worker.join(max(0.0, leave_at - time.monotonic()))

    def _work(self) -> None:
        try:
            while self.todo and not self.interruption.event.is_set():
                try:
                    steps = self.todo.popleft()
                except IndexError:  # another worker was faster
                    return
                self._apply_steps(steps)
        finally:
            self.ended.put(None)

    def _apply_steps(self, steps: Steps) -> None:
        failed: set[tuple[Kind, str]] = set()
        terms = self.terms
        for change in steps:
            if change.needs & failed:
                outcome = change.outcome(Done.SKIPPED)
            elif self.interruption.event.is_set():
                return
            else:
                self.started.add(id(change))
                outcome = Convergence(change, terms).run()
            if not outcome.is_good:
                failed.add((change.kind, change.name))
            elif change.kind is Kind.NAMESPACE and outcome.done is Done.CREATED and terms.is_server_dry_run:
                terms = terms.without_server()  # the namespace does not exist, so the server cannot validate in it
            self.ended.put((change, outcome))

    def _receive_outcomes(self) -> Iterator[tuple[Change, Outcome]]:
        """Yield what the workers report, until all are done or, after an interruption, until the grace period ends."""
        working = self.size
        leave_at = float("inf")
        while working:
            if self.interruption.event.is_set():
                leave_at = min(leave_at, time.monotonic() + GRACE)
            try:
                report = self.ended.get(timeout=_POLL)
            except Empty:
                if time.monotonic() > leave_at:
                    return
                continue
            if report is None:
                working -= 1
            else:
                yield report

    def _unreported_outcomes(self, reported: set[int]) -> Iterator[Outcome]:
        """The changes that no worker reported: not started, or started with an unknown result."""
        for steps in self.plan.sequences:
            for change in steps:
                if id(change) not in reported:
                    kept = self.interruption.at_risk.get(id(change))
                    done = Done.UNKNOWN if id(change) in self.started else Done.SKIPPED
                    yield change.outcome(done, note=kept.story if kept else "")


@dataclass(kw_only=True)
class Interruption:
    """Whether a signal came, and which one; workers check `event` and wait on it instead of sleeping.

    `at_risk` are the secrets that are being replaced: where their previous content is kept is reported at any end.
    """

    event: Event = field(default_factory=Event)
    signal_number: int = 0
    at_risk: dict[int, KeptSecret] = field(default_factory=dict)

    @property
    def exit_status(self) -> int:
        """The shell's status for an end by signal: 130 for SIGINT, 143 for SIGTERM; 0 if none came."""
        return 128 + self.signal_number if self.signal_number else 0

    def handle_signal(self, signal_number: int, _frame: FrameType | None) -> None:
        """Remember the first signal; a second one ends the process at once."""
        if self.event.is_set() and self.signal_number:
            stories = [kept.story for kept in tuple(self.at_risk.values()) if kept.story]
            os.write(2, "".join(f"warning: {story}\n" for story in stories).encode())
            os._exit(128 + signal_number)
        self.signal_number = signal_number
        self.event.set()


@contextmanager
def handle_signals(interruption: Interruption) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an interruption for the duration; only in the main thread.

    On Windows, SIGBREAK as well: Ctrl-Break, and the end of the console's window.
    """
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    signals = [signal.Signals[name] for name in names if name in signal.Signals.__members__]
    before = {number: signal.signal(number, interruption.handle_signal) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
