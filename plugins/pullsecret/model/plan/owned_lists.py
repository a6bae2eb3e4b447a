"""Lists of pull secrets with another owner: a write is refused where that party's next run undoes it.

People are never refused. Where the other party keeps the entries of others, the write needs no word; where it is not
known what it does, or where conflicts are forced, it has a warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.objects.build_config import PULL_SECRETS, PUSH_SECRET
from pullsecret.model.objects.objects import AnyKind, Kind, mappings_at, name_of, namespace_of, text_at
from pullsecret.model.objects.secret_uses import POD_SPECS
from pullsecret.model.objects.serviceaccount import FIELDS
from pullsecret.model.owners.find_owner import controlling_owner, field_owner, maker_of
from pullsecret.model.owners.owner import Fate, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.owners.owner import Owner
    from pullsecret.model.plan.change import Change, DesiredState

_LIST = "imagePullSecrets"
_TEMPLATE_LISTS = tuple((*path, _LIST) for path in dict.fromkeys(POD_SPECS.values()))


def check_conflicts(kind: AnyKind, current: Object, desired: Object, *, is_forced: bool) -> None:
    """Refuse a change of a list that another party would undo.

    Raises:
        RefusedError: it would, and the user did not force the conflict.
    """
    for what, owner in _conflicts(current, desired):
        if owner.undoes_writes and not owner.is_person and not is_forced:
            subject = f'{kind.value} "{name_of(current)}" in namespace {namespace_of(current)}'
            raise RefusedError(
                f"{subject}: {what} is owned by {owner.party}: {owner.prediction}; {owner.advice}, "
                "or use --force-conflicts to write it anyway"
            )


def conflict_warnings(kind: AnyKind, current: Object, desired: Object) -> tuple[str, ...]:
    """A line for each list that is changed although its owner may undo that."""
    subject = f"{kind.word}/{name_of(current)} in namespace {namespace_of(current)}"
    return tuple(
        f"warning: {subject}: {what} is owned by {owner.party}: {owner.prediction}; {owner.advice}"
        for what, owner in _conflicts(current, desired)
    )


def list_warnings(changes: Iterable[Change]) -> tuple[str, ...]:
    """A line for each list of pull secrets that is changed although its owner may undo that."""
    listing = (item for item in changes if item.kind not in (Kind.SECRET, Kind.NAMESPACE, Kind.POD))
    return tuple(line for change in listing for line in _conflict_warnings(change))


def _conflict_warnings(change: Change) -> tuple[str, ...]:
    if not change.current or change.refusal is not None:
        return ()
    try:
        desired = change.desired(change.current)
    except PullSecretError:
        return ()
    return conflict_warnings(change.kind, change.current, desired)


def _conflicts(current: Object, desired: Object) -> Iterator[tuple[str, Owner]]:
    """The lists that a change writes, each with its owner, as far as that does not keep the change."""
    for field, before, after in _lists(current, desired) if current is not desired else ():
        removed = frozenset(before) - frozenset(after)
        owner = field_owner(current, field, removed) if before != after else None
        if owner is not None and owner.fate is not Fate.KEEPS:
            yield (_LIST if field is Field.TEMPLATE_LIST else field.value), owner
        controller = controlling_owner(current) if field.is_of_template and before != after else None
        if controller is not None and controller != owner:
            yield ("the build config" if field.is_of_builds else "the workload"), controller


def _lists(current: Object, desired: Object) -> Iterator[tuple[Field, tuple[str, ...], tuple[str, ...]]]:
    """The names in each list before and after: of a service account, of a pod template, or a build config's secret."""
    for name in FIELDS.values():
        yield Field(name), _names(current, name), _names(desired, name)
    for path in _TEMPLATE_LISTS:
        yield Field.TEMPLATE_LIST, _names(current, *path), _names(desired, *path)
    for path in (PUSH_SECRET, *PULL_SECRETS):
        field = Field.BUILD_PUSH if path == PUSH_SECRET else Field.BUILD_PULL
        yield field, _single_name(current, *path), _single_name(desired, *path)


def unless_undone(kind: AnyKind, desired: DesiredState, *, is_forced: bool) -> DesiredState:
    """The same desired state of a workload, refused where the owner of the workload or of its list undoes the change.

    The function raises RefusedError for it.
    """

    def checked(current: Object | None) -> Object:
        wanted = desired(current)
        if current and wanted:
            _check_controller(kind, current, wanted, is_forced=is_forced)
            check_conflicts(kind, current, wanted, is_forced=is_forced)
        return wanted

    return checked


def unless_made_by_another(kind: AnyKind, desired: DesiredState, *, is_forced: bool) -> DesiredState:
    """The same desired state of an object that is recreated, refused where another party has it in its manifests.

    The function raises RefusedError for it: the recreated object is this program's as the server records it.
    """

    def checked(current: Object | None) -> Object:
        owner = maker_of(current) if current and not is_forced else None
        if current and owner and owner.undoes_writes:
            raise RefusedError(_owned(kind, current, owner))
        return desired(current)

    return checked


def _owned(kind: AnyKind, current: Object, owner: Owner) -> str:
    return (
        f'{kind.value} "{name_of(current)}" in namespace {namespace_of(current)} is owned by {owner.party}: '
        f"{owner.prediction}; {owner.advice}, or use --force-conflicts to write it anyway"
    )


def _check_controller(kind: AnyKind, current: Object, desired: Object, *, is_forced: bool) -> None:
    """Refuse any change of a workload that a custom owner made: it makes its template from its own."""
    owner = controlling_owner(current)
    if current != desired and not is_forced and owner is not None:
        raise RefusedError(_owned(kind, current, owner))


def _names(target: Object, *path: str) -> tuple[str, ...]:
    return tuple(text_at(entry, "name") for entry in mappings_at(target, *path))


def _single_name(target: Object, *path: str) -> tuple[str, ...]:
    return tuple(filter(None, (text_at(target, *path, "name"),)))
