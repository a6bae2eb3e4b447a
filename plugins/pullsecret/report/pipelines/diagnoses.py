"""The diagnoses of `doctor` for CI systems: by the owner of the pods, with their causes as rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.doctor.cause_titles import CAUSE_TITLES
from pullsecret.model.request.ci_report import CiLevel, CiObject, CiProblem, CiRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pullsecret.model.doctor.causes import CauseCode
    from pullsecret.model.doctor.diagnosis import Diagnosis, Report


def reported_diagnoses(report: Report, fix_of: Callable[[Diagnosis], tuple[Sequence[str], str]]) -> Iterator[CiObject]:
    """The owners whose pods wait for images, and what was asked for and is healthy.

    `fix_of` gives the commands that fix a diagnosis, each for one or more of its owners, and what to do in words.
    """
    problems: dict[tuple[str, str], list[CiProblem]] = {}
    for diagnosis in report.diagnoses:
        for owner in diagnosis.owners:
            found = problems.setdefault((diagnosis.namespace, owner), [])
            found.append(_problem(diagnosis, owner, *fix_of(diagnosis)))
    yield from (CiObject(namespace="", subject=line) for line in report.healthy)
    for (namespace, owner), found in problems.items():
        yield CiObject(namespace=namespace, subject=owner, problems=tuple(found))


def _problem(diagnosis: Diagnosis, owner: str, commands: Sequence[str], advice: str) -> CiProblem:
    images = ", ".join(diagnosis.images)
    place = f"{owner} in namespace {diagnosis.namespace}"
    return CiProblem(
        rule=_rule(diagnosis.cause.code),
        message=f"{place}: cannot pull {images}: {diagnosis.cause.text}",
        level=CiLevel.NOTE if diagnosis.is_note else CiLevel.ERROR,
        command=" && ".join(commands),
        advice=advice,
        identity=(diagnosis.cause.secret, *diagnosis.images),
    )


def _rule(code: CauseCode) -> CiRule:
    title = CAUSE_TITLES[code]
    return CiRule(code=code.value, title=title, explanation=f"{title}.", level=CiLevel.ERROR)
