"""What doctor found, for eyes: each trouble a paragraph that ends with the command that mends it; or as objects."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.fixes import KubectlStep
from pullsecret.model.plan.waiting_pods import RESTARTABLE, Recovery
from pullsecret.model.request.common import Format, Output
from pullsecret.model.request.suggested_command import (
    NOT_PASTEABLE,
    CommandStyle,
    Flag,
    SuggestedCommand,
    kubectl,
    pullsecret,
    typed,
)
from pullsecret.report.durations import human_duration
from pullsecret.report.manifests import put_objects
from pullsecret.report.restart_hints import SHOWN, editing_hint, restart_command
from pullsecret.report.streams import put, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pullsecret.model.doctor.diagnosis import Diagnosis, Report
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.waiting_pods import Advice

FEW = 3
"""So many images and owners are named in a line, unless all are wanted (-o wide)."""


def show(report: Report, output: Output, style: CommandStyle) -> int:
    """Print a report; the exit status is 1 when something is wrong or could not be looked at.

    Args:
        report: what was found.
        output: how to print it.
        style: how to write the commands that fix it.
    """
    for line in (*report.notes, *report.failures):
        say(line)
    if output.shows_objects:
        items = [_object(diagnosis, style) for diagnosis in report.diagnoses]
        put_objects([{"apiVersion": "v1", "kind": "List", "items": items}], output.format)
    elif output.format is Format.NAME:
        for owner in dict.fromkeys(owner for diagnosis in report.diagnoses for owner in diagnosis.owners):
            put(owner)
    else:
        _put_report(report, output, style)
    return 1 if report.diagnoses or report.failures else 0


def _put_report(report: Report, output: Output, style: CommandStyle) -> None:
    for line in report.healthy:
        put(line)
    for number, diagnosis in enumerate(report.diagnoses):
        if number or report.healthy:
            put("")
        for line in _paragraph(report, diagnosis, style, is_wide=output.format is Format.WIDE):
            put(line)
    if not (report.diagnoses or report.healthy or report.failures):
        say(report.emptiness)


def _paragraph(report: Report, diagnosis: Diagnosis, style: CommandStyle, *, is_wide: bool) -> Iterator[str]:
    few = None if is_wide else FEW
    owners = [f"{owner}{f' ({len(pods)} pods)' if len(pods) > 1 else ''}" for owner, pods in diagnosis.owners.items()]
    yield f"{_listed(owners, few)} in namespace {diagnosis.namespace}: cannot pull {_listed(diagnosis.images, few)}"
    yield f"  cause:  {diagnosis.cause.text}"
    if (
        diagnosis.says
        and diagnosis.says not in diagnosis.cause.text
        and diagnosis.cause.code is not CauseCode.MALFORMED
    ):
        yield f"  says:   {diagnosis.says}"
    for line in diagnosis.reads:
        yield f"  reads:  {line}"
    for line in diagnosis.asked:
        yield f"  asked:  {line}"
    for line in diagnosis.notes:
        yield f"  note:   {line}"
    if is_wide and diagnosis.message:
        yield f"  message: {' '.join(diagnosis.message.split())}"
    yield f"  heals:  {outlook(report, diagnosis)}"
    remedies = commands(diagnosis, style)
    shown = remedies if is_wide else remedies[:SHOWN]
    for command in shown:
        yield f"  do:     {command}"
    if len(shown) < len(remedies):
        yield f"  ... and {len(remedies) - len(shown)} more commands: -o wide"
    for line in filter(None, (diagnosis.fix.advice, *map(editing_hint, diagnosis.advice))):
        yield f"  do:     {line}"


def _listed(words: Sequence[str], few: int | None) -> str:
    more = len(words) - few if few else 0
    return ", ".join(words[:few] if more > 0 else words) + (f" and {more} more" if more > 0 else "")


def outlook(report: Report, diagnosis: Diagnosis) -> str:
    """Whether the pods come up by themselves, and when they try the next time."""
    due = diagnosis.due.after(report.now)
    when = "at any moment" if not due[1] else f"within {human_duration(due[1])}"
    remedy = diagnosis.fix.remedy
    if remedy is None:
        return f"not by itself; the next attempt comes {when}"
    if remedy is Recovery.OWN_LIST:
        return f"not by itself: a pod's list of secrets cannot be changed; the next attempt comes {when}"
    if remedy is Recovery.RESTART:
        return f"not by itself: the list that a pod got when it was made stays; the next attempt comes {when}"
    if diagnosis.cause.code is CauseCode.MALFORMED:
        return f"by itself, once this is done: the kubelet looks again {when}"
    if diagnosis.fix.steps:
        return f"by itself, once this is done: the next attempt comes {when}, later ones at most five minutes apart"
    return f"by itself, when the cause is gone; the next attempt comes {when}"


def commands(diagnosis: Diagnosis, style: CommandStyle) -> tuple[str, ...]:
    """The fix as command lines, in order; where there is one owner it is a single line.

    Where one is not safe to paste, a sentence is in its place.
    """
    place = Flag("-n", diagnosis.namespace)
    steps = [
        kubectl(place, *step.words) if isinstance(step, KubectlStep) else pullsecret(*step.words, place)
        for step in diagnosis.fix.steps
    ]
    found = [*steps, *_restarts(diagnosis.advice)]
    if found and len(diagnosis.owners) == 1:
        found = [reduce(SuggestedCommand.then, found)]
    return tuple(typed(item, style) or NOT_PASTEABLE for item in found)


def _restarts(advice: Sequence[Advice]) -> Iterator[SuggestedCommand]:
    """The commands that recreate the pods; everything that `kubectl rollout restart` helps is one of them."""
    together = [
        item for item in advice if item.remedy is Recovery.RESTART and item.owner.partition("/")[0] in RESTARTABLE
    ]
    if together:
        place = Flag("-n", together[0].namespace)
        yield kubectl(place, "rollout", "restart", *(item.owner for item in together))
    for item in advice:
        if item not in together:
            yield restart_command(item)


def _object(diagnosis: Diagnosis, style: CommandStyle) -> Object:
    remedy = diagnosis.fix.remedy
    return {
        "apiVersion": "kubectl-pullsecret/v1",
        "kind": "Diagnosis",
        "metadata": {"namespace": diagnosis.namespace},
        "cause": diagnosis.cause.code.value,
        "text": diagnosis.cause.text,
        "secret": diagnosis.cause.secret,
        "images": list(diagnosis.images),
        "owners": [{"owner": owner, "pods": list(pods)} for owner, pods in diagnosis.owners.items()],
        "message": diagnosis.message,
        "meaning": diagnosis.says,
        "reads": list(diagnosis.reads),
        "asked": list(diagnosis.asked),
        "notes": list(diagnosis.notes),
        "heals": {
            None: "Never",
            Recovery.TIME: "ByItself",
            Recovery.RESTART: "WithNewPods",
            Recovery.OWN_LIST: "WithNewPods",
        }[remedy],
        "nextAttempt": {"earliest": _time(diagnosis.due.earliest), "latest": _time(diagnosis.due.latest)},
        "commands": list(commands(diagnosis, style)),
        "advice": diagnosis.fix.advice,
    }


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
