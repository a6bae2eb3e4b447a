"""The answers for all images, and lines about what was not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.can_pull.answer import CanPullReport, PullAnswer, Reason
from pullsecret.model.can_pull.judge import answer_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.can_pull.facts import Facts, ImageQuestion
    from pullsecret.model.declared.file_line import FileLine


def report_of(facts: Facts) -> CanPullReport:
    """An answer for each image of each pod, in their order."""
    answers = tuple(_answered(question) for question in facts.questions)
    return CanPullReport(
        answers=answers,
        notes=tuple(dict.fromkeys((*facts.evidence.observed.notes, *facts.evidence.notes))),
        failures=tuple(dict.fromkeys(_failures(facts, answers))),
    )


def _answered(question: ImageQuestion) -> PullAnswer:
    case = question.case
    return PullAnswer(
        admitted=question.admitted,
        image=question.image,
        answer=answer_to(question),
        account=case.account,
        place=_place(question),
        credentials=case.found.credentials,
        malformed=case.found.malformed_secret,
        missing=case.missing,
    )


def _place(question: ImageQuestion) -> FileLine | None:
    """Where the image is in a manifest."""
    source = question.admitted.source
    return source.item.place_of(*source.path, *question.image.path) if source.item else None


def _failures(facts: Facts, answers: Iterable[PullAnswer]) -> Iterator[str]:
    """The errors of reads that an answer would have needed."""
    if facts.is_offline:
        return
    observed = facts.evidence.observed
    for item in answers:
        if item.answer.reason is Reason.UNREADABLE:
            errors = (observed.secrets.error_at((item.namespace, name)) for name in item.listed)
            yield from (error.line for error in errors if error)
        if item.answer.reason is Reason.LIST_UNKNOWN and (
            error := observed.accounts.error_at((item.namespace, item.account))
        ):
            yield error.line
