"""The change of a global pull secret: entries of it, on condition of what was read, and nothing else of the secret.

It belongs to the cluster, so it gets no mark of this program. One that another party writes again, as the table of
owners tells, is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from pullsecret.errors import NotFoundError, PullSecretError, RefusedError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.edited_entries import EntryEdits, edited_secret
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DOCKER_CONFIG_JSON, built, in_namespace
from pullsecret.model.openshift.global_edits import EntryChange, check_changes, entry_changes, overshadowing
from pullsecret.model.openshift.global_secrets import ADDITIONAL_PULL_SECRET
from pullsecret.model.owners.managed_secret import data_owner
from pullsecret.model.plan.change import Change, Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.openshift.topology import TopologyFacts

SecretEdit: TypeAlias = Callable[[Object], Object]
"""From a pull secret to the same with other entries; the same object if nothing changes."""

EVERY_POD: Final = (
    "warning: every pod in every namespace can pull with the credentials of the global pull secret: nodes send them "
    "for all pods"
)
NO_POD: Final = (
    "warning: pods in all namespaces lose the removed entries, except those whose own pull secrets have them"
)


@dataclass(frozen=True, kw_only=True)
class GlobalTarget:
    """What was read: the kind of the cluster, and the secret that --global means there, None if it does not exist.

    `place` is its namespace and name.
    `original` is the secret whose entries win in a cluster with a hosted control plane, None elsewhere.
    """

    facts: TopologyFacts
    place: tuple[str, str]
    current: Object | None = field(repr=False)
    original: Object | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class GlobalPlan:
    """The change of a global pull secret, and which entries it changes; none if it is refused, or does nothing."""

    plan: Plan
    edit: SecretEdit = field(repr=False)
    changes: tuple[EntryChange, ...] = ()

    @property
    def added(self) -> tuple[str, ...]:
        """The server keys of the entries that are new or changed."""
        return tuple(change.server for change in self.changes if change.after is not None)

    @property
    def meaning(self) -> tuple[str, ...]:
        """What the change means for pods, in lines for stderr."""
        removed = len(self.added) < len(self.changes)
        return (*((EVERY_POD,) if self.added else ()), *((NO_POD,) if removed else ()))


def editing(edits: EntryEdits) -> SecretEdit:
    """The edit that adds, replaces and removes entries."""
    return partial(edited_secret, edits=edits)


def global_plan(
    view: GlobalTarget, edit: SecretEdit, notes: Sequence[str] = (), *, is_forced: bool | None = None
) -> GlobalPlan:
    """The change of the secret that was read, or of what it is by then.

    Args:
        view: what was read.
        edit: what to change in it.
        notes: lines for stderr to print before.
        is_forced: also write what another party manages, by --force-conflicts; None for a command without that flag.
    """
    desired = partial(edited_global, place=view.place, edit=edit, original=view.original, is_forced=is_forced)
    namespace, name = view.place
    change = Change(kind=Kind.SECRET, namespace=namespace, name=name, desired=desired, current=view.current)
    try:
        changes = entry_changes(view.current or {}, desired(view.current))
    except PullSecretError:
        changes = ()  # the engine meets the same refusal, and reports it
    warnings = (*overshadowing(changes), *_owner_warning(view.current, changes))
    return GlobalPlan(plan=Plan(sequences=((change,),), notes=(*notes, *warnings)), edit=edit, changes=changes)


def edited_global(
    current: Object | None,
    *,
    place: tuple[str, str],
    edit: SecretEdit,
    original: Object | None,
    is_forced: bool | None = None,
) -> Object:
    """The desired state of a global pull secret; the arguments are those of `global_plan`.

    Raises:
        NotFoundError: it does not exist, and is not the one that users create.
        RefusedError: it may not be written, the edit touches an entry that no edit may touch, or nothing would be left.
    """
    before = current or _empty(place)
    _check_type(before)
    after = edit(before)
    if after is before and current is not None:
        return current
    if current is None and (after is before or place != ADDITIONAL_PULL_SECRET):
        namespace, name = place
        raise NotFoundError(f'secrets "{name}" not found in namespace {namespace}', code=404, reason="NotFound")
    _check_writable(before, is_forced=is_forced)
    check_changes(entry_changes(before, after), before, original)
    if not registries_of(after).entries:
        raise RefusedError(f"{_what(before)} would have no entries left; delete it with kubectl if you want that")
    return after


def _empty(place: tuple[str, str]) -> Object:
    namespace, name = place
    return in_namespace(built(name, b'{"auths":{}}'), namespace)


def _check_type(secret: Object) -> None:
    if text_at(secret, "type") != DOCKER_CONFIG_JSON:
        kind = text_at(secret, "type")
        raise RefusedError(f"{_what(secret)} has type {kind}; --global changes {DOCKER_CONFIG_JSON} only")


def _check_writable(secret: Object, *, is_forced: bool | None) -> None:
    if text_at(secret, "metadata", "deletionTimestamp"):
        raise RefusedError(f"{_what(secret)} is being deleted")
    if secret.get("immutable") is True:
        raise RefusedError(f"{_what(secret)} is immutable, and --global recreates nothing")
    if not is_forced and (owner := data_owner(secret)):
        anyway = "" if is_forced is None else ", or use --force-conflicts to write it anyway"
        raise RefusedError(f"{_what(secret)} is owned by {owner.party}: {owner.prediction}; {owner.advice}{anyway}")


def _owner_warning(current: Object | None, changes: Sequence[EntryChange]) -> tuple[str, ...]:
    owner = data_owner(current) if current is not None and changes else None
    if owner is None or current is None:
        return ()
    return (f"warning: secret/{name_of(current)} is owned by {owner.party}: {owner.prediction}; {owner.advice}",)


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
