"""The fixes that are applied automatically; the others are skipped, each with its reason."""

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
    from pullsecret.model.plan.waiting_pods import RestartHint

_RECREATING = frozenset(TEMPLATES) - {"job"}
"""The owners that replace a deleted pod; a job counts that against its backoffLimit."""


@dataclass(frozen=True, kw_only=True)
class AutoFix:
    """A diagnosis whose steps are applied, and those of its owners whose pods are recreated."""

    diagnosis: Diagnosis
    owners: tuple[RestartHint, ...]

    @property
    def steps(self) -> tuple[CopyStep | AttachStep, ...]:
        """What is copied and attached, in order."""
        return tuple(step for step in self.diagnosis.fix.steps if isinstance(step, CopyStep | AttachStep))

    @property
    def needs(self) -> frozenset[tuple[Kind, str]]:
        """The objects without whose change new pods would fail, too."""
        secrets = [(Kind.SECRET, step.name) for step in self.steps if isinstance(step, CopyStep)]
        accounts = [(Kind.SERVICE_ACCOUNT, step.account) for step in self.steps if step.account]
        return frozenset((*secrets, *accounts))


@dataclass(frozen=True, kw_only=True)
class FixPlan:
    """The automatic fixes, and in `manual` a line for each one that is skipped."""

    fixes: tuple[AutoFix, ...]
    manual: tuple[str, ...]

    @property
    def steps(self) -> tuple[tuple[str, CopyStep | AttachStep], ...]:
        """What is copied and attached, with its namespace, each once, whether a fix attaches the copy or not."""
        found = dict.fromkeys((item.diagnosis.namespace, step) for item in self.fixes for step in item.steps)
        copied = {
            (place, replace(step, account="")) for place, step in found if isinstance(step, CopyStep) and step.account
        }
        return tuple(pair for pair in found if pair not in copied)


def fix_plan_for(diagnoses: Iterable[Diagnosis], *, force: bool) -> FixPlan:
    """What is done for these.

    `force` allows what cannot be undone: to replace an unmanaged secret, and to delete a standalone pod and create it
    again.
    """
    fixes: list[AutoFix] = []
    manual: list[str] = []
    for diagnosis in diagnoses:
        reasons = {owner: reason for owner in diagnosis.owners if (reason := _reason(diagnosis, owner, force=force))}
        manual += [
            f"note: skipped {owner} in namespace {diagnosis.namespace}: {reason}" for owner, reason in reasons.items()
        ]
        owners = tuple(item for item in diagnosis.restarts if item.owner not in reasons)
        if len(reasons) < len(diagnosis.owners):
            fixes.append(AutoFix(diagnosis=diagnosis, owners=owners))
    return FixPlan(fixes=tuple(fixes), manual=tuple(manual))


def _reason(diagnosis: Diagnosis, owner: str, *, force: bool) -> str:
    """Why the fix of an owner's pods is not automatic; "" if it is."""
    if reason := _reason_of_fix(diagnosis.fix, force=force):
        return reason
    return "" if diagnosis.fix.recovery is Recovery.WAIT else _reason_of_owner(owner, force=force)


def _reason_of_fix(fix: Fix, *, force: bool) -> str:
    if fix.reason:
        return fix.reason
    if any(isinstance(step, CreateStep) for step in fix.steps):
        return "needs a password"
    if any(isinstance(step, KubectlStep) for step in fix.steps):
        return "changes the workload"
    if not force and any(isinstance(step, CopyStep) and (step.overwrite or step.recreate) for step in fix.steps):
        return "would replace an unmanaged secret (use --force)"
    return "" if fix.steps or fix.recovery else "not a pull secret problem"


def _reason_of_owner(owner: str, *, force: bool) -> str:
    kind = owner.partition("/")[0]
    if kind in _RECREATING or (kind == "pod" and force):
        return ""
    if kind == "pod":
        return "a standalone pod would not be recreated (use --force)"
    return "recreate its pods with the command above"
