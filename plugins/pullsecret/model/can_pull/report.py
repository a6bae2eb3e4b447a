"""The answers for all images, and lines about what was not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.can_pull.answer import CanPull, CanPullReport, OtherPod, PullAnswer, Reason
from pullsecret.model.can_pull.judge import answer_to
from pullsecret.model.can_pull.suggested_fix import suggested_fix
from pullsecret.model.doctor.best_secret import place_of, source_in_evidence
from pullsecret.model.doctor.mirror_causes import note_on_mirrors
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.pod import listed_names
from pullsecret.model.objects.pullsecret import holds_same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.can_pull.answer import Answer
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
    case, answer = question.case, answer_to(question)
    return PullAnswer(
        admitted=question.admitted,
        image=question.image,
        answer=answer,
        fix=suggested_fix(question, answer),
        account=case.account,
        place=_place(question),
        credentials=case.found.credentials,
        malformed=case.found.malformed_secret,
        missing=case.missing,
        unseen=question.unseen,
        notes=tuple(_notes(question, answer)),
        others=tuple(_others(question)),
    )


def _notes(question: ImageQuestion, answer: Answer) -> Iterator[str]:
    """What else matters to an answer."""
    if answer.result is CanPull.YES and question.unseen:
        names = ", ".join(f"secret/{printable(name)}" for name in question.unseen)
        yield f"what {names} holds is not known: a malformed secret would block the pull"
    if answer.credential and (words := _on_copy(question, answer.credential.secret)):
        yield words
    if words := note_on_mirrors(question.case):
        yield words


def _on_copy(question: ImageQuestion, name: str) -> str:
    """That a secret is not what its source holds now; "" for one that is, and for one that is no copy."""
    evidence = question.facts.evidence
    secret = evidence.secret(question.admitted.source.namespace, name)
    source = source_in_evidence(secret, evidence) if secret else None
    if secret is None or source is None or holds_same(secret, source):
        return ""
    return f"secret/{printable(name)} is an outdated copy of {place_of(source)}"


def _others(question: ImageQuestion) -> Iterator[OtherPod]:
    """What is true of the same container or volume of existing pods that have another list."""
    facts, source, image = question.facts, question.admitted.source, question.image
    for pod in facts.existing.get((source.namespace, source.subject), ()):
        for other in facts.questions_of(pod):
            if (other.image.container, other.image.volume) == (image.container, image.volume):
                yield OtherPod(
                    name=name_of(pod.source.pod),
                    listed=listed_names(pod.pod),
                    answer=answer_to(other),
                    credentials=other.case.found.credentials,
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
