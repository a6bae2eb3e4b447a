"""The diagnoses of a run: each trouble once, with all the pods that it holds up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import WITHOUT_LOGIN, Cause
from pullsecret.model.doctor.choose_fix import fix_for
from pullsecret.model.doctor.find_cause import cause_of
from pullsecret.model.doctor.mirrors import mirroring_of
from pullsecret.model.doctor.refusals import cases_of, with_refusals
from pullsecret.model.doctor.registry_checks import asked_lines
from pullsecret.model.objects.objects import name_of
from pullsecret.model.plan.waiting_pods import Advice, Recovery

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.doctor.pull_backoff import Due
    from pullsecret.model.doctor.waiting_container import WaitingContainer


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
    fix: Fix
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
        if self.fix.remedy in (None, Recovery.TIME):
            return ()
        return tuple(
            Advice(
                namespace=self.namespace,
                secret=self.fix.secret,
                owner=owner,
                pods=pods,
                remedy=self.fix.remedy,
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

    first: WaitingContainer
    due: Due
    images: dict[str, None] = field(default_factory=dict)
    owners: dict[str, dict[str, None]] = field(default_factory=dict)


def diagnoses_of(evidence: Evidence) -> tuple[Diagnosis, ...]:
    """A diagnosis for each trouble, in the order of the pods."""
    groups: dict[tuple[object, ...], _Group] = {}
    for case in cases_of(with_refusals(evidence)):
        cause = cause_of(case)
        lines = (case.meaning, _reads(case, cause), asked_lines(case), _notes(case))
        key = (case.namespace, cause, *lines, fix_for(case, cause))
        due = evidence.next_attempt(case.pod, case.wait)
        group = groups.setdefault(key, _Group(first=case, due=due))
        group.images[case.wait.image] = None
        group.owners.setdefault(case.owner, {})[name_of(case.pod)] = None
        group.due = min(group.due, due, key=lambda item: item.latest)
    return tuple(_diagnosis(group) for group in groups.values())


def _reads(case: WaitingContainer, cause: Cause) -> tuple[str, ...]:
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
        fix=fix_for(case, cause),
        images=tuple(group.images),
        owners={owner: tuple(pods) for owner, pods in group.owners.items()},
        message=case.evidence.message(case.pod, case.wait),
        due=group.due,
    )


def _notes(case: WaitingContainer) -> tuple[str, ...]:
    """What is different on the pod's node."""
    rule = mirroring_of(case.image, case.evidence.mirrors)
    if rule is None:
        return ()
    mirrors = ", ".join(rule.mirrors)
    return (f"{rule.holder} has mirrors for it ({mirrors}); CRI-O asks those with the global pull secret only",)
