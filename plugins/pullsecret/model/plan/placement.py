"""The changes that put secrets into namespaces and reference them in service accounts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.errors import PullSecretError
from pullsecret.model.objects.objects import AnyKind, Kind, Object, name_of
from pullsecret.model.objects.pullsecret import must_be_recreated
from pullsecret.model.objects.serviceaccount import FIELDS, attached, duplicate_names, not_found, secret_names
from pullsecret.model.objects.sibling import previous_secret, sibling_name
from pullsecret.model.plan.change import Change, DesiredState, Plan, Steps
from pullsecret.model.plan.existing_secret import NewSecret, placed, write_consequences
from pullsecret.model.plan.owned_lists import check_conflicts, list_warnings
from pullsecret.model.plan.system_namespaces import managed_already, system_notes
from pullsecret.model.plan.waiting_pods import NewSecrets, RestartHint, keys_of, restart_hints_for

if TYPE_CHECKING:
    from pullsecret.model.objects.pullsecret import ReplacePolicy
    from pullsecret.model.plan.observed import Key, ObservedNamespaces
    from pullsecret.model.request.command_request import Attachment
    from pullsecret.model.request.targets import Targets

CREATED_BY_CONTROLLER = "default"
"""The service account that the control plane creates in each new namespace."""

_KUBELETS_KEEP = (
    "note: kubelets keep the old data of an immutable secret until all pods on the node that use it are gone; "
    "a new name avoids that (create --append-hash, copy --name)"
)

AccountEdit: TypeAlias = Callable[[Object], Object]
"""From a service account to its desired state."""


def namespace_steps(namespace: str, observed: ObservedNamespaces, *, create_missing: bool) -> tuple[Steps, bool]:
    """The steps for the namespace itself, and whether more can follow; --create-namespaces creates a missing one."""
    if create_missing and namespace in observed.selection.missing:
        return (Change(kind=Kind.NAMESPACE, namespace=namespace, name=namespace, desired=_namespace(namespace)),), True
    absence = absence_steps(namespace, observed, hint="use --create-namespaces to create it")
    return absence, not absence


def absence_steps(namespace: str, observed: ObservedNamespaces, *, hint: str = "") -> Steps:
    """The error for a namespace that is missing or terminating; nothing for one that exists and stays."""
    error = observed.selection.error_at(namespace)
    if error is None:
        return ()
    refusal = error.with_hint(hint) if namespace in observed.selection.missing else error
    return (Change(kind=Kind.NAMESPACE, namespace=namespace, name=namespace, refusal=refusal),)


def _namespace(name: str) -> DesiredState:
    new = {"apiVersion": "v1", "kind": Kind.NAMESPACE.title, "metadata": {"name": name}}
    return lambda current: new if current is None else current


def secret_change(
    new: NewSecret, namespace: str, observed: ObservedNamespaces, replace_policy: ReplacePolicy
) -> Change:
    """Put a secret into a namespace, as far as the user allows an existing one of its name to be replaced."""
    key = (namespace, name_of(new.secret))
    return Change(
        kind=Kind.SECRET,
        namespace=namespace,
        name=key[1],
        desired=partial(placed, new=new, replace_policy=replace_policy),
        current=observed.secrets.present.get(key),
        previous=observed.secrets.present.get((namespace, sibling_name(key[1]))),
        refusal=observed.secrets.error_at(key),
        needs=frozenset({(Kind.NAMESPACE, namespace)}),
    )


def is_refused(change: Change) -> bool:
    """Whether a change is known to fail, from what was read, before anything is sent."""
    try:
        change.desired(change.current)
    except PullSecretError:
        return True
    return change.refusal is not None


def account_changes(
    namespace: str,
    observed: ObservedNamespaces,
    attachment: Attachment,
    edit: AccountEdit,
    needs: Iterable[tuple[AnyKind, str]] = (),
) -> Steps:
    """The same edit for each service account that an attachment selects in a namespace."""
    names = account_names(namespace, observed, attachment)
    waits_for = frozenset({(Kind.NAMESPACE, namespace), *needs})
    return tuple(_account_change((namespace, name), observed, attachment, edit, waits_for) for name in names)


def account_names(namespace: str, observed: ObservedNamespaces, attachment: Attachment) -> tuple[str, ...]:
    """The service accounts that an attachment selects in a namespace."""
    if attachment.every:
        return tuple(name_of(account) for account in observed.accounts.in_namespace(namespace)) or (
            CREATED_BY_CONTROLLER,
        )
    return attachment.accounts


def _account_change(
    key: tuple[str, str],
    observed: ObservedNamespaces,
    attachment: Attachment,
    edit: AccountEdit,
    needs: frozenset[tuple[AnyKind, str]],
) -> Change:
    namespace, name = key

    def desired(current: Object | None) -> Object:
        if current is None:
            raise not_found(name)
        edited = edit(current)
        check_conflicts(Kind.SERVICE_ACCOUNT, current, edited, is_forced=attachment.force_conflicts)
        return edited

    return Change(
        kind=Kind.SERVICE_ACCOUNT,
        namespace=namespace,
        name=name,
        desired=desired,
        current=observed.accounts.present.get(key),
        refusal=observed.accounts.error_at(key),
        appears_within=attachment.wait if name == CREATED_BY_CONTROLLER else 0.0,
        needs=needs,
    )


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The options for putting secrets into namespaces: the targets, what may be replaced, and what to attach to.

    `in_place` are the keys of secrets that are there already, and only attached.
    """

    targets: Targets
    replace_policy: ReplacePolicy
    attachment: Attachment | None
    in_place: Collection[Key] = ()


