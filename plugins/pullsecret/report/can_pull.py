"""The answers of `can-pull`: a line for each image and the fix below it, or objects; and the exit status."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.can_pull.answer import CanPull, credential_object
from pullsecret.model.check.rule import listed
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, typed
from pullsecret.report.documents import print_items
from pullsecret.report.names import print_names
from pullsecret.report.streams import print_line, print_message, print_messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.can_pull.answer import Answer, CanPullReport, OtherPod, PullAnswer
    from pullsecret.model.objects.objects import Object


def show(report: CanPullReport, output: Output, style: CommandStyle, *, fails_on_unknown: bool = False) -> int:
    """Print the answers; 0 if no image is known to be refused, 1 if one is, 2 if something could not be looked at."""
    style = style.within(output)
    print_messages((*report.notes, *report.failures), output)
    if output.is_document:
        print_items("CanPullList", [_item(answer, style) for answer in report.answers], output, errors=report.failures)
    elif output.is_for_pipelines:
        _print_for_pipelines(report, output, style, fails_on_unknown=fails_on_unknown)
    elif output.format is Format.NAME:
        failing = [answer for answer in report.answers if answer.answer.result is CanPull.NO]
        print_names(list(dict.fromkeys((answer.namespace, _name(answer)) for answer in failing)), output)
    else:
        for answer in report.answers:
            _print_answer(answer, output, style)
    if report.answers or not report.failures:
        print_message(Printable(output.located(_summary(report))))
    if report.failures:
        return 2
    bad = {CanPull.NO, CanPull.UNKNOWN} if fails_on_unknown else {CanPull.NO}
    return 1 if any(answer.answer.result in bad for answer in report.answers) else 0


def _print_for_pipelines(report: CanPullReport, output: Output, style: CommandStyle, *, fails_on_unknown: bool) -> None:
    from pullsecret.report.pipelines.answers import reported_answers
    from pullsecret.report.pipelines.print_ci_report import print_ci_report

    fix_of = partial(shown_fix, style=style)
    objects = reported_answers(report.answers, fix_of, fails_on_unknown=fails_on_unknown)
    print_ci_report("can-pull", objects, output, errors=report.failures, emptiness="no images found")


def _print_answer(answer: PullAnswer, output: Output, style: CommandStyle) -> None:
    """A line, and the fix below it."""
    head = f"{answer.answer.result.value:7} {output.located(_place(answer))}: {answer.answer.message}"
    print_line(Printable(head))
    commands, advice = shown_fix(answer, style)
    if (commands or advice) and answer.answer.is_for_public:
        print_line(Printable("  if it is not public:"))
    for command in commands:
        print_line(Printable.of("  ", command))
    if advice:
        print_line(Printable.of("  to fix: ", advice))
    for note in (*answer.notes, *_on_others(answer)):
        print_line(Printable(f"  note: {note}"))


def _on_others(answer: PullAnswer) -> Iterator[str]:
    """A line for all existing pods of which the same is true."""
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for pod in answer.others:
        text = f"{pod.answer.result.value}: {pod.answer.message}"
        groups.setdefault((pod.listed, text), []).append(f"pod/{pod.name}")
    for (names, text), pods in groups.items():
        lists = ", ".join(map(printable, names)) or "no pull secret"
        keeps = "keep the list that they were" if len(pods) > 1 else "keeps the list that it was"
        yield f"{listed(pods)} {keeps} created with ({lists}): {text}"


def _name(answer: PullAnswer) -> str:
    return answer.subject or answer.image.image


def _place(answer: PullAnswer) -> str:
    """`app.yaml:12: deployment/web in namespace a: us.icr.io/a/b:1`."""
    file = f"{answer.place.file or 'standard input'}:{answer.place.line}: " if answer.place else ""
    image = printable(answer.image.image) or '""'
    where = f"in namespace {answer.namespace}"
    return f"{file}{printable(answer.subject)} {where}: {image}" if answer.subject else f"{file}{image} {where}"


def shown_fix(answer: PullAnswer, style: CommandStyle) -> tuple[Sequence[Printable], str]:
    """The commands that fix what an answer says, and what to do in words; "" for nothing."""
    found = answer.fix
    commands = [typed(command, style) for command in found.commands]
    words = found.advice or ("" if all(commands) else NOT_PASTEABLE)
    return [command for command in commands if command], words


def _summary(report: CanPullReport) -> str:
    counts = Counter(answer.answer.result for answer in report.answers)
    images = f"{len(report.answers)} image{'s' if len(report.answers) != 1 else ''}"
    parts = [f"{counts[result]} {result.value}" for result in CanPull if counts[result]]
    hint = "; only the registry knows whether an image is public: --verify asks it"
    hint = hint if any(answer.answer.is_for_public for answer in report.answers) else ""
    return f"{images}: {', '.join(parts)}{hint}" if report.answers else "no images found"


def _item(answer: PullAnswer, style: CommandStyle) -> Object:
    commands, advice = shown_fix(answer, style)
    place = answer.place
    return {
        "namespace": answer.namespace,
        "object": answer.subject,
        "file": place.file if place else "",
        "line": place.line if place else 0,
        "container": answer.image.container,
        "volume": answer.image.volume,
        "image": answer.image.image,
        **_result(answer.answer),
        "serviceAccount": answer.account,
        "pullSecrets": list(answer.listed),
        "credentials": [credential_object(item) for item in answer.credentials],
        "malformedSecret": answer.malformed,
        "unknownSecrets": list(answer.unseen),
        "missingSecrets": list(answer.missing),
        "notes": list(answer.notes),
        "existingPods": [_pod_object(pod) for pod in answer.others],
        "commands": list(map(str, commands)),
        "advice": advice,
    }


def _result(answer: Answer) -> Object:
    return {"result": answer.result.value, "reason": answer.reason.value, "message": answer.message}


def _pod_object(pod: OtherPod) -> Object:
    return {
        "name": pod.name,
        **_result(pod.answer),
        "pullSecrets": list(pod.listed),
        "credentials": [credential_object(item) for item in pod.credentials],
    }
