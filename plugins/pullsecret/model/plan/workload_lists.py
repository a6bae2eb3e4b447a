"""The list of pull secrets in a workload's pod template: edited as a whole, so that no entry of others is lost.

A template without a list lets its pods have that of their service account; one with a list hides it (kubernetes:
plugin/pkg/admission/serviceaccount). The template of a job cannot be changed (kubernetes: pkg/apis/batch/validation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import (
    AnyKind,
    CustomKind,
    Kind,
    Object,
    mapping_at,
    merged,
    name_of,
    namespace_of,
    nested,
    resource_of,
    text_at,
)
from pullsecret.model.objects.pod import controller_of, listed_secrets
from pullsecret.model.objects.secret_uses import POD_SPECS
from pullsecret.model.objects.serviceaccount import attached, detached
from pullsecret.model.plan.change import Change
from pullsecret.model.plan.named_objects import NamedObject, absence_of
from pullsecret.model.plan.owned_lists import unless_undone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pullsecret.model.plan.change import Plan

LIST = "imagePullSecrets"
_IN_CUSTOM = ("spec", "template", "spec")


@dataclass(frozen=True, kw_only=True)
class Workload(NamedObject):
    """A workload, whose template may have a list."""

    @property
    def listed(self) -> tuple[str, ...]:
        """The pull secrets that its template lists."""
        return listed_secrets({"spec": pod_spec(self.kind, self.current or {})})

    @property
    def account(self) -> str:
        """The service account of its pods."""
        return text_at(pod_spec(self.kind, self.current or {}), "serviceAccountName") or "default"


def pod_spec(kind: AnyKind, workload: Object) -> Object:
    """The pod's spec in a workload's template; empty where there is none."""
    return mapping_at(workload, *_path(kind))


def _path(kind: AnyKind) -> tuple[str, ...]:
    return _IN_CUSTOM if isinstance(kind, CustomKind) else POD_SPECS[kind]


def longer_list(workload: Workload, names: Iterable[str], *, is_forced: bool) -> Change:
    """The change that adds names, each once, after the entries that are there."""
    wanted = tuple(names)
    return _change(workload, lambda spec: attached(spec, wanted, (LIST,)), is_forced=is_forced)


def shorter_list(workload: Workload, is_removed: Callable[[str], bool], *, is_forced: bool) -> Change:
    """The change that removes names; a list that becomes empty is removed, which means the same."""

    def edited(spec: Object) -> Object:
        left = detached(spec, is_removed, (LIST,))
        return left if left.get(LIST) != [] or spec.get(LIST) == [] else {**left, LIST: None}

    return _change(workload, edited, is_forced=is_forced)


def _change(workload: Workload, edit: Callable[[Object], Object], *, is_forced: bool) -> Change:
    kind, name = workload.kind, workload.name

    def desired(current: Object | None) -> Object:
        if current is None:
            raise absence_of(kind, name)
        spec = pod_spec(kind, current)
        if not spec:
            raise RefusedError(f'{resource_of(kind)} "{name}" has no pod template at spec.template')
        edited = edit(spec)
        if edited == spec:
            return current
        if kind is Kind.JOB:
            raise RefusedError(_fixed_template(current))
        return merged(current, nested(_path(kind), {LIST: edited.get(LIST)}))

    return Change(
        kind=kind,
        namespace=workload.namespace,
        name=name,
        desired=unless_undone(kind, desired, is_forced=is_forced),
        current=workload.current,
        refusal=workload.error,
    )


def _fixed_template(job: Object) -> str:
    maker = controller_of(job)
    advice = (
        f"attach it to {printable(maker)}, which creates the next jobs"
        if maker.startswith("cronjob/")
        else "create the job again, or attach the secret to its service account"
    )
    what = f'jobs.batch "{name_of(job)}" in namespace {namespace_of(job)}'
    return f"{what}: the pod template of a job cannot be changed; {advice}"


def consequence(workload: Workload) -> str:
    """What a changed template does to the workload's pods, as a sentence."""
    spec = mapping_at(workload.current or {}, "spec")
    if isinstance(workload.kind, CustomKind):
        return f"{workload.word}: its controller decides whether its pods are replaced"
    if workload.kind is Kind.CRON_JOB:
        return f"{workload.word}: its next jobs have the new list"
    if workload.kind in (Kind.REPLICA_SET, Kind.REPLICATION_CONTROLLER):
        return f"{workload.word}: its next pods have the new list, and the existing ones stay as they are"
    if text_at(spec, "updateStrategy", "type") == "OnDelete":
        return f"{workload.word}: its pods have the new list when they are deleted and created again"
    if spec.get("paused") is True:
        return f"{workload.word} is paused, and is rolled out when it is resumed"
    return f"{workload.word} is rolled out: its pods are replaced"


@dataclass(frozen=True, kw_only=True)
class WorkloadChanges:
    """The changes of workloads, a sentence for each one that is changed: what becomes of its pods; and warnings."""

    plan: Plan
    rollouts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def rollouts_of(changes: Iterable[tuple[Workload, Change]]) -> tuple[str, ...]:
    """What the changes of templates do to pods; none for what stays as it is or is refused."""
    return tuple(consequence(workload) for workload, change in changes if _is_change(change))


def _is_change(change: Change) -> bool:
    if change.refusal is not None or change.current is None:
        return False
    try:
        return change.desired(change.current) != change.current
    except PullSecretError:
        return False


def hiding_warning(workload: Workload, account_secrets: Iterable[str], added: Iterable[str]) -> str:
    """The warning that a new list hides that of the service account; "" where there is nothing to hide."""
    lost = [name for name in dict.fromkeys(account_secrets) if name not in set(added)]
    if workload.listed or not lost:
        return ""
    hidden = ", ".join(printable(name) for name in lost)
    return (
        f"warning: {workload.word} gets a list of its own, which hides that of serviceaccount/{workload.account} "
        f"({hidden}); use --keep-account-secrets to carry it over"
    )


def revealing_note(workload: Workload, change: Change) -> str:
    """The note that the list of the service account applies again once the workload has none of its own; else ""."""
    if not workload.listed or workload.current is None or not _is_change(change):
        return ""
    left = listed_secrets({"spec": pod_spec(workload.kind, change.desired(workload.current))})
    return "" if left else f"note: {workload.word} has no list of its own anymore; that of {_account(workload)} applies"


def _account(workload: Workload) -> str:
    return f"serviceaccount/{workload.account}"
