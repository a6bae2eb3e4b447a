"""PS510: what an interrupted --recreate left, and the words for whatever else misses that secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.sibling import previous_secret, sibling_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.check.rule import FixOrAdvice


def finished(name: str, subject: CheckedNamespace) -> str:
    """How to get a secret back whose sibling is there; "" for a secret without one."""
    sibling = subject.inventory.siblings.present.get((subject.namespace, sibling_name(name)))
    if sibling is None or previous_secret(sibling) is None:
        return ""
    where = f"secret/{name} in namespace {subject.namespace}"
    return f"run the command that was recreating {where} again, with --recreate: it finishes or restores it"


def _leftover(subject: CheckedNamespace) -> Iterator[Match]:
    for sibling in sorted(subject.inventory.siblings.in_namespace(subject.namespace), key=name_of):
        previous = previous_secret(sibling)
        if previous is None:
            continue
        name = name_of(previous)
        is_there = subject.inventory.exists((subject.namespace, name))
        state = "is still there" if is_there else "is gone"
        message = f"keeps the previous secret/{name} of an interrupted run with --recreate; the secret itself {state}"
        yield Match(message=message, subject=f"secret/{name_of(sibling)}", secret_name=name)


def _finished(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    return finished(match.secret_name, subject)


LEFTOVER_SIBLING: Rule[CheckedNamespace] = Rule(
    code="PS510",
    severity=Severity.WARNING,
    title="Left over from an interrupted --recreate",
    explanation=(
        "A secret that must be deleted to be changed is kept in a sibling, NAME-recreate-HASH, until the new one is in "
        "its place. A run that ends before that leaves the sibling. The same command finds it: it finishes, or creates "
        "the previous secret again, and deletes the sibling. Nothing uses a sibling as a pull secret."
    ),
    condition=_leftover,
    fix=_finished,
)
