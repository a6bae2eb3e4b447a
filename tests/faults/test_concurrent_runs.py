"""Two concurrent runs of the program with the same job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from faults.assert_report import assert_report_is_true
from faults.jobs import Before, unmet_keys

if TYPE_CHECKING:
    from faults.cluster_setup import FaultSetup

STATES = (Before.NOTHING, Before.STALE, Before.SAME, Before.UNMANAGED)


@pytest.mark.parametrize("command", ["copy", "create"])
def test_two_concurrent_runs_end_in_the_same_state_as_one(fault_setup: FaultSetup, command: str) -> None:
    before = {name: STATES[n % len(STATES)] for n, name in enumerate(fault_setup.namespaces[:-1])}
    job = fault_setup.job(command, f"{command}-twice", before)
    was = fault_setup.create_objects(job)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: fault_setup.run(job), range(2))

    now = fault_setup.snapshot(job)
    assert not unmet_keys(job, was, now)
    for result in (first, second):
        assert assert_report_is_true(job, result, (), was, now) == job.refused
    created = (first.stdout + second.stdout).count(f"secret/{job.name} created in ")
    assert created == list(before.values()).count(Before.NOTHING)


def test_concurrent_attach_and_detach_lose_no_entry_of_each_other(fault_setup: FaultSetup) -> None:
    names = fault_setup.namespaces[:-1]
    coming = fault_setup.job("attach", "coming", dict.fromkeys(names, Before.STALE))
    going = fault_setup.job("detach", "going", dict.fromkeys(names, Before.ONLY_LISTED))
    fault_setup.create_objects(coming)
    fault_setup.create_objects(going)  # which overwrites the lists

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(fault_setup.run, (coming, going)))

    assert [result.status for result in runs] == [0, 0], [result.stderr for result in runs]
    accounts = fault_setup.snapshot(coming).accounts
    lists = [accounts[name]["imagePullSecrets"] for name in names]
    assert [entries for entries in lists if {"name": "coming"} not in entries] == []
    assert [entries for entries in lists if {"name": "going"} in entries] == []
    assert {len(entries) for entries in lists} == {3}
