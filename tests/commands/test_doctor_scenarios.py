"""Every pain, made for real: doctor names it, the command that it tells mends it, and nothing else changes."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from scenarios import PAINS, Ground, Pain

from control_plane.waiting import until
from objects import registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


@pytest.fixture
def ground(api: Api, node: Node, namespaces: Namespaces) -> Ground:
    home, team = namespaces(2)
    key = registry_entry("robot", f"eyJ{secrets.token_hex(20)}.x.x")
    for user in ("robot", "cp", "USER"):
        node.accept(user, key["password"])
    return Ground(api=api, node=node, home=home, team=team, host=f"reg-{secrets.token_hex(4)}.example", key=key)


@pytest.fixture
def kubeconfigs(restricted: Rights, ground: Ground, plane: Cluster) -> dict[bool, Path]:
    """The administrator's, and that of somebody who knows only the team's namespace, so no logins of other tests."""
    own = (
        rule("get list create patch delete", "secrets"),
        rule("get list patch", "serviceaccounts"),
        rule("list", "pods"),
    )
    apps = rule("get list patch", "deployments", group="apps")
    return {False: plane.admin_kubeconfig, True: restricted(Grant(*own, apps, namespace=ground.team))}


@pytest.mark.parametrize("pain", PAINS.values(), ids=PAINS.keys())
def test_doctor_names_the_cause_and_the_command_that_mends_it_and_only_it(
    pain: Pain, ground: Ground, kubeconfigs: dict[bool, Path], plane: Cluster, pullsecret: Program, tmp_path: Path
) -> None:
    pain.make(ground)
    until(lambda: any(map(waits, ground.api.list("Pod", ground.team))), "a pod that waits for its image")
    if pain.then:
        pain.then(ground)
    kubeconfig = kubeconfigs[pain.is_icr]

    said = pullsecret("doctor", "-n", ground.team, "-o", "json", kubeconfig=kubeconfig, expect=1)

    (found,) = json.loads(said.stdout)["items"]
    names = {"home": ground.home, "team": ground.team, "host": ground.host, "slug": ground.host.replace(".", "-")}
    assert (found["cause"], found["commands"]) == (pain.cause, [pain.remedy.format(**names)])
    assert found["heals"] == ("ByItself" if pain.is_healed_by_time else "WithNewPods")
    before = snapshot(ground)
    run(found["commands"][0], ground, kubeconfig, plane, pullsecret, tmp_path)
    changed = set(before.items() ^ snapshot(ground).items())
    assert {name for name, _ in changed} == {(kind, name.format(**names)) for kind, name in pain.changes}
    assert_pulling(ground, pain)
    assert ground.key["password"] not in said.stdout + said.stderr


def waits(seen: Object) -> bool:
    statuses = seen["status"].get("containerStatuses", [{}])
    reason = statuses[0].get("state", {}).get("waiting", {}).get("reason", "")
    return reason not in ("", "ContainerCreating")


def snapshot(ground: Ground) -> dict[tuple[str, str], str]:
    """What the team's namespace, and the one to copy from, hold of what a remedy may write to."""
    found = [
        (kind, item)
        for kind in ("Secret", "ServiceAccount", "Deployment")
        for item in ground.api.list(kind, ground.team)
    ]
    far = [("Secret at home", item) for item in ground.api.list("Secret", ground.home)]
    return {(kind, item["metadata"]["name"]): content(item) for kind, item in (*found, *far)}


def content(item: Object) -> str:
    kept = {key: item.get(key) for key in ("data", "type", "imagePullSecrets", "secrets", "spec")}
    return json.dumps(kept, sort_keys=True)


def run(command: str, ground: Ground, kubeconfig: Path, plane: Cluster, program: Program, directory: Path) -> None:
    """The line as the user would run it, with the password, where it asks for one, from a variable or docker's file."""
    plugin = directory / "bin" / "kubectl-pullsecret"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec {shlex.join(program.command)} "$@"\n')
    plugin.chmod(0o755)
    docker = program.home / ".docker"
    docker.mkdir()
    (docker / "config.json").write_text(json.dumps({"auths": {ground.host: ground.key}}))
    environment = program.environment(kubeconfig)
    path = os.pathsep.join((str(plugin.parent), str(plane.kubectl.parent), environment.get("PATH", "")))
    words = command.replace(" --username=", " --password-env=KEY --username=")
    done = subprocess.run(
        ["sh", "-c", words],
        env={**environment, "PATH": path, "KEY": ground.key["password"], "IBM_ENTITLEMENT_KEY": ground.key["password"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"


def assert_pulling(ground: Ground, pain: Pain) -> None:
    """New pods of the owner run; and where the old ones need only time, so does another pod with what they name."""
    if pain.is_healed_by_time:
        (waiting, *_) = ground.api.list("Pod", ground.team)
        own = [entry["name"] for entry in waiting["spec"]["imagePullSecrets"]]
        image = waiting["spec"]["containers"][0]["image"]
        twin = ground.template(*own, image=image)
        twin["metadata"]["name"] = "twin"
        ground.api.create(twin, ground.team)
    until(
        lambda: any(seen["status"].get("phase") == "Running" for seen in ground.api.list("Pod", ground.team)),
        "a pod that runs",
    )
    assert ground.node.records(ground.team)[-1].password == ground.key["password"]
