"""Every command that check and doctor print: run as printed, it removes its finding and changes nothing else.

All faults are side by side in one cluster; a second run of each command has nothing to do.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from bad_secrets import api_key, web_token
from command_effects import foreign_changes, named_in, snapshot
from faulty_cluster import Place, places, shared_secrets
from pasted_commands import Pasted, Printed, lost_entries, unwanted_writes
from pasting_shell import Answers, PastingShell
from played_node import PlayedNode
from waiting_cluster import NODE, Waiting, attach_later, host_of, plant_waiting, waiting_places

from control_plane.api import Api
from control_plane.waiting import until
from objects import made_up_password, registry_entry
from program import Program, pullsecret_command
from pullsecret.model.check.catalogue import RULES
from pullsecret.model.doctor.causes import CauseCode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from command_effects import Key

    from control_plane.api import Object
    from control_plane.plane import ControlPlane

AT_ONCE = 4
NOT_PLANTED = {
    "PS403",  # of secrets that are about to be written
    "PS407",  # of secrets that are a month old
    *("PS509", "PS603", "PS604", "PS701", "PS702", "PS703", "PS704"),  # words only
    *(f"PS{number:03}" for number in range(1, 15)),  # in manifests
    *(f"PS80{number}" for number in range(1, 9)),  # found with --ibmcloud
    *(f"PS90{number}" for number in range(1, 4)),  # words only
}
"""Codes without a command in a new cluster."""

WITHOUT_COMMAND = frozenset(
    {
        *(CauseCode.STATIC_POD, CauseCode.SANDBOX, CauseCode.MIRROR, CauseCode.OTHER_PROJECT, CauseCode.ACCOUNT_TOKEN),
        *(CauseCode.KEPT, CauseCode.NOT_RETRIED, CauseCode.UNREADABLE, CauseCode.UNKNOWN),
    }
)
"""Causes that have words only."""

WITH_A_KUBELET = frozenset({CauseCode.STALE, CauseCode.USERNAME})
"""Causes whose commands are run in test_doctor_scenarios.py."""

COMMANDS_OF_CHECK, WORDS_OF_CHECK = 212, 67
COMMANDS_OF_DOCTOR, WORDS_OF_DOCTOR = 95, 22
"""So many have a command, which is run, and so many have words only: a secret with several credentials, mostly."""

LOCAL_HOSTS = ("reg.example.org", "https://index.docker.io/v1/", Answers.host)
"""Where docker login was run on the machine of the person who pastes."""


@pytest.fixture
def api(own_plane: ControlPlane) -> Iterator[Api]:
    with Api(own_plane.access) as client:
        yield client


@pytest.fixture
def program(own_plane: ControlPlane, tmp_path: Path) -> Program:
    home = tmp_path / "home"
    (home / ".docker").mkdir(parents=True)
    found = Program(pullsecret_command(), home, own_plane.admin_kubeconfig)
    log_in(found, LOCAL_HOSTS, made_up_password())
    return found


def log_in(program: Program, hosts: Iterable[str], password: str) -> None:
    """Leave what docker login leaves on the machine of the person who pastes."""
    logins = {"auths": {host: registry_entry("puller", password) for host in hosts}}
    (program.home / ".docker" / "config.json").write_text(json.dumps(logins))


@pytest.fixture
def shell(own_plane: ControlPlane, program: Program, tmp_path: Path) -> Iterator[PastingShell]:
    kubectl = Program([str(own_plane.kubectl)], program.home, program.kubeconfig)
    answers = Answers(api_key=api_key(), entitlement_key=web_token(), password=made_up_password())
    directory = tmp_path / "shell"
    directory.mkdir()
    with PastingShell(program, kubectl, directory, answers) as running:
        yield running


def plant(api: Api, program: Program, name: str, place: Place) -> None:
    api.create({"kind": "Namespace", "metadata": {"name": name}})
    for secret in place.shared:
        api.create(secret, "default")
    until(lambda: api.find("ServiceAccount", "default", name), f"the default service account of {name}")
    for item in place.objects:
        status = item.get("status")
        api.create({key: value for key, value in item.items() if key != "status"}, name)
        if status:
            api.patch("Pod", item["metadata"]["name"], {"status": status}, name, subresource="status")
    for source, copy in place.copied.items():
        program("copy", source, "--to", name, f"--name={copy}", "--check=off")
    for source, newer in place.stale.items():
        api.patch("Secret", source, {"data": newer["data"]}, "default")
    for source in place.deleted:
        api.delete("Secret", source, "default")


def plant_all(api: Api, program: Program, found: Mapping[str, Place]) -> None:
    for secret in shared_secrets():
        api.create(secret, "default")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda item: plant(api, program, *item), found.items()))


def findings(program: Program) -> list[Object]:
    """What check says of the whole cluster, and of one namespace that needs private hosts."""
    found: list[Object] = []
    for flags in (("-A",), ("-n", "private", "--private")):
        items = json.loads(program("check", *flags, "-o", "json", expect=None).stdout)["items"]
        found += [item for item in items if flags == ("-A",) or item["code"] == "PS508"]
    return found


def key_of(finding: Object) -> tuple[str, ...]:
    return tuple(finding[name] for name in ("namespace", "code", "subject", "secret"))


def test_commands_of_check_remove_their_findings_and_change_nothing_else(
    api: Api, program: Program, shell: PastingShell
) -> None:
    plant_all(api, program, places())
    before, at_first = findings(program), snapshot(api)
    printed = [
        Printed(
            place=item["namespace"],
            what=key_of(item),
            command=item["command"],
            registries=tuple(item["registries"]),
            secret=item["secret"],
        )
        for item in before
        if item["command"]
    ]
    pasted = Pasted(shell=shell, printed=printed)

    pasted.run()

    after, changed = findings(program), snapshot(api)
    left, named = {key_of(item) for item in after}, {key for item in printed for key in named_in(item.command)}
    problems = pasted.problems
    problems += [f"STAYS {item.what}\n    {item.command}" for item in printed if item.what in left]
    problems += [f"NEW {key_of(item)}: {item['message']}" for item in after if key_of(item) not in map(key_of, before)]
    problems += [f"SILENT {key_of(item)}" for item in before if not (item["command"] or item["advice"])]
    problems += [*foreign_changes(at_first, changed, named), *lost_entries(printed, at_first, changed)]
    pasted.run(" AGAIN")
    problems += unwanted_writes(changed, snapshot(api))
    assert not problems, "\n".join(problems)
    assert {item["code"] for item in before} >= RULES.keys() - NOT_PLANTED
    assert len(printed) >= COMMANDS_OF_CHECK
    assert len(before) - len(printed) <= WORDS_OF_CHECK


def diagnoses(program: Program) -> list[Object]:
    """What doctor says of the whole cluster."""
    found: list[Object] = json.loads(program("doctor", "-A", "-o", "json", expect=None).stdout)["items"]
    return found


def plant_all_waiting(api: Api, found: Mapping[str, Waiting], node: PlayedNode) -> None:
    api.create({"kind": "Node", "metadata": {"name": NODE}})
    api.patch("Node", NODE, {"spec": {"taints": None}})  # a new node is not ready, which daemon sets wait for

    def plant_one(name: str) -> None:
        api.create({"kind": "Namespace", "metadata": {"name": name}})
        until(lambda: api.find("ServiceAccount", "default", name), f"the default service account of {name}")
        plant_waiting(api, name, found[name])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(plant_one, found))
    until(lambda: not found.keys() - node.settle().keys(), "a pod in each namespace", within=60)
    attach_later(api, found)


def test_commands_of_doctor_make_the_pods_run_and_change_nothing_else(
    api: Api, program: Program, shell: PastingShell
) -> None:
    answers = shell.answers
    found = waiting_places(answers.password, answers.api_key)
    node = PlayedNode(api, found, (answers.password, answers.api_key, answers.entitlement_key))
    plant_all_waiting(api, found, node)
    log_in(program, [host_of(name) for name in found], answers.password)
    before, at_first = diagnoses(program), snapshot(api)
    printed = [
        Printed(
            place=item["namespace"],
            what=(item["namespace"], item["cause"]),
            command=command,
            secret=item["secret"],
            registries=tuple(f"{host_of(item['namespace'])}{port}" for port in ("", ":443")),
        )
        for item in before
        for command in item["commands"]
    ]
    fixed = {item.place for item in printed}
    causes = {item["namespace"]: item["cause"] for item in before}
    pasted = Pasted(shell=shell, printed=printed)

    pasted.run()

    problems = pasted.problems
    problems += [
        f"CAUSE {name}: {causes.get(name)}" for name, row in found.items() if causes.get(name) != row.cause.value
    ]
    changed = snapshot(api)
    named = {key for item in printed for key in named_in(item.command)}
    start_again(api, {name: row for name, row in found.items() if name in fixed and row.owner == "workflow"}, named)
    waiting = still_waiting(node, fixed)
    problems += [
        f"STILL WAITING {name}: {[item.command for item in printed if item.place == name]}" for name in waiting
    ]
    after = {item["namespace"]: item["cause"] for item in diagnoses(program)}
    problems += [f"STAYS {name} {after[name]}" for name in fixed & after.keys() - set(waiting)]
    problems += [f"SILENT {item['namespace']}" for item in before if not (item["commands"] or item["advice"])]
    problems += [*foreign_changes(at_first, changed, named), *lost_entries(printed, at_first, changed)]
    pasted.run(" AGAIN")
    problems += [f"WAITING AGAIN {name}" for name in still_waiting(node, fixed - set(waiting))]
    problems += unwanted_writes(changed, snapshot(api))
    assert not problems, "\n".join(problems)
    assert {row.cause for row in found.values()} == set(CauseCode) - WITHOUT_COMMAND - WITH_A_KUBELET
    assert len(printed) >= COMMANDS_OF_DOCTOR
    assert len(before) - len(fixed) <= WORDS_OF_DOCTOR


def start_again(api: Api, found: Mapping[str, Waiting], named: set[Key]) -> None:
    """What words say of owners of an unknown kind: start it again, and add the secret to a list of its own."""
    for name, row in found.items():
        created = [key[2] for key in named if key[:2] == ("Secret", name)]
        api.delete("Pod", "app-1", name)
        api.create(replace(row, own=(*row.own, *created) if row.own else ()).workload(name), name)


def still_waiting(node: PlayedNode, names: Collection[str]) -> list[str]:
    """The namespaces with a pod that waits, once all controllers have had their time."""

    def waiting() -> list[str]:
        running = node.settle()
        return [name for name in names if not all(running.get(name, [False]))]

    try:
        until(lambda: not waiting(), "all pods to run", within=20)
    except TimeoutError:
        return waiting()
    return []
