"""What of the remedies can be carried out without a person: the rest is left, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.model.doctor.evidence import TEMPLATES
from pullsecret.model.doctor.fixes import AttachStep, CopyStep, CreateStep, KubectlStep
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.waiting_pods import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.diagnosis import Diagnosis
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.plan.waiting_pods import Advice

_MADE_BY_OWNER = frozenset(TEMPLATES) - {"job"}
"""The owners that make new pods when theirs go; a job counts that against its backoffLimit."""


@dataclass(frozen=True, kw_only=True)
class AutoFix:
    """A diagnosis whose steps are carried out, and those of its owners whose pods are made anew."""

    diagnosis: Diagnosis
    owners: tuple[Advice, ...]

    @property
    def steps(self) -> tuple[CopyStep | AttachStep, ...]:
        """What is put and named, in order."""
        return tuple(step for step in self.diagnosis.fix.steps if isinstance(step, CopyStep | AttachStep))

    @property
    def needs(self) -> frozenset[tuple[Kind, str]]:
        """The objects without whose change new pods would be no better."""
        secrets = [(Kind.SECRET, step.name) for step in self.steps if isinstance(step, CopyStep)]
        accounts = [(Kind.SERVICE_ACCOUNT, step.account) for step in self.steps if step.account]
        return frozenset((*secrets, *accounts))


@dataclass(frozen=True, kw_only=True)
class FixPlan:
    """The treatments, and a line for each thing that is left to a person."""

    fixes: tuple[AutoFix, ...]
    left: tuple[str, ...]

    @property
    def steps(self) -> tuple[tuple[str, CopyStep | AttachStep], ...]:
        """What is put and named, with its namespace, each once: a copy that is attached, too, is the same copy."""
        found = dict.fromkeys((item.diagnosis.namespace, step) for item in self.fixes for step in item.steps)
        copied = {
            (place, replace(step, account="")) for place, step in found if isinstance(step, CopyStep) and step.account
        }
        return tuple(pair for pair in found if pair not in copied)


def fix_plan_for(diagnoses: Iterable[Diagnosis], *, force: bool) -> FixPlan:
    """What is done for these.

    `force` allows what cannot be taken back: to replace a secret that somebody else made, and to delete a pod that
    nobody makes anew, and make it anew ourselves.
    """
    fixes: list[AutoFix] = []
    left: list[str] = []
    for diagnosis in diagnoses:
        if problem := _problem(diagnosis.fix, force=force):
            left += [
                f"{owner} in namespace {diagnosis.namespace} is left to you: {problem}" for owner in diagnosis.owners
            ]
            continue
        owners = tuple(item for item in diagnosis.advice if not _owner_problem(item, force=force))
        left += [
            f"{item.owner} in namespace {item.namespace} is left to you: {problem}"
            for item in diagnosis.advice
            if (problem := _owner_problem(item, force=force))
        ]
        if owners or diagnosis.fix.remedy is Recovery.TIME:
            fixes.append(AutoFix(diagnosis=diagnosis, owners=owners))
    return FixPlan(fixes=tuple(fixes), left=tuple(left))


def _problem(fix: Fix, *, force: bool) -> str:
    """What of a cure needs a person; "" when nothing does."""
    if any(isinstance(step, CreateStep) for step in fix.steps):
        return "the command asks for a password"
    if any(isinstance(step, KubectlStep) for step in fix.steps):
        return "the command changes what it runs"
    if not force and any(isinstance(step, CopyStep) and (step.overwrite or step.force) for step in fix.steps):
        return "the command replaces a secret that somebody else made; --force does it"
    return "" if fix.steps or fix.remedy else "no change of a pull secret helps"


def _owner_problem(item: Advice, *, force: bool) -> str:
    """Why the pods of an owner are not made anew; "" when they are."""
    kind = item.owner.partition("/")[0]
    if kind in _MADE_BY_OWNER or (kind == "pod" and force):
        return ""
    if kind == "pod":
        return "nobody makes it anew when it is deleted; --force does both"
    return "its pods are made anew with the command above"
