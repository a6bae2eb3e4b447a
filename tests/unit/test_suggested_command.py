"""Suggested commands, run by a real shell: each word arrives unchanged, and nothing else runs."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from hostile_names import HOSTILE, REFUSED
from objects import docker_config_secret, pod, registry_entry, service_account
from pullsecret.actions.check import CheckRequest, plan
from pullsecret.model.check.observed import Inventory
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.waiting_pods import OwnerFacts, Recovery, RestartHint
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.suggested_command import (
    NOT_PASTEABLE,
    CommandStyle,
    Flag,
    Program,
    command,
    kubectl,
    pullsecret,
    typed,
)
from pullsecret.model.request.targets import Selection
from pullsecret.report.restart_hints import hint_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Object

STYLE = CommandStyle()


@pytest.fixture
def shell(tmp_path: Path) -> Callable[[str], list[list[str]]]:
    """A shell in an empty directory, where kubectl records its words: a list for each call."""
    programs, place, record = tmp_path / "bin", tmp_path / "place", tmp_path / "record"
    programs.mkdir()
    place.mkdir()
    stub = programs / "kubectl"
    stub.write_text(f'#!/bin/sh\nprintf "%s\\0" "$@" >> {record}\nprintf "\\n" >> {record}\n')
    stub.chmod(0o755)

    def run(line: str) -> list[list[str]]:
        environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": "/nowhere"}
        subprocess.run(["sh", "-c", line], cwd=place, env=environment, check=True, capture_output=True)
        assert list(place.iterdir()) == []
        return [call.split("\0")[:-1] for call in record.read_text().splitlines()]

    return run


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_words_arrive_as_they_are_written(shell: Callable[[str], list[list[str]]], name: str) -> None:
    suggested = pullsecret("detach", name, Flag("--serviceaccount", name), Flag("-n", name))

    line = typed(suggested.then(kubectl("get", name)), STYLE)

    assert shell(line) == [["pullsecret", "detach", name, f"--serviceaccount={name}", "-n", name], ["get", name]]


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED.keys())
def test_command_with_a_word_that_cannot_be_pasted_is_refused(name: str) -> None:
    assert typed(pullsecret("create", "good").then(kubectl("delete", "pod", name)), STYLE) == ""


def test_flag_with_a_value_that_cannot_be_pasted_is_refused() -> None:
    assert typed(pullsecret("copy", "good", Flag("--from", "a\nb")), STYLE) == ""


def test_value_of_a_flag_may_begin_with_a_dash() -> None:
    assert typed(pullsecret("copy", "x", Flag("--from", "-A")), STYLE) == "kubectl pullsecret copy x --from=-A"


def test_programs_get_the_flags_that_reach_the_same_cluster() -> None:
    connection = ConnectionFlags(kubeconfig="my config", context="prod", cluster="$c")
    style = CommandStyle(program="ibmcloud pullsecret", connection=connection)
    reading = kubectl("get", "secret", "x").into(command(Program.BASE64, Flag("-d")))

    line = typed(reading.into(pullsecret("create", "x", Flag("--from-file", "-"))).then(None), style)

    flags = "--kubeconfig='my config' --context=prod --cluster='$c'"
    assert line == (f"kubectl {flags} get secret x | base64 -d | ibmcloud pullsecret {flags} create x --from-file=-")


def _seen(*, accounts: list[Object], pods: list[Object]) -> Inventory:
    def part(items: list[Object]) -> Observed:
        placed = ({**item, "metadata": {**item["metadata"], "namespace": "a"}} for item in items)
        return Observed(present={("a", item["metadata"]["name"]): item for item in placed})

    equal = [
        docker_config_secret(name, {"reg.example.org": registry_entry("me", "same")}) for name in ("good", "again")
    ]
    observed = ObservedNamespaces(
        selection=Selection(names=("a",)), secrets=part(equal), accounts=part(accounts), pods=part(pods)
    )
    return Inventory(observed=observed)


@pytest.mark.parametrize("name", (HOSTILE | REFUSED).values(), ids=(HOSTILE | REFUSED).keys())
def test_names_that_no_secret_can_have_get_words(name: str) -> None:
    puller = service_account("puller", [name, name])
    runner = pod("p", "reg.example.com/a/b:1", "n", pull_secrets=[name])

    checked = plan(CheckRequest(), _seen(accounts=[puller], pods=[runner]))

    assert {finding.code for finding in checked.findings} >= {"PS502", "PS503", "PS601"}
    for finding in checked.findings:
        assert finding.fix is None
        assert finding.advice.startswith("no secret can have this name; remove it from the imagePullSecrets of ")


OWNERS = {
    "job": ("job", Recovery.RECREATE),
    "job-with-a-list": ("job", Recovery.EDIT_TEMPLATE),
    "daemon-set": ("daemonset", Recovery.RECREATE),
    "daemon-set-with-a-list": ("daemonset", Recovery.EDIT_TEMPLATE),
    "stateful-set-with-a-list": ("statefulset", Recovery.EDIT_TEMPLATE),
    "pod": ("pod", Recovery.RECREATE),
    "pod-with-a-list": ("pod", Recovery.EDIT_TEMPLATE),
}


def _hint(owner: str, recovery: Recovery) -> str:
    cause = (Kind.SERVICE_ACCOUNT, "default")
    advice = RestartHint(
        namespace="a",
        secret="good",  # noqa: S106  its name
        owner=owner,
        pods=("p",),
        recovery=recovery,
        cause=cause,
        facts=OwnerFacts(only_waits=True),
    )
    done = Outcome(namespace="a", kind=cause[0], name=cause[1], done=Done.PATCHED)
    return list(hint_lines([advice], [done], ConnectionFlags()))[-1]


@pytest.mark.parametrize(("kind", "recovery"), OWNERS.values(), ids=OWNERS.keys())
@pytest.mark.parametrize("name", (HOSTILE | REFUSED).values(), ids=(HOSTILE | REFUSED).keys())
def test_names_that_no_owner_can_have_get_a_sentence(name: str, kind: str, recovery: Recovery) -> None:
    assert _hint(f"{kind}/{name}", recovery).strip() == NOT_PASTEABLE


@pytest.mark.parametrize(("kind", "recovery"), OWNERS.values(), ids=OWNERS.keys())
def test_owner_is_a_word_of_its_command(shell: Callable[[str], list[list[str]]], kind: str, recovery: Recovery) -> None:
    owner = f"{kind}/app-1.x"
    line = _hint(owner, recovery)

    assert owner in [word for call in shell(line) for word in call]


@pytest.mark.parametrize("owner", ["job/a\ntouch planted", "pod/a\u202e"])
def test_owner_that_cannot_be_pasted_gets_a_sentence(owner: str) -> None:
    assert _hint(owner, Recovery.RECREATE).strip() == NOT_PASTEABLE


@pytest.mark.parametrize("owner", ["-A/x", "no$(touch planted)tebook/a", "workflow/a\ntouch planted"])
@pytest.mark.parametrize("recovery", [Recovery.RECREATE, Recovery.EDIT_TEMPLATE])
def test_owner_of_an_unknown_kind_gets_words_only(owner: str, recovery: Recovery) -> None:
    line = _hint(owner, recovery)

    assert line.endswith("; if it runs once, start it again")
    assert "\n" not in line
    assert "kubectl" not in line
