"""The diagnoses of a run: each trouble once, with all the pods that it holds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.diagnosis.asking import asked_lines
from pullsecret.model.diagnosis.cause import cause_of
from pullsecret.model.diagnosis.code import WITHOUT_LOGIN, Cause
from pullsecret.model.diagnosis.mirrors import mirroring_of
from pullsecret.model.diagnosis.refusals import cases_of, with_refusals
from pullsecret.model.diagnosis.remedy import cure_for
from pullsecret.model.kubeobject import name_of
from pullsecret.model.waiting import Advice, Remedy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pullsecret.model.diagnosis.attempts import Due
    from pullsecret.model.diagnosis.case import Case
    from pullsecret.model.diagnosis.clues import Clues
    from pullsecret.model.diagnosis.cure import Cure


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One trouble: its cause, what the runtime says in plain words, what the kubelet reads, and what mends it.

    `asked` is what the registries say when they are asked.
    `owners` are the pods' names by their owner, `kind/name`; `message` is one of the runtime's, whole; `due` is when
    the first of the pods tries again.
    """

    namespace: str
    cause: Cause
    says: str
    reads: tuple[str, ...]
    asked: tuple[str, ...]
    notes: tuple[str, ...]
    cure: Cure
    images: tuple[str, ...]
    owners: Mapping[str, tuple[str, ...]]
    message: str
    due: Due

    @property
    def pods(self) -> tuple[str, ...]:
        """The names of all pods that it holds up."""
        return tuple(name for names in self.owners.values() for name in names)

    @property
    def advice(self) -> tuple[Advice, ...]:
        """What each owner needs when the steps are done; nothing where time is all it takes."""
        if self.cure.remedy in (None, Remedy.TIME):
            return ()
        return tuple(
            Advice(
                namespace=self.namespace,
                secret=self.cure.secret,
                owner=owner,
                pods=pods,
                remedy=self.cure.remedy,
                cause=None,
            )
            for owner, pods in self.owners.items()
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """What doctor found: the troubles, who was asked for and is well, and lines for stderr."""

    now: datetime
    diagnoses: tuple[Diagnosis, ...] = ()
    healthy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    emptiness: str = ""


@dataclass(kw_only=True)
class _Group:
    """Equal troubles, while they are collected."""

    first: Case
    due: Due
    images: dict[str, None] = field(default_factory=dict)
    owners: dict[str, dict[str, None]] = field(default_factory=dict)


def diagnoses_of(clues: Clues) -> tuple[Diagnosis, ...]:
    """A diagnosis for each trouble, in the order of the pods."""
    groups: dict[tuple[object, ...], _Group] = {}
    for case in cases_of(with_refusals(clues)):
        cause = cause_of(case)
        lines = (case.meaning, _reads(case, cause), asked_lines(case), _notes(case))
        key = (case.namespace, cause, *lines, cure_for(case, cause))
        due = clues.next_attempt(case.pod, case.wait)
        group = groups.setdefault(key, _Group(first=case, due=due))
        group.images[case.wait.image] = None
        group.owners.setdefault(case.owner, {})[name_of(case.pod)] = None
        group.due = min(group.due, due, key=lambda item: item.latest)
    return tuple(_diagnosis(group) for group in groups.values())


def _reads(case: Case, cause: Cause) -> tuple[str, ...]:
    """What the kubelet reads, where that has to do with the cause."""
    return () if cause.code in WITHOUT_LOGIN else tuple(case.reading_lines())


def _diagnosis(group: _Group) -> Diagnosis:
    case = group.first
    cause = cause_of(case)
    return Diagnosis(
        namespace=case.namespace,
        cause=cause,
        says=case.meaning,
        reads=_reads(case, cause),
        asked=asked_lines(case),
        notes=_notes(case),
        cure=cure_for(case, cause),
        images=tuple(group.images),
        owners={owner: tuple(pods) for owner, pods in group.owners.items()},
        message=case.clues.message(case.pod, case.wait),
        due=group.due,
    )


def _notes(case: Case) -> tuple[str, ...]:
    """What is different on the pod's node."""
    rule = mirroring_of(case.image, case.clues.mirrors)
    if rule is None:
        return ()
    mirrors = ", ".join(rule.mirrors)
    return (f"{rule.holder} has mirrors for it ({mirrors}); CRI-O asks those with the global pull secret only",)