def placement_plan(
    observed: ObservedNamespaces, secrets_for: Callable[[str], Sequence[NewSecret]], placement: Placement
) -> Plan:
    """Put secrets into every selected namespace, then reference them in its service accounts.

    In a system namespace that was not named, copies that are there already are updated, and nothing else is written.

    Args:
        observed: what was read.
        secrets_for: the secrets to put into a namespace.
        placement: what the user wants and allows.
    """
    sequences: list[Steps] = []
    hints: list[RestartHint] = []
    consequences: list[tuple[str, str]] = []
    unattached = replace(placement, attachment=None)
    for namespace in observed.selection.names:
        secrets, options = secrets_for(namespace), placement
        if namespace in observed.selection.system:
            secrets, options = managed_already(namespace, secrets, observed), unattached
        opening, can_follow = namespace_steps(namespace, observed, create_missing=placement.targets.create_missing)
        changes = _secret_changes(namespace, secrets, observed, options) if can_follow else ()
        written = tuple(change for change in changes if not is_refused(change))
        steps = (*changes, *_attaching_steps(namespace, secrets, written, observed, options)) if can_follow else ()
        sequences.append((*opening, *steps))
        if pods := observed.pods.in_namespace(namespace):
            hints.extend(restart_hints_for(pods, _new_secrets(namespace, secrets, observed, options)))
        consequences += _consequences(secrets, written)
    warnings = _consequence_notes(consequences, is_single=len(observed.selection.names) == 1)
    notes = _notes(observed, placement, sequences, warnings)
    return Plan(sequences=tuple(steps for steps in sequences if steps), notes=notes, hints=tuple(hints))


def _notes(
    observed: ObservedNamespaces, placement: Placement, sequences: Sequence[Steps], warnings: tuple[str, ...]
) -> tuple[str, ...]:
    """What to report before the changes; `warnings` are those about what secrets lose."""
    every = tuple(change for steps in sequences for change in steps)
    names = {change.name for change in every if change.kind is Kind.SECRET}
    names |= {name for _, name in placement.in_place}
    doubled = duplicate_notes(observed, placement.attachment, names)
    warnings = (*system_notes(observed, sequences), *warnings, *list_warnings(every))
    return (*observed.notes, *warnings, *doubled, *recreation_notes(every))


def _consequences(secrets: Sequence[NewSecret], written: Iterable[Change]) -> Iterator[tuple[str, str]]:
    """What is lost, or will be, by writing over the secrets of a namespace, each with the namespace."""
    by_name = {name_of(new.secret): new for new in secrets}
    for change in written:
        for words in write_consequences(change.current, by_name[change.name]) if change.current is not None else ():
            yield f"secret/{change.name} {words}", change.namespace


