"""Two concurrent runs of the program with the same job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from faults.assert_report import assert_report_is_true
from faults.jobs import HOST, Before, unmet_keys
from objects import docker_config_of, made_up_password

if TYPE_CHECKING:
    from faults.cluster_setup import FaultSetup
    from program import Result

RUNS = 6
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


def test_concurrent_runs_that_recreate_the_same_secrets_lose_none(fault_setup: FaultSetup) -> None:
    states = (Before.IMMUTABLE, Before.LEGACY, Before.NOTHING)
    before = {name: states[n % len(states)] for n, name in enumerate(fault_setup.namespaces[:12])}
    job = fault_setup.job("recreate", "recreate-often", before)
    was = fault_setup.create_objects(job)

    with ThreadPoolExecutor(RUNS) as pool:
        results = list(pool.map(lambda _: fault_setup.run(job), range(RUNS)))

    now = fault_setup.snapshot(job)
    assert [result.status for result in results] == [0] * RUNS, [result.stderr for result in results]
    assert not unmet_keys(job, was, now)
    assert now.siblings == {}


def test_concurrent_runs_that_recreate_secrets_with_different_data_leave_one_of_them(fault_setup: FaultSetup) -> None:
    job = fault_setup.job("recreate", "contended", dict.fromkeys(fault_setup.namespaces[:6], Before.IMMUTABLE))
    fault_setup.create_objects(job)
    passwords = [made_up_password() for _ in range(RUNS)]
    line = (
        "create",
        job.name,
        f"--registry={HOST}",
        "--username=puller",
        "--password-env=PW",
        "--overwrite",
        "--recreate",
    )

    def run(password: str) -> Result:
        return fault_setup.program(*line, f"--namespace={','.join(job.before)}", env={"PW": password}, expect=None)

    with ThreadPoolExecutor(RUNS) as pool:
        results = list(pool.map(run, passwords))

    now = fault_setup.snapshot(job)
    assert [result.status for result in results] == [0] * RUNS, [result.stderr for result in results]
    found = [now.secrets[namespace] for namespace in job.before]
    assert {docker_config_of(item)["auths"][HOST]["password"] for item in found} <= set(passwords)
    assert all(item["immutable"] for item in found)
    assert now.siblings == {}


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
