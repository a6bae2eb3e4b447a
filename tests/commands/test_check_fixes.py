"""The commands that `check` suggests, run in a shell: they fix the finding and change nothing else."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from bad_secrets import api_key, web_token, with_login, with_text
from check_runs import found, plant
from terminal_user import session

from objects import docker_config_of, docker_config_secret, registry_entry, service_account
from program import Program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api, Object
    from namespaces import Namespaces


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


def test_commands_that_do_not_prompt_fix_their_findings(
    api: Api, pullsecret: Program, typing: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    plant(api, pullsecret, home, team)
    before = found(pullsecret, "-n", f"{home},{team}")
    prompting = ("pullsecret create", "pullsecret entitled", "ibmcloud ", "--from-docker-config")
    chosen = [item for item in before if not any(word in item["command"] for word in prompting) and item["command"]]
    chosen += [item for item in before if "| kubectl pullsecret create" in item["command"]]
    chosen = list({item["code"]: item for item in chosen}.values())

    for item in chosen:
        typing(item["command"])

    assert {item["code"] for item in chosen} == {
        *("PS107", "PS201", "PS202", "PS203", "PS204", "PS205", "PS206", "PS208", "PS210"),
        *("PS405", "PS501", "PS502", "PS503", "PS506"),
    }
    after = found(pullsecret, "-n", f"{home},{team}")
    keys = [[(item["code"], item["subject"], item["secret"]) for item in items] for items in (before, chosen, after)]
    assert sorted(keys[0]) == sorted((*keys[1], *keys[2]))


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


def test_command_for_a_stale_copy_updates_it(
    api: Api, pullsecret: Program, typing: Program, namespace: str, in_default: Callable[[Object], None]
) -> None:
    source = f"shared-{namespace}"
    in_default(docker_config_secret(source, {"reg.example.org": registry_entry()}))
    pullsecret("copy", source, "--to", namespace)
    api.patch("Secret", source, {"data": docker_config_secret("", {"r.example": registry_entry()})["data"]}, "default")

    (finding,) = found(pullsecret, "-n", namespace)
    typing(finding["command"])

    assert finding["code"] == "PS504"
    assert pullsecret("check", "-n", namespace).stdout == ""


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


def test_command_for_another_type_detaches_it(api: Api, pullsecret: Program, typing: Program, namespace: str) -> None:
    text = json.dumps({"auths": {"reg.example.org": registry_entry()}})
    api.create(with_text("opaque", text, "Opaque"), namespace)
    api.create(service_account("robot", ["opaque"]), namespace)

    (finding,) = found(pullsecret, "-n", namespace)
    typing(finding["command"])

    assert pullsecret("check", "-n", namespace).stdout == ""
    assert api.read("Secret", "opaque", namespace)["type"] == "Opaque"
    assert api.read("ServiceAccount", "robot", namespace).get("imagePullSecrets", []) == []


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