def _consequence_notes(consequences: Iterable[tuple[str, str]], *, is_single: bool) -> tuple[str, ...]:
    """A warning for each consequence, with all namespaces of one that several have."""
    places: dict[str, list[str]] = {}
    for words, namespace in consequences:
        places.setdefault(words, []).append(namespace)
    listed = {words: "" if is_single else f" (in namespace {', '.join(names)})" for words, names in places.items()}
    return tuple(f"warning: {words}{where}" for words, where in listed.items())


def recreation_notes(changes: Iterable[Change]) -> tuple[str, ...]:
    """What to know of secrets that are recreated: what an interrupted run left, and what kubelets do."""
    notes: dict[str, None] = {}
    for change in changes:
        where = f"in namespace {change.namespace}"
        if change.previous is not None and previous_secret(change.previous) is not None:
            kept = f"secret/{name_of(change.previous)} {where} keeps the previous secret/{change.name}"
            notes[f"note: {kept} of an interrupted run with --recreate; finishing it"] = None
        if _recreates_immutable(change):
            notes[_KUBELETS_KEEP] = None
    return tuple(notes)


def _recreates_immutable(change: Change) -> bool:
    if change.kind is not Kind.SECRET or change.current is None or change.current.get("immutable") is not True:
        return False
    return not is_refused(change) and must_be_recreated(change.current, change.desired(change.current))


def _secret_changes(
    namespace: str, secrets: Sequence[NewSecret], observed: ObservedNamespaces, placement: Placement
) -> Steps:
    absent = _without_present(namespace, secrets, placement)
    return tuple(secret_change(new, namespace, observed, placement.replace_policy) for new in absent)


def _attaching_steps(
    namespace: str, secrets: Sequence[NewSecret], written: Steps, observed: ObservedNamespaces, placement: Placement
) -> Steps:
    """Reference the secrets that are written, and those that are there already."""
    there = [new for new in secrets if (namespace, name_of(new.secret)) in placement.in_place]
    names = (*(change.name for change in written), *(name_of(new.secret) for new in there))
    if placement.attachment is None or not names:
        return ()
    attachment = replace(placement.attachment, force_conflicts=placement.replace_policy.force_conflicts)
    needs = [(Kind.SECRET, change.name) for change in written]
    edit = partial(attached, names=names, fields=attachment.fields)
    return account_changes(namespace, observed, attachment, edit, needs)


def _without_present(namespace: str, secrets: Sequence[NewSecret], placement: Placement) -> Sequence[NewSecret]:
    return [new for new in secrets if (namespace, name_of(new.secret)) not in placement.in_place]


def _new_secrets(
    namespace: str, secrets: Sequence[NewSecret], observed: ObservedNamespaces, placement: Placement
) -> NewSecrets:
    return NewSecrets(
        namespace=namespace,
        keys={name_of(new.secret): keys_of(new.secret) for new in secrets},
        placed=frozenset(name_of(new.secret) for new in _without_present(namespace, secrets, placement)),
        accounts=previous_lists(namespace, observed, placement.attachment),
    )


def previous_lists(
    namespace: str, observed: ObservedNamespaces, attachment: Attachment | None
) -> dict[str, tuple[str, ...]]:
    """The service accounts that an attachment selects, each with the pull secrets that it lists so far."""
    if attachment is None or FIELDS["pull"] not in attachment.fields:
        return {}
    present = observed.accounts.present
    return {
        name: secret_names(present.get((namespace, name), {}))
        for name in account_names(namespace, observed, attachment)
    }


def duplicate_notes(
    observed: ObservedNamespaces, attachment: Attachment | None, attached_names: Collection[str]
) -> tuple[str, ...]:
    """A line for each service account that lists other secrets twice; such lists are reported but not changed."""
    fields = attachment.fields if attachment else ()
    return tuple(
        f"note: serviceaccount/{name} in namespace {namespace} lists {', '.join(names)} more than once; not changed"
        for (namespace, name), account in observed.accounts.present.items()
        for field in fields
        if namespace not in observed.selection.system
        if (names := [name for name in duplicate_names(account, field) if name not in attached_names])
    )
