"""Reads that do not depend on each other are under way at the same time: far away, each round takes long."""

from __future__ import annotations

from itertools import accumulate, count
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING

import pytest

from faults.faults import forward, throttled
from faults.jobs import Before, unmet_keys

if TYPE_CHECKING:
    from faults.cluster_setup import FaultSetup
    from faults.proxy import Fault, ProxiedRequest

PATIENCE = 60
"""Seconds after which a round counts as not complete; its reads meet at once."""


class Rounds:
    """Holds the reads of each round back until all of them are under way; without one of them, they fail for long."""

    def __init__(self, *sizes: int) -> None:
        self.rounds = [Barrier(size, timeout=PATIENCE) for size in sizes]
        self.ends = list(accumulate(sizes))
        self.reads = count()

    def __call__(self, request: ProxiedRequest) -> Fault:
        number = self.ends[-1] if request.is_write else next(self.reads)
        for end, meeting in zip(self.ends, self.rounds, strict=True):
            if number < end:
                return forward if has_met(meeting) else throttled(PAUSE)
        return forward

    @property
    def are_met(self) -> bool:
        """Whether all reads of all rounds came."""
        return next(self.reads) >= self.ends[-1] and not any(meeting.broken for meeting in self.rounds)


PAUSE = 3600
"""Seconds for Retry-After: too long to wait for."""


def has_met(meeting: Barrier) -> bool:
    """Wait for the other reads of a round; returns whether they came."""
    try:
        meeting.wait()
    except BrokenBarrierError:
        return False
    return True


@pytest.mark.parametrize(
    ("command", "namespaces", "rounds"),
    [
        # The namespace, the service account, the secret and what a run with --recreate may have left, the pods; of
        # copy the source, too.
        ("copy", 1, [6]),
        ("create", 1, [5]),
        ("attach", 1, [4]),
        ("detach", 1, [2]),
        # Of many namespaces it must be known which of them exist; the source is read meanwhile.
        ("copy", 20, [2, 4]),
    ],
)
def test_run_sends_reads_that_need_no_answer_of_another_at_once(
    fault_setup: FaultSetup, command: str, namespaces: int, rounds: list[int]
) -> None:
    before = Before.SAME if command == "attach" else Before.NOTHING
    name = f"{command}-at-once-{namespaces}"
    job = fault_setup.job(command, name, dict.fromkeys(fault_setup.namespaces[:namespaces], before))
    was = fault_setup.create_objects(job)
    held = Rounds(*rounds)

    with fault_setup.proxy(held) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    assert held.are_met, proxy.log
    assert (result.status, unmet_keys(job, was, fault_setup.snapshot(job))) == (0, set()), result.stderr


@pytest.mark.parametrize(("command", "reads"), [("list", 4), ("check", 5), ("verify", 4), ("doctor", 2)])
def test_command_that_only_reads_sends_its_first_reads_at_once(
    fault_setup: FaultSetup, command: str, reads: int
) -> None:
    held = Rounds(reads)

    with fault_setup.proxy(held) as proxy:
        kubeconfig = fault_setup.kubeconfig(proxy)
        result = fault_setup.program(command, "-n", fault_setup.namespaces[-2], kubeconfig=kubeconfig, expect=None)

    assert held.are_met, proxy.log
    assert "error" not in result.stderr.lower()
