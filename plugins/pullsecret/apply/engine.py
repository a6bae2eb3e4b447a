"""The fan-out: namespaces in parallel, the changes within one namespace in order; and how a run is interrupted."""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from pullsecret.apply.concurrency import MOST, fixed, following
from pullsecret.apply.converge import Convergence
from pullsecret.apply.terms import AtRisk, Patience, Terms
from pullsecret.apply.throttle import Throttle
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import AnyKind, Kind
from pullsecret.model.plan.change import Change, Done, Outcome, Plan, Steps
from pullsecret.model.request.command_request import DryRun
from pullsecret.system.key_press import KeyPresses

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from types import FrameType

    from pullsecret.apply.terms import Server
    from pullsecret.model.request.command_request import Output


GRACE = 2.0
"""Seconds that changes under way get to end after an interruption."""

_POLL = 0.1
"""Seconds between two checks for an interruption."""

_MOMENT = 0.03
"""Seconds that outcomes wait for others, so that they are reported together: too short to see."""


def stream_outcomes(
    plan: Plan, cluster: Server, output: Output, interruption: Interruption
) -> Generator[Sequence[Outcome], None, None]:
    """Apply a plan and yield the outcomes, one per change, as they end: those of a moment together.

    Nothing is sent until the first ones are awaited.

    Args:
        plan: the changes, one sequence per namespace.
        cluster: where to write; its `parallel` is how many writes may be under way, None to follow the server.
        output: whether to write at all, who validates otherwise, and whether to keep the resulting objects.
        interruption: once it is set, nothing new is started, and what was not started is skipped.
    """
    try:
        yield from _WorkerPool(plan, cluster, output, interruption).stream_outcomes()
    except BaseException:
        # A caller that stops listening (a closed pipe) stops the work, too.
        interruption.event.set()
        raise


def dry_run_plan(plan: Plan, cluster: Server, output: Output) -> tuple[Outcome, ...]:
    """The outcomes that a plan would have, with their objects, judging by what was read; nothing is sent."""
    dry = replace(output, dry_run=DryRun.CLIENT, is_diff=True)
    return tuple(chain.from_iterable(stream_outcomes(plan, cluster, dry, Interruption())))


