"""Somebody else acts between our reading and our writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import moved_on, passed_on, reset_after
from faults.jobs import HOST, TEAM, Before, entries_of, is_wanted, unmet
from objects import docker_config_secret, references, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from faults.cluster_setup import Ground
    from faults.proxy import Asked, Fault


def test_source_that_vanishes_after_it_was_read_is_copied_as_it_was(ground: Ground, api: Api) -> None:
    job = ground.job("copy", "vanishing-source", dict.fromkeys(ground.namespaces[:3], Before.NOTHING))
    was = ground.plant(job)

    def vanish(asked: Asked) -> Fault:
        if asked.is_write:
            api.delete("Secret", job.name, job.home)
        return passed_on

    with ground.proxy(vanish) as proxy:
        result = ground.run(job, proxy=proxy)

    assert (result.status, unmet(job, was, ground.seen(job))) == (0, set())


def test_source_that_vanishes_before_it_is_read_is_one_line(ground: Ground, api: Api) -> None:
    job = ground.job("copy", "vanished-source", dict.fromkeys(ground.namespaces[:3], Before.NOTHING))
    was = ground.plant(job)

    def vanish(_: Asked) -> Fault:
        api.delete("Secret", job.name, job.home)
        return passed_on

    with ground.proxy(vanish) as proxy:
        result = ground.run(job, proxy=proxy)

    assert (result.status, result.stdout, proxy.writes) == (1, "", [])
    said = f'Error from server (NotFound): secrets "{job.name}" not found in namespace {job.home}'
    assert result.stderr.splitlines()[0] == said
    assert unmet(job, was, ground.seen(job)) == job.keys


def test_secret_that_somebody_makes_first_is_refused_and_left_alone(ground: Ground, api: Api) -> None:
    job = ground.job("copy", "forestalled", dict.fromkeys(ground.namespaces[:2], Before.NOTHING))
    ground.plant(job)
    first, second = job.before
    theirs = docker_config_secret(job.name, {HOST: registry_entry()}, labels=TEAM)

    def forestall(asked: Asked) -> Fault:
        if asked.is_write and asked.namespace == first and not asked.nth:
            api.create(theirs, first)
        return passed_on

    with ground.proxy(forestall) as proxy:
        result = ground.run(job, proxy=proxy)

    now = ground.seen(job)
    assert result.status == 1
    assert f'secrets "{job.name}" already exists in namespace {first} and is not managed by' in result.stderr
    assert now.secrets[first]["data"] == theirs["data"]
    assert now.secrets[first]["metadata"]["labels"] == TEAM
    assert job.name not in entries_of(now.accounts[first])
    assert is_wanted(now.secrets[second], job)


@pytest.mark.parametrize("command", ["attach", "detach"])
def test_entry_that_somebody_adds_meanwhile_is_kept(ground: Ground, api: Api, command: str) -> None:
    before = Before.STALE if command == "attach" else Before.ONLY_NAMED
    job = ground.job(command, f"{command}-raced", dict.fromkeys(ground.namespaces[:1], before))
    ground.plant(job)
    (namespace,) = job.before

    def add(asked: Asked) -> Fault:
        if asked.is_write and not asked.nth:
            there = entries_of(api.read("ServiceAccount", "default", namespace))
            api.patch("ServiceAccount", "default", {"imagePullSecrets": references([*there, "new"])}, namespace)
        return passed_on

    with ground.proxy(add) as proxy:
        result = ground.run(job, proxy=proxy)

    ours = [job.name] if command == "attach" else []
    assert result.status == 0, result.stderr
    assert entries_of(ground.seen(job).accounts[namespace]) == ["theirs-first", "theirs-second", "new", *ours]


def test_conflicts_without_end_are_given_up_when_the_user_stops(ground: Ground) -> None:
    """A storm that lasts is borne for a minute; nobody has to wait for it."""
    job = ground.job("attach", "stormy", dict.fromkeys(ground.namespaces[:2], Before.STALE))
    was = ground.plant(job)

    with ground.proxy(lambda _: moved_on) as proxy, ground.start(job, proxy=proxy) as process:
        until(lambda: len(proxy.writes) > 6, "a storm")
        process.terminate()
        stdout, stderr = process.communicate(timeout=30)

    assert (process.returncode, stdout) == (143, "")
    assert "Error from server (Conflict): " in stderr
    assert unmet(job, was, ground.seen(job)) == job.keys


def test_replacement_whose_answers_are_all_lost_ends_with_the_new_secret(ground: Ground) -> None:
    job = ground.job("replace", "replaced-unheard", dict.fromkeys(ground.namespaces[:3], Before.OPAQUE))
    was = ground.plant(job)
    lost: set[tuple[str, str]] = set()

    def lose_once(asked: Asked) -> Fault:
        if not asked.is_write or (asked.method, asked.path) in lost:
            return passed_on
        lost.add((asked.method, asked.path))
        return reset_after

    with ground.proxy(lose_once) as proxy:
        result = ground.run(job, proxy=proxy)

    assert (result.status, unmet(job, was, ground.seen(job))) == (0, set()), result.stderr
