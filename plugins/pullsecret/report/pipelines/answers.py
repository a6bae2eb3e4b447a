"""The answers of `can-pull` for CI systems: one for each image of a pod, with their reasons as rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.can_pull.answer import CanPull
from pullsecret.model.can_pull.reason_titles import REASON_TITLES
from pullsecret.model.request.ci_report import CiLevel, CiObject, CiProblem, CiRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pullsecret.model.can_pull.answer import PullAnswer, Reason


def reported_answers(
    answers: Iterable[PullAnswer], fix_of: Callable[[PullAnswer], tuple[Sequence[str], str]], *, fails_on_unknown: bool
) -> Iterator[CiObject]:
    """All images that were asked about; what is unknown is a problem only if it fails the command.

    `fix_of` gives the commands that fix what an answer says, and what to do in words.
    """
    for answer in answers:
        said = answer.answer
        is_problem = said.result is CanPull.NO or (said.result is CanPull.UNKNOWN and fails_on_unknown)
        yield CiObject(
            namespace=answer.namespace,
            subject=answer.subject or answer.image.image,
            detail=_detail(answer),
            file=answer.place.source.file if answer.place else "",
            line=answer.place.source.line if answer.place else 0,
            problems=(_problem(answer, *fix_of(answer)),) if is_problem else (),
            unknown="" if is_problem or said.result is CanPull.YES else f"{answer.image.image}: {said.message}",
        )


def _detail(answer: PullAnswer) -> str:
    """The place of the image in its pod, which stays the same when the image changes; "" for an image alone."""
    if answer.image.volume:
        return f"volume {answer.image.volume}"
    return f"container {answer.image.container}" if answer.image.container else ""


def _problem(answer: PullAnswer, commands: Sequence[str], advice: str) -> CiProblem:
    image, where = answer.image.image or '""', f"in namespace {answer.namespace}"
    place = f"{answer.subject} {where}: {image}" if answer.subject else f"{image} {where}"
    return CiProblem(
        rule=_rule(answer.answer.reason),
        message=f"{place}: {answer.answer.message}",
        level=CiLevel.ERROR,
        command=" && ".join(commands),
        advice=advice,
    )


def _rule(reason: Reason) -> CiRule:
    title = REASON_TITLES[reason]
    return CiRule(code=reason.value, title=title, explanation=f"{title}.", level=CiLevel.ERROR)