class _WorkerPool:
    """The workers, the sequences not started yet, and the outcomes on their way to the caller.

    There are as many workers as writes may be under way, as long as there is work for them; each that waits for
    something else makes room for another. They are daemon threads: one that hangs in a request must not keep the
    process alive after an interruption.
    """

    def __init__(self, plan: Plan, cluster: Server, output: Output, interruption: Interruption) -> None:
        self.plan, self.interruption = plan, interruption
        most = min(MOST, cluster.most or MOST)
        first = following(cluster.round_trip, most) if cluster.parallel is None else fixed(cluster.parallel)
        self.terms = Terms(
            cluster=cluster,
            output=output,
            stop=interruption.event,
            throttle=Throttle(first, self._prepare_connection, self._start_workers),
            patience=Patience(cluster.patience),
            at_risk=interruption.at_risk,
        )
        self.todo = deque(plan.sequences)
        self.workers: list[Thread] = []
        self.working = 0
        self.counting = Lock()
        self.started: set[int] = set()
        self.asked = float("-inf")
        self.ended: SimpleQueue[tuple[Change, Outcome] | None] = SimpleQueue()

    def stream_outcomes(self) -> Iterator[Sequence[Outcome]]:
        self._start_workers()
        reported: set[int] = set()
        try:
            for ended in self._receive_outcomes():
                reported.update(id(change) for change, _ in ended)
                yield [outcome for _, outcome in ended]
            yield tuple(self._unreported_outcomes(reported))
        except GeneratorExit:
            self._let_end()
            raise

    def _start_workers(self) -> None:
        """Start as many workers as there are slots, and sequences to start."""
        with self.counting:
            for _ in range(min(self.terms.throttle.room - self.working, len(self.todo))):
                worker = Thread(target=self._work, daemon=True)
                self.workers.append(worker)
                self.working += 1
                worker.start()

    def _is_surplus(self) -> bool:
        """Whether a worker ends, because there are more than may write: handing slots on would cost them time."""
        with self.counting:
            is_surplus = self.working > self.terms.throttle.room
            self.working -= is_surplus
        return is_surplus

    def _prepare_connection(self) -> bool:
        return self.terms.output.dry_run is not DryRun.CLIENT and self.terms.cluster.prepare_connection()

    def _let_end(self) -> None:
        """Start nothing more, and let the requests under way end before their connections are closed."""
        self.interruption.event.set()
        leave_at = time.monotonic() + GRACE
        for worker in tuple(self.workers):
            worker.join(max(0.0, leave_at - time.monotonic()))

    def _work(self) -> None:
        try:
            while self.todo and not self.interruption.event.is_set() and not self._is_surplus():
                try:
                    steps = self.todo.popleft()
                except IndexError:  # another worker was faster
                    return
                self._apply_steps(steps)
        finally:
            self.ended.put(None)

    def _apply_steps(self, steps: Steps) -> None:
        failed: set[tuple[AnyKind, str]] = set()
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

    def _receive_outcomes(self) -> Iterator[Sequence[tuple[Change, Outcome]]]:
        """Yield what the workers report, until all are done or, after an interruption, until the grace period ends.

        Each report that wakes this thread up takes time from the workers: it takes all those of a moment together.
        """
        done = 0
        leave_at = float("inf")
        while done < len(self.workers):
            if self.interruption.event.is_set():
                leave_at = min(leave_at, time.monotonic() + GRACE)
            reports = self._reports_of_a_moment()
            done += reports.count(None)
            if ended := [report for report in reports if report is not None]:
                yield ended
            elif not reports and time.monotonic() > leave_at:
                return

    def _reports_of_a_moment(self) -> Sequence[tuple[Change, Outcome] | None]:
        """What the workers reported in the moment since they were last asked; nothing if no report comes for long."""
        try:
            reports = [self.ended.get(timeout=_POLL)]
        except Empty:
            return ()
        if self.todo:
            time.sleep(max(0.0, self.asked + _MOMENT - time.monotonic()))
        self.asked = time.monotonic()
        with suppress(Empty):
            while True:
                reports.append(self.ended.get_nowait())
        return reports

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

    `at_risk` are the secrets that are being replaced, and pods that exist for a moment: at any end it is reported where
    the previous content is kept, and which pod is left.
    `parts` are those of the clusters of one run, each of which may also stop alone.
    """

    event: Event = field(default_factory=Event)
    signal_number: int = 0
    at_risk: dict[int, AtRisk] = field(default_factory=dict)
    presses: KeyPresses = field(default_factory=KeyPresses)
    parts: list[Interruption] = field(default_factory=list)

    def new_part(self) -> Interruption:
        """The interruption of one cluster: a signal to the run reaches it, and what ends it alone stops no other."""
        part = Interruption(at_risk=self.at_risk)
        self.parts.append(part)
        if self.event.is_set():
            part.event.set()
        return part

    def stop(self) -> None:
        """Let nothing new begin, in any cluster."""
        for one in (self, *self.parts):
            one.event.set()

    @property
    def exit_status(self) -> int:
        """The shell's status for an end by signal: 130 for SIGINT, 143 for SIGTERM; 0 if none came."""
        return 128 + self.signal_number if self.signal_number else 0

    def handle_signal(self, signal_number: int, _frame: FrameType | None) -> None:
        """Remember the first signal; a second one ends the process at once, unless it is of the same key press."""
        if not self.presses.is_new(signal_number):
            return
        if self.event.is_set() and self.signal_number:
            stories = [kept.story for kept in tuple(self.at_risk.values()) if kept.story]
            lines = [Printable(f"warning: {story}") for story in stories]
            os.write(2, "".join(f"{line}\n" for line in lines).encode(errors="replace"))
            os._exit(128 + signal_number)
        self.signal_number = signal_number
        self.stop()


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
