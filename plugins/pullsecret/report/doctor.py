"""What doctor found: a paragraph for each cause that ends with the commands that fix it, or objects."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.fixes import command_of_step
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.suggested_command import (
    NOT_PASTEABLE,
    CommandStyle,
    Flag,
    Name,
    SuggestedCommand,
    kubectl,
    typed,
)
from pullsecret.report.columns import print_columns
from pullsecret.report.documents import print_items
from pullsecret.report.durations import human_duration
from pullsecret.report.names import print_names
from pullsecret.report.restart_hints import SHOWN, restart_command, restart_words
from pullsecret.report.streams import print_line, print_messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pullsecret.model.doctor.diagnosis import Diagnosis, Report
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.waiting_pods import RestartHint

_HEADERS = ("NAMESPACE", "OWNER", "PODS", "IMAGE", "CAUSE")

_FEW = 3
"""So many images and owners are listed in a line, unless -o wide asks for all."""

_ENDS_BY_ITSELF = frozenset({CauseCode.NOT_RETRIED, CauseCode.RATE_LIMIT, CauseCode.SERVER_ERROR})
"""The causes that go away without any change in the cluster."""

RECOVERIES = {
    None: "Manual",
    Recovery.WAIT: "Automatic",
    Recovery.RECREATE: "RecreatePods",
    Recovery.EDIT_TEMPLATE: "RecreatePods",
}
"""The values of `recovery` in -o json."""


def show(report: Report, output: Output, style: CommandStyle) -> int:
    """Print a report; 0 without failing pods (a debug container is none), 1 with some, 2 if something is unreadable.

    Args:
        report: what was found.
        output: how to print it.
        style: how to write the commands that fix it.

    Returns:
        The exit status: 0 no findings, 1 findings, 2 when something could not be read.
    """
    style = style.within(output)
    print_messages((*report.notes, *report.failures), output)
    if output.is_document:
        items = [_item(diagnosis, style) for diagnosis in report.diagnoses]
        print_items("DiagnosisList", items, output, errors=report.failures)
    elif output.is_for_pipelines:
        _print_for_pipelines(report, output, style)
    elif output.format is Format.NAME:
        print_names([(one.namespace, owner) for one in report.failing for owner in one.owners], output)
    elif output.format is Format.TABLE and report.diagnoses:
        rows = [row for diagnosis in report.diagnoses for row in _rows(diagnosis)]
        print_columns(_HEADERS, rows, output)
    else:
        _put_report(report, output, style)
    return 2 if report.failures else 1 if report.failing else 0


def _print_for_pipelines(report: Report, output: Output, style: CommandStyle) -> None:
    from pullsecret.report.pipelines.diagnoses import reported_diagnoses
    from pullsecret.report.pipelines.print_ci_report import print_ci_report

    objects = reported_diagnoses(report, lambda one: (commands(one, style), advice(one, style)))
    print_ci_report("doctor", objects, output, errors=report.failures, emptiness=report.emptiness)


def _put_report(report: Report, output: Output, style: CommandStyle) -> None:
    for line in report.healthy:
        print_line(Printable(output.located(line)))
    for number, diagnosis in enumerate(report.diagnoses):
        if report.healthy or not output.is_first_paragraph(number):
            print_line(Printable(""))
        for line in _paragraph(report, diagnosis, output, style):
            print_line(Printable(line))
    if not (report.diagnoses or report.healthy or report.failures):
        print_messages([report.emptiness], output)


def _paragraph(report: Report, diagnosis: Diagnosis, output: Output, style: CommandStyle) -> Iterator[str]:
    is_wide = output.format is Format.WIDE
    few = None if is_wide else _FEW
    owners = [f"{owner}{f' ({len(pods)} pods)' if len(pods) > 1 else ''}" for owner, pods in diagnosis.owners.items()]
    images = _enumerated(diagnosis.images, few)
    who = output.located(f"{_enumerated(owners, few)} in namespace {diagnosis.namespace}")
    if diagnosis.is_note:
        debug = _enumerated(diagnosis.debug_containers, few)
        yield f"note: debug container {debug} of {who}: cannot pull {images}; the pod itself is not affected"
    else:
        yield f"{who}: cannot pull {images}"
    for label, text in (
        ("Cause", diagnosis.cause.text),
        *_error_rows(diagnosis, is_wide=is_wide),
        *(("Secrets", line) for line in diagnosis.secrets),
        *(("Registry", line) for line in diagnosis.registry_checks),
        *(("Note", line) for line in diagnosis.notes),
        ("Recovery", outlook(report, diagnosis)),
    ):
        yield f"  {f'{label}:':9} {text}"
    yield from _fix_lines(diagnosis, style, is_wide=is_wide)


def _error_rows(diagnosis: Diagnosis, *, is_wide: bool) -> Iterator[tuple[str, str]]:
    """The error in plain words, unless the cause says the same, and with -o wide the runtime's own words."""
    error = diagnosis.error
    if error and error not in diagnosis.cause.text and diagnosis.cause.code is not CauseCode.MALFORMED:
        yield "Error", error
    if is_wide and diagnosis.message:
        yield "Message", " ".join(diagnosis.message.split())


