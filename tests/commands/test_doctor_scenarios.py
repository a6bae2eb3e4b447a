"""Each kind of fix on a real kubelet: doctor finds the cause, its command fixes it, and nothing else changes."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from scenarios import SCENARIOS, Scenario, Setup

from control_plane.waiting import until
from documents import items_in
from objects import registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.node import Node
    from program import Program
    from rights import Rights


@pytest.fixture
def setup(api: Api, node: Node, namespace: str, in_default: Callable[[Object], None]) -> Setup:
    token = secrets.token_hex(4)
    key = registry_entry("puller", f"eyJ{secrets.token_hex(20)}.x.x")
    for user in ("puller", "cp", "USER"):
        node.accept(user, key["password"])
    names = {"team": namespace, "host": f"reg-{token}.example", "shared": f"shared-{token}"}
    return Setup(api=api, node=node, share=in_default, key=key, **names)


@pytest.fixture
def kubeconfigs(restricted: Rights, setup: Setup, plane: Cluster) -> dict[bool, Path]:
    """The administrator's, and one with access to the team's namespace only, without the credentials of other tests."""
    own = (
        rule("get list create patch delete", "secrets"),
        rule("get list patch", "serviceaccounts"),
        rule("list", "pods"),
    )
    apps = rule("get list patch", "deployments", group="apps")
    return {False: plane.admin_kubeconfig, True: restricted(Grant(*own, apps, namespace=setup.team))}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS.keys())
def test_command_fixes_the_cause_and_changes_nothing_else(
    scenario: Scenario, setup: Setup, kubeconfigs: dict[bool, Path], plane: Cluster, pullsecret: Program, tmp_path: Path
) -> None:
    scenario.make(setup)
    until(lambda: any(map(waits, setup.api.list("Pod", setup.team))), "a pod that waits for its image")
    if scenario.then:
        scenario.then(setup)
    kubeconfig = kubeconfigs[scenario.is_icr]

    said = pullsecret("doctor", "-n", setup.team, "-o", "json", kubeconfig=kubeconfig, expect=1)

    (found,) = items_in(said.stdout)
    names = {"shared": setup.shared, "team": setup.team, "host": setup.host, "slug": setup.host.replace(".", "-")}
    assert (found["cause"], found["commands"]) == (scenario.cause, [scenario.fix.format(**names)])
    assert found["recovery"] == ("Automatic" if scenario.recovers_as_it_is else "RecreatePods")
    before = snapshot(setup)
    run(found["commands"][0], setup, kubeconfig, plane, pullsecret, tmp_path)
    changed = set(before.items() ^ snapshot(setup).items())
    assert {name for name, _ in changed} == {(kind, name.format(**names)) for kind, name in scenario.changes}
    assert_pulling(setup, scenario)
    assert setup.key["password"] not in said.stdout + said.stderr


def waits(seen: Object) -> bool:
    statuses = seen["status"].get("containerStatuses", [{}])
    reason = statuses[0].get("state", {}).get("waiting", {}).get("reason", "")
    return reason not in ("", "ContainerCreating")


def snapshot(setup: Setup) -> dict[tuple[str, str], str]:
    """What the team's namespace, and the secret to copy, have that a fix may write to."""
    found = [
        (kind, item) for kind in ("Secret", "ServiceAccount", "Deployment") for item in setup.api.list(kind, setup.team)
    ]
    source = setup.api.find("Secret", setup.shared, "default")
    far = [("Secret in default", source)] if source else []
    return {(kind, item["metadata"]["name"]): content(item) for kind, item in (*found, *far)}


def content(item: Object) -> str:
    kept = {key: item.get(key) for key in ("data", "type", "imagePullSecrets", "secrets", "spec")}
    return json.dumps(kept, sort_keys=True)


def run(command: str, setup: Setup, kubeconfig: Path, plane: Cluster, program: Program, directory: Path) -> None:
    """Run the line as the user would; where it prompts for a password, a variable or docker's file has it."""
    plugin = directory / "bin" / "kubectl-pullsecret"
    plugin.parent.mkdir()
    plugin.write_text(f'#!/bin/sh\nexec {shlex.join(program.command)} "$@"\n')
    plugin.chmod(0o755)
    docker = program.home / ".docker"
    docker.mkdir()
    (docker / "config.json").write_text(json.dumps({"auths": {setup.host: setup.key}}))
    environment = program.environment(kubeconfig)
    path = os.pathsep.join((str(plugin.parent), str(plane.kubectl.parent), environment.get("PATH", "")))
    words = command.replace(" --username=", " --password-env=KEY --username=")
    done = subprocess.run(
        ["sh", "-c", words],
        env={**environment, "PATH": path, "KEY": setup.key["password"], "IBM_ENTITLEMENT_KEY": setup.key["password"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"


def assert_pulling(setup: Setup, scenario: Scenario) -> None:
    """New pods of the owner run, and where the existing ones recover as they are, so does one with the same secrets."""
    if scenario.recovers_as_it_is:
        (waiting, *_) = setup.api.list("Pod", setup.team)
        own = [entry["name"] for entry in waiting["spec"]["imagePullSecrets"]]
        image = waiting["spec"]["containers"][0]["image"]
        twin = setup.template(*own, image=image)
        twin["metadata"]["name"] = "twin"
        setup.api.create(twin, setup.team)
    until(
        lambda: any(seen["status"].get("phase") == "Running" for seen in setup.api.list("Pod", setup.team)),
        "a pod that runs",
    )
    assert setup.node.records(setup.team)[-1].password == setup.key["password"]
