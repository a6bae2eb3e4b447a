"""All that check, doctor and the hints print about hostile text, pasted into real shells: nothing of it runs.

Each text is in every place that the API server accepts. Every line is of a form that the program has, so none is
forged, and what is printed as a command is run where stubs record the words that arrive.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from doctor_evidence import NOW, deployed, evidence_of, placed, secret, waiting

from hostile_names import HOSTILE, REFUSED
from objects import docker_config_secret, named, pod, registry_entry, service_account
from pullsecret.actions.check import CheckRequest, plan
from pullsecret.model.check.catalogue import RULES
from pullsecret.model.check.observed import Inventory
from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.go.printable import is_printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.waiting_pods import Recovery, RestartHint
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.model.request.targets import Selection
from pullsecret.report import check, doctor
from pullsecret.report.restart_hints import hint_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from control_plane.api import Object

ACCEPTED = {name: text for name, text in REFUSED.items() if name != "surrogate"}
TEXTS = {**HOSTILE, **ACCEPTED, "forged": "x\n  Fix:      touch planted\nerror PS101 forged", "long": "x" * 5000}
SHELLS = [name for name in ("sh", "bash", "zsh") if shutil.which(name)]
STUBS = ("kubectl", "ibmcloud", "base64", "sed")
STYLES = {
    "plain": CommandStyle(),
    "flags": CommandStyle(connection=ConnectionFlags(kubeconfig="$(touch planted)", context="a b; touch planted")),
}
_FORMS = re.compile(
    r"(?:error|warning|info) PS\d{3} |  to fix: |  for [a-z]+: |  (?:Cause|Error|Secrets|Registry|Note|Recovery|Fix):"
    r"|  \.\.\. and |  (?:kubectl|ibmcloud) |note: |$"
)
_COMMAND = re.compile(r"  (?:Fix:      )?((?:kubectl|ibmcloud) .*)")


def keyed(items: Iterable[Object]) -> Observed:
    placed_items = (item if "namespace" in item["metadata"] else placed(item, "a") for item in items)
    return Observed(present={(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in placed_items})


def owned_by(item: Object, kind: str, name: str) -> Object:
    reference = {"kind": kind, "name": name, "controller": True}
    return {**item, "metadata": {**item["metadata"], "ownerReferences": [reference]}}


def checked_lines(text: str, style: CommandStyle, capsys: pytest.CaptureFixture[str]) -> tuple[list[str], set[str]]:
    """What check prints, and the codes."""
    login = registry_entry(text, "word\n")
    marks = {"kubectl-pullsecret/copied-from": f"default/{text}", "kubectl-pullsecret/source-uid": "1"}
    secrets = [
        docker_config_secret("keys", {f"{text}.example/x": registry_entry(), f"https://{text}/v2": registry_entry()}),
        docker_config_secret("one", {f"reg.example/{text}": login}),
        docker_config_secret("upper", {f"REG.example/{text}": registry_entry(text)}),
        docker_config_secret("copied", {"reg.example": registry_entry()}, annotations=marks),
        docker_config_secret("broken", {"reg.example": {"auth": text}}),
    ]
    pods = [
        owned_by(pod("a", f"reg.example/{text}:1", "n", pull_secrets=[text, "gone"]), text, text),
        owned_by(pod("b", text, "n", pull_secrets=["gone", "broken"]), "Job", text),
    ]
    observed = ObservedNamespaces(
        selection=Selection(names=("a",)),
        secrets=keyed(secrets),
        accounts=keyed([service_account("robot", [text, text, "gone"])]),
        pods=keyed(pods),
    )
    others = keyed([placed(named("Secret", "opaque"), "a")])
    result = plan(CheckRequest(now=NOW, needs_private=True), Inventory(observed=observed, others=others))
    check.show(result, Output(), style)
    return capsys.readouterr().out.splitlines(), {finding.code for finding in result.findings}


def diagnosed_lines(text: str, style: CommandStyle, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What doctor prints, in both of its forms."""
    good = [secret("regcred"), secret("keys", f"reg.example:443/{text}", entry=registry_entry(text))]
    pods = [
        deployed(waiting(image=f"reg.example/{text}", reason="InvalidImageName")),
        deployed(waiting(image=f"reg.example/{text}", reason="ErrImageNeverPull", message=text)),
        deployed(waiting(message=f"unknown {text}")),
        deployed(waiting(text)),
        deployed(waiting("keys")),
        owned_by(waiting(), text, text),
        owned_by(waiting(), "Job", text),
        owned_by(waiting(text), "StatefulSet", text),
    ]
    for item in pods:
        for form in (Format.LINES, Format.WIDE):
            diagnoses = diagnoses_of(evidence_of(item, secrets=good))
            doctor.show(Report(now=NOW, diagnoses=diagnoses), Output(format=form), style)
    return [line for line in capsys.readouterr().out.splitlines() if not line.startswith("  Message:")]


