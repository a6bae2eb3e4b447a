"""Every command that check and doctor print: run as printed, it removes its finding and changes nothing else.

All faults are side by side in one cluster; a second run of each command has nothing to do.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from bad_secrets import api_key, web_token
from command_effects import entries_of, foreign_changes, named_in, snapshot
from faulty_cluster import Place, places, shared_secrets
from pasting_shell import Answers, PastingShell

from control_plane.api import Api
from control_plane.waiting import until
from objects import all_icr_io, made_up_password, registry_entry
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from command_effects import Key

    from control_plane.api import Object
    from control_plane.plane import ControlPlane
    from program import Result

AT_ONCE = 4
COMMANDS_OF_CHECK, WORDS_OF_CHECK = 212, 64
"""So many findings have a command, and so many have words only: where several credentials are in one secret, mostly."""

LOCAL_HOSTS = ("reg.example.org", "https://index.docker.io/v1/")
"""Where docker login was run on the machine of the person who pastes."""


@pytest.fixture
def api(own_plane: ControlPlane) -> Iterator[Api]:
    with Api(own_plane.access) as client:
        yield client


@pytest.fixture
def program(own_plane: ControlPlane, tmp_path: Path) -> Program:
    home = tmp_path / "home"
    (home / ".docker").mkdir(parents=True)
    logins = {"auths": {host: registry_entry() for host in LOCAL_HOSTS}}
    (home / ".docker" / "config.json").write_text(json.dumps(logins))
    return Program(pullsecret_command(), home, own_plane.admin_kubeconfig)


@pytest.fixture
def shell(own_plane: ControlPlane, program: Program, tmp_path: Path) -> Iterator[PastingShell]:
    kubectl = Program([str(own_plane.kubectl)], program.home, program.kubeconfig)
    answers = Answers(api_key=api_key(), entitlement_key=web_token(), password=made_up_password())
    directory = tmp_path / "shell"
    directory.mkdir()
    with PastingShell(program, kubectl, directory, answers) as running:
        running.stub("ibmcloud", ibm_cloud(directory, answers))
        yield running


def ibm_cloud(directory: Path, answers: Answers) -> str:
    """What IBM Cloud does at `pull-secret apply`: it creates its secret again, with a new key."""
    manifest = directory / "all-icr-io.json"
    manifest.write_text(json.dumps({"apiVersion": "v1", **all_icr_io(answers.api_key)}))
    deleting = "kubectl -n default delete secret all-icr-io --ignore-not-found"
    asked = "ks cluster pull-secret apply --cluster=CLUSTER"
    return f'[ "$*" = "{asked}" ]\n{deleting}\nkubectl -n default create -f {manifest}'


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A command, what it fixes, and the registries that are at fault in the secret."""

    place: str
    what: tuple[str, ...]
    command: str
    registries: tuple[str, ...] = ()
    secret: str = ""


@dataclass(kw_only=True)
class Pasted:
    """All commands run twice, in each namespace one after another."""

    shell: PastingShell
    printed: Sequence[Printed]
    problems: list[str] = field(default_factory=list)

    def run(self, again: str = "") -> None:
        groups: dict[str, list[Printed]] = {}
        for item in self.printed:
            groups.setdefault(item.place, []).append(item)

        def run_group(group: list[Printed]) -> list[Result]:
            return [self.shell(item.command) for item in group]

        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(run_group, groups.values()))
        for group, ended in zip(groups.values(), results, strict=True):
            for item, result in zip(group, ended, strict=True):
                if result.status:
                    self.problems.append(f"FAILED{again} {item.what}\n    {item.command}\n    {result.stderr}")


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
        old = api.read("Secret", source, "default")
        api.delete("Secret", source, "default")
        changed = {"kind": "Secret", "metadata": {"name": source}, "type": old["type"], "data": newer["data"]}
        api.create(changed, "default")
    for source in place.deleted:
        api.delete("Secret", source, "default")


def plant_all(api: Api, program: Program, found: Mapping[str, Place]) -> None:
    for secret in shared_secrets():
        api.create(secret, "default")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda item: plant(api, program, *item), found.items()))


def findings(program: Program) -> list[Object]:
    """What check says of the whole cluster."""
    found: list[Object] = json.loads(program("check", "-A", "-o", "json", expect=None).stdout)["items"]
    return found


def key_of(finding: Object) -> tuple[str, ...]:
    return tuple(finding[name] for name in ("namespace", "code", "subject", "secret"))


def lost_entries(
    printed: Sequence[Printed], before: Mapping[Key, Object], after: Mapping[Key, Object]
) -> Iterator[str]:
    """Entries that are gone and that no finding was about."""
    faulty: dict[Key, set[str]] = {}
    for item in printed:
        faulty.setdefault(("Secret", item.place, item.secret), set()).update(item.registries)
    for key, registries in faulty.items():
        if key in before and key in after:
            lost = entries_of(before[key]).keys() - entries_of(after[key]).keys() - registries
            if lost:
                yield f"LOST {key}: entries {lost}"


def unwanted_writes(before: Mapping[Key, Object], after: Mapping[Key, Object]) -> Iterator[str]:
    """What a second run has written: nothing, except that IBM Cloud makes a key whenever it is asked."""
    for key, item in before.items():
        is_ours = key[0] in ("Secret", "ServiceAccount") and key[2] != "all-icr-io"
        if is_ours and item["metadata"]["resourceVersion"] != after.get(key, item)["metadata"]["resourceVersion"]:
            yield f"WRITTEN AGAIN {key}"
    yield from (f"CREATED AGAIN {key}" for key in after.keys() - before.keys() if key[0] != "Pod")


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
    assert len(printed) >= COMMANDS_OF_CHECK
    assert len(before) - len(printed) <= WORDS_OF_CHECK
