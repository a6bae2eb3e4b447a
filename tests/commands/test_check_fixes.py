"""Commands that `check` suggests, run by kubectl itself or at a terminal; test_printed_commands.py runs all of them."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from bad_secrets import api_key, web_token, with_login, with_text
from check_runs import found

from objects import docker_config_of, docker_config_secret, encoded, registry_entry, service_account
from program import Program
from terminal_user import session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api, Object


@pytest.fixture
def typing(pullsecret: Program, kubectl: Program, tmp_path: Path) -> Program:
    """A shell with kubectl and this plugin on PATH, as for a user who pastes what check suggests."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name, program in {"kubectl-pullsecret": pullsecret, "kubectl": kubectl}.items():
        (directory / name).write_text(f'#!/bin/sh\nexec {shlex.join(map(str, program.command))} "$@"\n')
        (directory / name).chmod(0o755)
    path = f'PATH={shlex.quote(str(directory))}:"$PATH"; set -e; cd {shlex.quote(str(tmp_path))}; eval "$1"'
    return Program(["bash", "-c", path, "bash"], pullsecret.home, pullsecret.kubeconfig)


def test_command_for_a_copy_fixes_its_source_and_copies_it_again(
    api: Api, pullsecret: Program, typing: Program, namespace: str, in_default: Callable[[Object], None]
) -> None:
    source, team = f"shared-{namespace}", namespace
    entries = {"https://us.icr.io/v2": registry_entry("iamapikey", api_key()), "reg.example.org": registry_entry()}
    in_default(docker_config_secret(source, entries))
    pullsecret("copy", source, "--to", team, "--name=copied", "--check=off")

    (finding,) = found(pullsecret, "-n", team)
    typing(finding["command"])

    assert pullsecret("check", "-n", team).stdout == ""
    here, there = (api.read("Secret", *key) for key in (("copied", team), (source, "default")))
    assert here["data"] == there["data"]
    fixed = {"https://us.icr.io/v2/": entries["https://us.icr.io/v2"], "reg.example.org": entries["reg.example.org"]}
    assert api_auths(there) == fixed


def api_auths(secret: Object) -> Object:
    auths: Object = docker_config_of(secret)["auths"]
    return auths


def test_command_for_a_legacy_secret_changes_its_type(
    api: Api, pullsecret: Program, typing: Program, namespace: str
) -> None:
    text = json.dumps({"US.icr.io": registry_entry("iamapikey", api_key())})
    api.create(with_text("legacy", text, "kubernetes.io/dockercfg"), namespace)

    (finding,) = found(pullsecret, "-n", namespace)
    typing(finding["command"])

    assert pullsecret("check", "-n", namespace).stdout == ""
    made = api.read("Secret", "legacy", namespace)
    assert (made["type"], list(api_auths(made))) == ("kubernetes.io/dockerconfigjson", ["us.icr.io"])


def test_command_for_a_generic_secret_creates_a_pull_secret_beside_it(
    api: Api, pullsecret: Program, typing: Program, namespace: str
) -> None:
    entries = {"reg.example.org": registry_entry()}
    config = encoded(json.dumps({"auths": entries}))
    api.create({"kind": "Secret", "metadata": {"name": "jenkins"}, "data": {"config.json": config}}, namespace)
    api.create(service_account("puller", ["jenkins"]), namespace)

    (finding,) = found(pullsecret, "-n", namespace)
    typing(finding["command"])

    assert pullsecret("check", "-n", namespace).stdout == ""
    assert api.read("Secret", "jenkins", namespace)["data"] == {"config.json": config}
    assert api_auths(api.read("Secret", "jenkins-pull", namespace)) == entries
    assert api.read("ServiceAccount", "puller", namespace)["imagePullSecrets"] == [{"name": "jenkins-pull"}]


PROMPTING = {
    "cut-key": (with_login("regcred", "us.icr.io", "iamapikey", "cut"), api_key(), ("us.icr.io", "iamapikey")),
    "swapped": (with_login("regcred", "us.icr.io", api_key(), "iamapikey"), api_key(), ("us.icr.io", "iamapikey")),
    "ekey": (with_login("regcred", "cp.icr.io", "ekey", web_token()), web_token(), ("cp.icr.io", "cp")),
    "retired": (with_login("regcred", "registry.ng.bluemix.net", "token", "x"), api_key(), ("us.icr.io", "iamapikey")),
    "newline": (with_login("regcred", "reg.example.org", "me", "word\n"), "right", ("reg.example.org", "me")),
}


@pytest.mark.parametrize(("secret", "answer", "made"), PROMPTING.values(), ids=PROMPTING.keys())
def test_command_that_prompts_for_the_password_fixes_its_finding(
    api: Api,
    pullsecret: Program,
    typing: Program,
    namespace: str,
    secret: Object,
    answer: str,
    made: tuple[str, str],
) -> None:
    api.create(secret, namespace)

    (finding,) = found(pullsecret, "-n", namespace)
    said = session(typing, finding["command"], question=": ", typed=f"{answer}\n")

    assert said.status == 0, said.screen
    assert pullsecret("check", "-n", namespace).stdout == ""
    ((key, entry),) = api_auths(api.read("Secret", "regcred", namespace)).items()
    assert (key, entry["username"], entry["password"]) == (*made, answer)


def test_fault_next_to_good_credentials_has_advice_and_no_command(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    """A command would lose the good ones, and a decoded secret is never written to a file."""
    api.create(
        docker_config_secret("regcred", {"a.example": registry_entry(), "b.example": registry_entry("me", "$KEY")}),
        namespace,
    )

    (finding,) = found(pullsecret, "-n", namespace)

    assert finding["command"] == ""
    assert finding["advice"] == "recreate the secret with all its entries, this one corrected"
