"""Removing pull secrets for good: off the lists of service accounts first, then, where nothing uses them, deleted.

A secret that is deleted while a pod uses it takes that pod down at its next restart, so the users are looked at twice:
before anything is changed, and again after the service accounts no longer hand the secret to new pods.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.objects.serviceaccount import FIELDS, detached
from pullsecret.model.objects.sibling import is_previous, kept_name
from pullsecret.model.openshift.global_secrets import check_not_global
from pullsecret.model.owners.managed_secret import data_owner, editor_of, has_our_mark
from pullsecret.model.plan.change import GONE, Change, Plan, Steps
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import account_changes
from pullsecret.model.request.command_request import Attachment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.plan.change import DesiredState, Outcome
    from pullsecret.model.plan.observed import Key, ObservedNamespaces
    from pullsecret.model.plan.references import References

_FEW = 5
"""So many users of a secret are named; more are counted."""

Permission: TypeAlias = Callable[[Object], None]
"""Raises RefusedError for a secret that may not be deleted; it is asked for the secret as it is at that moment, too."""


@dataclass(frozen=True, kw_only=True)
class RemovalOptions:
    """What the user allows: secrets that are in use, and lists whose owner puts the entry back."""

    in_use: bool = False
    force_conflicts: bool = False


@dataclass(frozen=True, kw_only=True)
class Removal:
    """The two parts of a removal: the changes of service accounts, and the secrets to delete afterwards.

    `detaching` has one sequence a namespace; `deleting` has the changes by the secret's key, and those that are known
    to fail, for which nothing is detached; `listed` are the keys of those that service accounts list.
    """

    detaching: Plan
    deleting: Mapping[Key, Change] = field(repr=False)
    listed: frozenset[Key]
    options: RemovalOptions

    @property
    def expected(self) -> Plan:
        """Both parts as one plan, in the order in which they are reported."""
        sequences: dict[str, Steps] = {}
        for steps in (*self.detaching.sequences, *((change,) for change in self.deleting.values())):
            sequences[steps[0].namespace] = (*sequences.get(steps[0].namespace, ()), *steps)
        return Plan(sequences=tuple(sequences.values()), notes=self.detaching.notes)

    @property
    def allowed(self) -> tuple[Key, ...]:
        """The secrets that are to be deleted, as far as is known."""
        return tuple(key for key, change in self.deleting.items() if change.refusal is None)


def check_ours(secret: Object) -> None:
    """Refuse to delete a secret that this program does not manage.

    Raises:
        RefusedError: another party manages it, a person changed it, or it is not ours at all.
    """
    what = f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
    check_not_global(secret, what)
    owner = data_owner(secret)
    if owner is not None:
        raise RefusedError(f"{what} is owned by {owner.party}: {owner.advice}")
    if is_previous(secret) and (kept := kept_name(secret)):
        raise RefusedError(
            f"{what} keeps the previous credential of secret/{kept}; use rotate --finish to delete it, "
            "or kubectl if that secret no longer exists"
        )
    if not has_our_mark(secret) or not is_pull_secret(secret):
        raise RefusedError(f"{what} is not managed by kubectl-pullsecret; use kubectl to delete it")
    if editor := editor_of(secret):
        raise RefusedError(f"{what} was edited by {editor}; use kubectl to delete it")


def removal_of(
    secrets: Sequence[Object],
    observed: ObservedNamespaces,
    references: References,
    options: RemovalOptions,
    permission: Permission = check_ours,
) -> Removal:
    """The removal of these secrets, with all service accounts of their namespaces read; what is used stays."""
    deleting = {
        (namespace_of(secret), name_of(secret)): _deletion(secret, references, options, permission)
        for secret in secrets
    }
    listed = frozenset(
        key for key, change in deleting.items() if change.refusal is None and references.accounts.get(key)
    )
    names: dict[str, set[str]] = {}
    for namespace, name in listed:
        names.setdefault(namespace, set()).add(name)
    sequences = tuple(_detaching(namespace, names[namespace], observed, options) for namespace in sorted(names))
    warnings = list_warnings(change for steps in sequences for change in steps)
    detaching = Plan(sequences=sequences, notes=(*warnings, *_unknown_users(deleting, references)))
    return Removal(detaching=detaching, deleting=deleting, listed=listed, options=options)


def _unknown_users(deleting: Mapping[Key, Change], references: References) -> Iterator[str]:
    """A warning for each namespace where something may still reference a secret that is deleted all the same."""
    namespaces = dict.fromkeys(key[0] for key, change in deleting.items() if change.refusal is None)
    for namespace in namespaces:
        if error := references.unreadable.get(namespace):
            yield f"warning: not all users of secrets in namespace {namespace} are known: {error.message}"


def _deletion(secret: Object, references: References, options: RemovalOptions, permission: Permission) -> Change:
    namespace, name = namespace_of(secret), name_of(secret)
    change = Change(
        kind=Kind.SECRET,
        namespace=namespace,
        name=name,
        desired=partial(_deleted, uid=text_at(secret, "metadata", "uid"), permission=permission),
        current=secret,
    )
    try:
        permission(secret)
    except RefusedError as refusal:
        return replace(change, refusal=refusal)
    users = _use_error((namespace, name), references, options)
    return replace(change, refusal=users) if users else change


def _deleted(current: Object | None, uid: str, permission: Permission) -> Object:
    """Nothing, if the secret is still the one that was read and may be deleted."""
    if current is None:
        return GONE
    if text_at(current, "metadata", "uid") != uid:
        raise RefusedError(f"{_what(current)} was recreated meanwhile; run the command again")
    permission(current)
    return GONE


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'


def _use_error(key: Key, references: References, options: RemovalOptions, *, state: str = "") -> RefusedError | None:
    """Why a secret is kept because of its users; None where there are none, or where that is allowed."""
    if options.in_use:
        return None
    subject = f'secrets "{key[1]}" in namespace {key[0]}{state}'
    if users := references.workloads.get(key):
        return RefusedError(f"{subject} is used by {_listed(users)}; use delete --in-use to delete it all the same")
    if error := references.unreadable.get(key[0]):
        return RefusedError(
            f"{subject} may be in use: {error.message}", hint="use delete --in-use to delete it without knowing"
        )
    return None


def _listed(users: Sequence[str]) -> str:
    more = len(users) - _FEW
    return ", ".join(users[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _detaching(namespace: str, names: set[str], observed: ObservedNamespaces, options: RemovalOptions) -> Steps:
    """The changes of the service accounts of a namespace that list any of these secrets."""
    everyone = Attachment(every=True, fields=tuple(FIELDS.values()), force_conflicts=options.force_conflicts)
    edit = partial(detached, is_removed=names.__contains__, fields=everyone.fields)
    changes = account_changes(namespace, observed, everyone, edit)
    return tuple(change for change in changes if change.current is not None and edit(change.current) != change.current)


def deletions_after(
    removal: Removal, ended: Iterable[Outcome], references: References, spared: Collection[Key] = ()
) -> Plan:
    """The deletions that are left once the service accounts are changed and their users were looked at again.

    Args:
        removal: what was planned.
        ended: what became of the service accounts.
        references: the users of the secrets by now.
        spared: the copies whose source is there again.
    """
    failed = {outcome.namespace for outcome in ended if outcome.kind is Kind.SERVICE_ACCOUNT and not outcome.is_good}
    changes = (
        _second_look(key, change, removal, references, is_listed=key[0] in failed and key in removal.listed)
        for key, change in removal.deleting.items()
        if key not in spared
    )
    return Plan(sequences=tuple((change,) for change in changes))


def _second_look(key: Key, change: Change, removal: Removal, references: References, *, is_listed: bool) -> Change:
    """The deletion of a secret, refused where it has a user by now."""
    if change.refusal is not None:
        return change
    subject = f'secrets "{key[1]}" in namespace {key[0]}'
    is_detached = key in removal.listed
    if is_listed:
        return replace(change, refusal=RefusedError(f"{subject} was not deleted: a service account still lists it"))
    if accounts := references.accounts.get(key):
        names = _listed([f"serviceaccount/{name}" for name in accounts])
        error: RefusedError | None = RefusedError(f"{subject} was detached, not deleted: {names} lists it again")
    else:
        error = _use_error(key, references, removal.options, state=" was detached, not deleted: it")
    if error:
        return replace(change, refusal=error)
    return replace(change, desired=partial(_deleted_once_detached, desired=change.desired)) if is_detached else change


def _deleted_once_detached(current: Object | None, desired: DesiredState) -> Object:
    """The same as `desired`; a refusal also says what was done already."""
    try:
        return desired(current)
    except RefusedError as refusal:
        raise RefusedError(f"{refusal.message} (detached, not deleted)", hint=refusal.hint) from refusal
