"""The fixes that are applied automatically; the others are skipped, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.doctor.evidence import TEMPLATES
from pullsecret.model.doctor.fixes import AttachStep, CopyStep, CreateStep, KubectlStep
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.waiting_pods import KNOWN_KINDS, Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.diagnosis import Diagnosis
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.plan.waiting_pods import RestartHint

_RECREATING = frozenset(TEMPLATES) - {"job"}
"""The owners that replace a deleted pod; a job counts that against its backoffLimit, others may fail with it."""


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
class OwnerRestart:
    """An owner whose waiting pods are recreated, once for all causes.

    `secrets` are added to its own list; `needs` are the changes of secrets and service accounts without which a restart
    is of no use; `is_restartable` is whether the owner is restarted as a whole, else its waiting pods are deleted.
    """

    namespace: str
    owner: str
    pods: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    needs: frozenset[tuple[Kind, str]] = frozenset()
    is_restartable: bool = False

    def joined(self, other: OwnerRestart) -> OwnerRestart:
        """Both restarts of the owner as one."""
        return replace(
            self,
            pods=tuple(dict.fromkeys((*self.pods, *other.pods))),
            secrets=tuple(dict.fromkeys((*self.secrets, *other.secrets))),
            needs=self.needs | other.needs,
            is_restartable=self.is_restartable or other.is_restartable,
        )


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

    @property
    def restarts(self) -> tuple[OwnerRestart, ...]:
        """The owners whose pods are recreated, each once, whatever the number of its causes."""
        found: dict[tuple[str, str], OwnerRestart] = {}
        for item in self.fixes:
            for hint in item.owners:
                key = (hint.namespace, hint.owner)
                one = _restart_of(hint, item.needs)
                found[key] = found[key].joined(one) if key in found else one
        return tuple(found.values())


def _restart_of(hint: RestartHint, needs: frozenset[tuple[Kind, str]]) -> OwnerRestart:
    return OwnerRestart(
        namespace=hint.namespace,
        owner=hint.owner,
        pods=hint.pods,
        secrets=(hint.secret,) if hint.recovery is Recovery.EDIT_TEMPLATE else (),
        needs=needs,
        is_restartable=hint.is_restartable,
    )


@dataclass(frozen=True, kw_only=True)
class FixPermissions:
    """What the user allows: to replace the data of unmanaged secrets, to delete and recreate standalone pods.

    `force_conflicts` is to write what another party owns and will write again. In `spared` namespaces nothing is
    changed: those of the system that were not named.
    """

    overwrite: bool = False
    recreate_pods: bool = False
    force_conflicts: bool = False
    spared: frozenset[str] = frozenset()


NOTHING_MORE: Final = FixPermissions()


def fix_plan_for(diagnoses: Iterable[Diagnosis], permissions: FixPermissions = NOTHING_MORE) -> FixPlan:
    """What is done for these."""
    fixes: list[AutoFix] = []
    manual: list[str] = []
    for found in diagnoses:
        diagnosis = _forced(found) if permissions.force_conflicts else found
        reasons = {owner: reason for owner in diagnosis.owners if (reason := _reason(diagnosis, owner, permissions))}
        skipped = () if diagnosis.is_note else reasons.items()
        manual += [f"note: skipped {owner} in namespace {diagnosis.namespace}: {reason}" for owner, reason in skipped]
        owners = tuple(item for item in diagnosis.restarts if item.owner not in reasons)
        if len(reasons) < len(diagnosis.owners):
            fixes.append(AutoFix(diagnosis=diagnosis, owners=owners))
    return FixPlan(fixes=tuple(fixes), manual=tuple(manual))


def _forced(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis with its fix in spite of another party that will undo it."""
    return replace(diagnosis, fix=diagnosis.fix.forced or diagnosis.fix)


def _reason(diagnosis: Diagnosis, owner: str, permissions: FixPermissions) -> str:
    """Why the fix of an owner's pods is not automatic; "" if it is."""
    if diagnosis.namespace in permissions.spared:
        return f"it is in a system namespace (use -n {diagnosis.namespace})"
    if reason := _reason_of_fix(diagnosis.fix, permissions):
        return reason
    if diagnosis.is_note or diagnosis.fix.recovery is Recovery.WAIT:
        return ""
    return _reason_of_owner(diagnosis, owner, permissions)


def _reason_of_fix(fix: Fix, permissions: FixPermissions) -> str:
    copies = [step for step in fix.steps if isinstance(step, CopyStep)]
    if fix.reason:
        return fix.reason
    if any(isinstance(step, CreateStep) for step in fix.steps):
        return "needs a password"
    if any(isinstance(step, KubectlStep) for step in fix.steps):
        return "changes the workload"
    if any(step.recreate for step in copies):
        return "would delete and recreate a secret; use the command above"
    if any(step.overwrite for step in copies) and not permissions.overwrite:
        return "would replace an unmanaged secret (use --overwrite)"
    return "" if fix.steps or fix.recovery else "not a pull secret problem"


def _reason_of_owner(diagnosis: Diagnosis, owner: str, permissions: FixPermissions) -> str:
    kind, maker = owner.partition("/")[0], diagnosis.facts[owner].made_by
    if maker and diagnosis.fix.recovery is Recovery.EDIT_TEMPLATE:
        return f"{maker} created it and would undo the change"
    if kind in _RECREATING or (kind == "pod" and permissions.recreate_pods):
        return ""
    if kind == "pod":
        return "a standalone pod would not be recreated (use --recreate-pods)"
    if kind not in KNOWN_KINDS:
        return "what it does when its pod is deleted is not known"
    return "recreate its pods with the command above"
