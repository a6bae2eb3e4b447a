"""Other clients change the cluster between a run's reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import concurrent_change, forward, reset_after
from faults.jobs import HOST, TEAM, Before, entries_of, is_as_requested, unmet_keys
from objects import docker_config_secret, references, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from faults.cluster_setup import FaultSetup
    from faults.proxy import Fault, ProxiedRequest


def test_source_deleted_after_it_was_read_is_copied(fault_setup: FaultSetup, api: Api) -> None:
    job = fault_setup.job("copy", "vanishing-source", dict.fromkeys(fault_setup.namespaces[:3], Before.NOTHING))
    was = fault_setup.create_objects(job)

    def delete(request: ProxiedRequest) -> Fault:
        if request.is_write:
            api.delete("Secret", job.name, job.home)
        return forward

    with fault_setup.proxy(delete) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    assert (result.status, unmet_keys(job, was, fault_setup.snapshot(job))) == (0, set())


def test_source_deleted_before_it_is_read_is_one_line(fault_setup: FaultSetup, api: Api) -> None:
    job = fault_setup.job("copy", "vanished-source", dict.fromkeys(fault_setup.namespaces[:3], Before.NOTHING))
    was = fault_setup.create_objects(job)

    def delete(_: ProxiedRequest) -> Fault:
        api.delete("Secret", job.name, job.home)
        return forward

    with fault_setup.proxy(delete) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    assert (result.status, result.stdout, proxy.writes) == (1, "", [])
    said = f'Error from server (NotFound): secrets "{job.name}" not found in namespace {job.home}'
    assert result.stderr.splitlines()[0] == said
    assert unmet_keys(job, was, fault_setup.snapshot(job)) == job.keys


def test_secret_created_by_another_client_first_is_refused_and_kept(fault_setup: FaultSetup, api: Api) -> None:
    job = fault_setup.job("copy", "created-first", dict.fromkeys(fault_setup.namespaces[:2], Before.NOTHING))
    fault_setup.create_objects(job)
    first, second = job.before
    theirs = docker_config_secret(job.name, {HOST: registry_entry()}, labels=TEAM)

    def create_first(request: ProxiedRequest) -> Fault:
        if request.is_write and request.namespace == first and not request.nth:
            api.create(theirs, first)
        return forward

    with fault_setup.proxy(create_first) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    now = fault_setup.snapshot(job)
    assert result.status == 1
    assert f'secrets "{job.name}" already exists in namespace {first} and is not managed by' in result.stderr
    assert now.secrets[first]["data"] == theirs["data"]
    assert now.secrets[first]["metadata"]["labels"] == TEAM
    assert job.name not in entries_of(now.accounts[first])
    assert is_as_requested(now.secrets[second], job)


@pytest.mark.parametrize("command", ["attach", "detach"])
def test_entry_added_by_another_client_meanwhile_is_kept(fault_setup: FaultSetup, api: Api, command: str) -> None:
    before = Before.STALE if command == "attach" else Before.ONLY_LISTED
    job = fault_setup.job(command, f"{command}-raced", dict.fromkeys(fault_setup.namespaces[:1], before))
    fault_setup.create_objects(job)
    (namespace,) = job.before

    def add(request: ProxiedRequest) -> Fault:
        if request.is_write and not request.nth:
            there = entries_of(api.read("ServiceAccount", "default", namespace))
            api.patch("ServiceAccount", "default", {"imagePullSecrets": references([*there, "new"])}, namespace)
        return forward

    with fault_setup.proxy(add) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    ours = [job.name] if command == "attach" else []
    assert result.status == 0, result.stderr
    assert entries_of(fault_setup.snapshot(job).accounts[namespace]) == ["theirs-first", "theirs-second", "new", *ours]


def test_endless_conflicts_end_when_the_user_stops_the_run(fault_setup: FaultSetup) -> None:
    """The program retries for a minute; the user does not have to wait that long."""
    job = fault_setup.job("attach", "conflicting", dict.fromkeys(fault_setup.namespaces[:2], Before.STALE))
    was = fault_setup.create_objects(job)

    with fault_setup.proxy(lambda _: concurrent_change) as proxy, fault_setup.start(job, proxy=proxy) as process:
        until(lambda: len(proxy.writes) > 6, "conflicts")
        process.terminate()
        stdout, stderr = process.communicate(timeout=30)

    assert (process.returncode, stdout) == (143, "")
    assert "Error from server (Conflict): " in stderr
    assert unmet_keys(job, was, fault_setup.snapshot(job)) == job.keys


def test_replacement_with_all_answers_lost_ends_with_the_new_secret(fault_setup: FaultSetup) -> None:
    job = fault_setup.job("recreate", "unanswered", dict.fromkeys(fault_setup.namespaces[:3], Before.LEGACY))
    was = fault_setup.create_objects(job)
    lost: set[tuple[str, str]] = set()

    def lose_once(request: ProxiedRequest) -> Fault:
        if not request.is_write or (request.method, request.path) in lost:
            return forward
        lost.add((request.method, request.path))
        return reset_after

    with fault_setup.proxy(lose_once) as proxy:
        result = fault_setup.run(job, proxy=proxy)

    assert (result.status, unmet_keys(job, was, fault_setup.snapshot(job))) == (0, set()), result.stderr