def _fix_lines(diagnosis: Diagnosis, style: CommandStyle, *, is_wide: bool) -> Iterator[str]:
    fixes = commands(diagnosis, style)
    shown = fixes if is_wide else fixes[:SHOWN]
    for command in shown:
        yield Printable.of("  Fix:      ", command)
    if len(shown) < len(fixes):
        yield f"  ... and {len(fixes) - len(shown)} more commands: use -o wide"
    for line in _words(diagnosis, style):
        yield f"  Fix:      {line}"


def _enumerated(words: Sequence[str], few: int | None) -> str:
    more = len(words) - few if few else 0
    return ", ".join(map(printable, words[:few] if more > 0 else words)) + (f" and {more} more" if more > 0 else "")


def outlook(report: Report, diagnosis: Diagnosis) -> str:
    """Whether the pods recover on their own, and when the kubelet retries."""
    due = diagnosis.due.after(report.now)[1]
    when = f"within {human_duration(due)}" if due else "at any moment"
    match diagnosis.fix.recovery:
        case None:
            return f"no: a manual change is needed (next attempt {when})"
        case Recovery.EDIT_TEMPLATE:
            return f"no: the pods set their own imagePullSecrets and must be recreated (next attempt {when})"
        case Recovery.RECREATE:
            return f"no: the pods must be recreated (next attempt {when})"
        case Recovery.WAIT:
            return _outlook_of_waiting(diagnosis, when)


def _outlook_of_waiting(diagnosis: Diagnosis, when: str) -> str:
    if diagnosis.cause.code is CauseCode.MALFORMED:
        return f"yes, once fixed: the kubelet checks again {when}"
    once = "yes" if diagnosis.cause.code in _ENDS_BY_ITSELF else "yes, once fixed"
    return f"{once}: next attempt {when}, then at most every 5 minutes"


def commands(diagnosis: Diagnosis, style: CommandStyle) -> tuple[Printable, ...]:
    """The fix as command lines, in order; where there is one owner it is a single line.

    Those that are not safe to paste are left out: see `advice`.
    """
    return tuple(filter(None, (typed(item, style) for item in _suggested(diagnosis))))


def advice(diagnosis: Diagnosis, style: CommandStyle) -> str:
    """What to do in words: the fix's own, or why a command is not shown."""
    return "; ".join(_words(diagnosis, style))


def _words(diagnosis: Diagnosis, style: CommandStyle) -> Sequence[str]:
    is_shown = all(typed(item, style) for item in _suggested(diagnosis))
    own = diagnosis.fix.advice or ("" if is_shown else NOT_PASTEABLE)
    return tuple(filter(None, (own, *dict.fromkeys(map(restart_words, diagnosis.restarts)))))


def _suggested(diagnosis: Diagnosis) -> Sequence[SuggestedCommand]:
    found = [
        *(command_of_step(step, diagnosis.namespace) for step in diagnosis.fix.steps),
        *_restarts(diagnosis.restarts),
    ]
    if found and len(diagnosis.owners) == 1:
        found = [reduce(SuggestedCommand.then, found)]
    return found


def _restarts(restarts: Sequence[RestartHint]) -> Iterator[SuggestedCommand]:
    """The commands that recreate the pods; all that `kubectl rollout restart` can do is one of them."""
    together = [item for item in restarts if item.recovery is Recovery.RECREATE and item.is_restartable]
    if together:
        place = Flag("-n", together[0].namespace)
        yield kubectl(place, "rollout", "restart", *(Name(item.owner) for item in together))
    for item in restarts:
        if item not in together and (command := restart_command(item)):
            yield command


def _rows(diagnosis: Diagnosis) -> Iterator[tuple[str, ...]]:
    """A row for each owner: its pods that wait, their images, and the cause."""
    for owner, pods in diagnosis.owners.items():
        images = _enumerated(diagnosis.images, _FEW)
        note = "note: debug container: " if diagnosis.is_note else ""
        yield diagnosis.namespace, owner, str(len(pods)), images, f"{note}{diagnosis.cause.text}"


def _item(diagnosis: Diagnosis, style: CommandStyle) -> Object:
    return {
        "namespace": diagnosis.namespace,
        "cause": diagnosis.cause.code.value,
        "text": diagnosis.cause.text,
        "secret": diagnosis.cause.secret,
        "severity": "note" if diagnosis.is_note else "error",
        "debugContainers": list(diagnosis.debug_containers),
        "images": list(diagnosis.images),
        "owners": [{"owner": owner, "pods": list(pods)} for owner, pods in diagnosis.owners.items()],
        "message": diagnosis.message,
        "error": diagnosis.error,
        "secrets": list(diagnosis.secrets),
        "candidates": [candidate.as_object() for candidate in diagnosis.candidates],
        "registryChecks": list(diagnosis.registry_checks),
        "notes": list(diagnosis.notes),
        "recovery": RECOVERIES[diagnosis.fix.recovery],
        "nextAttempt": {"earliest": _time(diagnosis.due.earliest), "latest": _time(diagnosis.due.latest)},
        "commands": list(map(str, commands(diagnosis, style))),
        "advice": advice(diagnosis, style),
    }


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