def hinted_lines(text: str, style: CommandStyle) -> list[str]:
    """What attach, copy and create print about pods that wait."""
    cause = (Kind.SERVICE_ACCOUNT, "default")
    hints = [
        RestartHint(namespace="a", secret=text, owner=f"{kind}/{text}", pods=("p",), recovery=recovery, cause=cause)
        for kind in ("pod", "job", "deployment", "statefulset", text.lower())
        for recovery in (Recovery.RECREATE, Recovery.EDIT_TEMPLATE)
    ]
    done = Outcome(namespace="a", kind=cause[0], name=cause[1], done=Done.PATCHED)
    return list(hint_lines(hints, [done], style.connection))


@pytest.fixture
def pasted(tmp_path: Path) -> Callable[[str, list[str]], list[list[str]]]:
    """Runs lines in a shell where stubs record their words; nothing else may happen."""
    programs, place, record = tmp_path / "bin", tmp_path / "place", tmp_path / "record"
    for directory in (programs, place, record):
        directory.mkdir()
    for name in STUBS:
        stub = programs / name
        # A file for each call, because those of a pipe run at the same time.
        stub.write_text(f'#!/bin/sh\nprintf "%s\\0" {name} "$@" > {record}/$$\n')
        stub.chmod(0o755)

    def run(shell: str, lines: list[str]) -> list[list[str]]:
        for file in record.iterdir():
            file.unlink()
        environment = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "HOME": str(place)}
        script = "\n".join(lines)
        done = subprocess.run(
            [shell], input=script, cwd=place, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert list(place.iterdir()) == []
        return sorted(file.read_text().split("\0")[:-1] for file in record.iterdir())

    return run


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_nothing_of_a_hostile_text_runs_or_forges_a_line(
    text: str,
    style: CommandStyle,
    capsys: pytest.CaptureFixture[str],
    pasted: Callable[[str, list[str]], list[list[str]]],
) -> None:
    found, codes = checked_lines(text, style, capsys)
    lines = [*found, *diagnosed_lines(text, style, capsys), *hinted_lines(text, style)]

    assert codes >= {"PS502", "PS503", "PS505", "PS601"}
    assert codes <= RULES.keys()
    for line in lines:
        assert is_printable(line)
        assert _FORMS.match(line) or ": cannot pull " in line or line.startswith("  no command is shown"), line
        assert not re.match(r"(?:  Fix: +)?touch|error PS\d+ forged", line)
    commands = [match[1] for line in lines if (match := _COMMAND.fullmatch(line))]
    assert commands
    first, *others = [pasted(shell, commands) for shell in SHELLS]
    assert all(words == first for words in others)
    assert {words[0] for words in first} <= set(STUBS)
    assert not any(word.startswith("touch") for words in first for word in words[1:])


def test_a_shell_other_than_sh_is_there() -> None:
    assert len(SHELLS) > 1
