"""Fixes of what another party owns: words on where to change it, in place of a command that its next run undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.doctor.fixes import AttachStep, ContentStep, CopyStep, CreateStep, Fix
from pullsecret.model.objects.pod import controller_of
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.owners.find_owner import field_owner, is_controlled
from pullsecret.model.owners.managed_secret import data_owner
from pullsecret.model.owners.owner import Field
from pullsecret.model.plan.waiting_pods import Recovery
from pullsecret.model.request.suggested_command import Flag, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.doctor.fixes import Step
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.owners.owner import Owner


def unless_owned(case: WaitingContainer, fix: Fix) -> Fix:
    """The fix, or words in its place where it writes what another party writes again."""
    for what, owner in _written(case, fix):
        if owner is not None and owner.undoes_writes and not owner.is_person:
            words = f"{what} is owned by {owner.party}: {owner.advice}"
            recovery = fix.recovery if fix.recovery is Recovery.WAIT else None
            reason = f"{what} is owned by {owner.party} (use --force-conflicts)"
            return Fix(recovery=recovery, advice=words, reason=reason, forced=fix)
    return fix


def _written(case: WaitingContainer, fix: Fix) -> Iterator[tuple[str, Owner | None]]:
    """What a fix writes, in words, and its owner: secrets, the list of a service account, that of a workload."""
    for step in fix.steps:
        name = step.name if isinstance(step, CopyStep) else _created(step.words) if isinstance(step, CreateStep) else ""
        secret = case.evidence.secret(case.namespace, name)
        if secret is not None and is_pull_secret(secret):
            yield f"secret/{name}", data_owner(secret)
        if account := _attached(step, case):
            there = case.evidence.observed.accounts.present.get((case.namespace, account), {})
            yield f"the list of serviceaccount/{account}", field_owner(there, Field.PULL_LIST)
    workload = case.evidence.owner(case.pod)
    if workload is not None and fix.recovery is Recovery.EDIT_TEMPLATE:
        yield case.owner, _owner_of_workload(workload)


def _owner_of_workload(workload: Object) -> Owner | None:
    """Who owns a workload as a whole; entries that are added to its list are kept by all others.

    A cron job changes no job that it has created.
    """
    is_owned = is_controlled(workload) and not controller_of(workload).startswith("cronjob/")
    return field_owner(workload, Field.TEMPLATE_LIST) if is_owned else None


def _attached(step: Step, case: WaitingContainer) -> str:
    """The service account that a step attaches to; "" for none."""
    if isinstance(step, CopyStep | AttachStep | ContentStep):
        return step.account
    attaches = any(isinstance(word, Flag) and word.name in ("--attach", "--serviceaccount") for word in step.words)
    return case.account if isinstance(step, CreateStep) and attaches else ""


def _created(words: tuple[object, ...]) -> str:
    """The name of the secret that a command creates."""
    return next((word.text for word in words if isinstance(word, Name)), "")
