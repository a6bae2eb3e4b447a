"""Two copies of the program at the same work at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from faults.assert_report import check_told
from faults.jobs import Before, unmet

if TYPE_CHECKING:
    from faults.cluster_setup import Ground

STATES = (Before.NOTHING, Before.STALE, Before.SAME, Before.FOREIGN)


@pytest.mark.parametrize("command", ["copy", "create"])
def test_two_runs_at_once_end_in_the_same_state_as_one(ground: Ground, command: str) -> None:
    before = {name: STATES[n % len(STATES)] for n, name in enumerate(ground.namespaces[:-1])}
    job = ground.job(command, f"{command}-twice", before)
    was = ground.plant(job)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: ground.run(job), range(2))

    now = ground.seen(job)
    assert not unmet(job, was, now)
    for result in (first, second):
        assert check_told(job, result, (), was, now) == job.refused
    created = (first.stdout + second.stdout).count(f"secret/{job.name} created in ")
    assert created == list(before.values()).count(Before.NOTHING)


def test_attach_and_detach_at_once_lose_no_entry_of_each_other(ground: Ground) -> None:
    names = ground.namespaces[:-1]
    coming = ground.job("attach", "coming", dict.fromkeys(names, Before.STALE))
    going = ground.job("detach", "going", dict.fromkeys(names, Before.ONLY_NAMED))
    ground.plant(coming)
    ground.plant(going)  # which sets the lists anew

    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(ground.run, (coming, going)))

    assert [result.status for result in runs] == [0, 0], [result.stderr for result in runs]
    accounts = ground.seen(coming).accounts
    lists = [accounts[name]["imagePullSecrets"] for name in names]
    assert [entries for entries in lists if {"name": "coming"} not in entries] == []
    assert [entries for entries in lists if {"name": "going"} in entries] == []
    assert {len(entries) for entries in lists} == {3}
