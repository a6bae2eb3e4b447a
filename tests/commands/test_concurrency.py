"""Many concurrent writers of one service account: no entry is lost, and none is duplicated."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

from control_plane.api import ApiError
from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program

PROCESSES, EACH = 8, 8
THEIRS = [f"theirs-{number}" for number in range(PROCESSES)]


class Meddler:
    """Another client that writes the same service account again and again: a label, and now and then an entry."""

    def __init__(self, api: Api, namespace: str) -> None:
        self._api, self._namespace = api, namespace
        self._done = Event()
        self.entries: list[str] = []

    def run(self) -> int:
        """Write until stopped; return how many writes the server accepted."""
        count = 0
        while not self._done.wait(0.1):
            account = self._api.read("ServiceAccount", "default", self._namespace)
            account["metadata"].setdefault("labels", {})["count"] = str(count)
            entry = f"meddled-{count}"
            if count % 4 == 0:
                account["imagePullSecrets"] = [*(account.get("imagePullSecrets") or []), {"name": entry}]
            try:
                self._api.replace(account)
            except ApiError as error:
                if error.status == 409:
                    continue  # the program was faster
                raise
            self.entries += [entry] if count % 4 == 0 else []
            count += 1
        return count

    def stop(self) -> None:
        """Let `run` end."""
        self._done.set()


@pytest.fixture
def meddler(api: Api, namespace: str) -> Iterator[Meddler]:
    """Another writer, at work for as long as the test runs, or until it is stopped."""
    meddler = Meddler(api, namespace)
    with ThreadPoolExecutor(1) as pool:
        writes = pool.submit(meddler.run)
        yield meddler
        meddler.stop()
    assert writes.result() > 0


def test_concurrent_attach_by_8_processes_keeps_every_entry(
    api: Api, pullsecret: Program, namespace: str, meddler: Meddler
) -> None:
    ours = [[f"p{process}-{number}" for number in range(EACH)] for process in range(PROCESSES)]

    def attach_one_by_one(names: list[str]) -> None:
        for name in names:
            pullsecret("attach", name, "-n", namespace, "--allow-missing")

    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(attach_one_by_one, ours))
    meddler.stop()

    account = api.read("ServiceAccount", "default", namespace)
    found = [entry["name"] for entry in account["imagePullSecrets"]]
    assert len(found) == len(set(found))
    assert {name for names in ours for name in names} <= set(found)
    assert set(meddler.entries) <= set(found)
    assert account["metadata"]["labels"]["count"]


def test_concurrent_attach_and_detach_do_not_undo_each_other(
    api: Api, pullsecret: Program, namespace: str, meddler: Meddler
) -> None:
    leaving = [f"leaving-{number}" for number in range(4)]
    api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": name} for name in leaving]}, namespace)

    with ThreadPoolExecutor(PROCESSES) as pool:
        runs = [pool.submit(pullsecret, "detach", name, "-n", namespace) for name in leaving]
        runs += [pool.submit(pullsecret, "attach", name, "-n", namespace, "--allow-missing") for name in THEIRS[:4]]
        assert [run.result().status for run in runs] == [0] * 8
    meddler.stop()

    found = [entry["name"] for entry in api.read("ServiceAccount", "default", namespace)["imagePullSecrets"]]
    assert not set(leaving) & set(found)
    assert set(THEIRS[:4]) <= set(found)


def test_concurrent_copy_creates_each_copy_once(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, *teams = namespaces(11)
    source = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    command = ("copy", "x", "--from", home, "-n", ",".join(teams), "--attach")

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(pullsecret, *command) for _ in range(4)]
        lines = [line for run in runs for line in run.result().stdout.splitlines()]

    assert [api.read("Secret", "x", team)["data"] for team in teams] == [source["data"]] * 10
    accounts = [api.read("ServiceAccount", "default", team) for team in teams]
    assert [account["imagePullSecrets"] for account in accounts] == [[{"name": "x"}]] * 10
    assert sorted(line for line in lines if "unchanged" not in line) == sorted(
        f"{what} in namespace {team}"
        for team in teams
        for what in ("secret/x created", "serviceaccount/default patched")
    )
