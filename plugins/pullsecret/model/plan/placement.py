"""From what is there to the changes wanted: secrets put into namespaces, names put on service accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.errors import NotFoundError, PullSecretError
from pullsecret.model.images.dockerconfig import malformed, registries_of
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import in_namespace, placed
from pullsecret.model.objects.serviceaccount import FIELDS, attached, doubled_names, not_found, secret_names
from pullsecret.model.plan.change import Change, Plan, Steps, refused_with
from pullsecret.model.plan.waiting_pods import Advice, NewSecrets, advice_for, keys_of

if TYPE_CHECKING:
    from pullsecret.model.objects.pullsecret import ReplacePolicy
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.request.common import Attachment
    from pullsecret.model.request.targets import Targets

MADE_BY_CONTROLLER = "default"
"""The service account that each namespace gets by itself, a moment after it was made."""

KubectlStep: TypeAlias = Callable[[Object], Object]
"""From a service account to the service account wanted."""


def opening_steps(namespace: str, observed: ObservedNamespaces, *, create_missing: bool) -> tuple[Steps, bool]:
    """What must happen to a namespace first, and whether more can follow; --create-namespaces makes a missing one."""
    if create_missing and namespace in observed.selection.missing:
        return (Change(kind=Kind.NAMESPACE, namespace=namespace, name=namespace, wanted=_namespace(namespace)),), True
    absence = absence_of(namespace, observed, hint="make it with --create-namespaces")
    return absence, not absence


def absence_of(namespace: str, observed: ObservedNamespaces, *, hint: str = "") -> Steps:
    """A NotFound, as the server would say, for a namespace that is missing; nothing for one that is there."""
    if namespace not in observed.selection.missing:
        return ()
    error = NotFoundError(f'namespaces "{namespace}" not found', code=404, reason="NotFound", hint=hint)
    return (Change(kind=Kind.NAMESPACE, namespace=namespace, name=namespace, wanted=refused_with(error)),)


def _namespace(name: str) -> Callable[[Object | None], Object]:
    fresh = {"apiVersion": "v1", "kind": Kind.NAMESPACE.title, "metadata": {"name": name}}
    return lambda seen: fresh if seen is None else seen


def secret_change(fresh: Object, namespace: str, observed: ObservedNamespaces, replace_policy: ReplacePolicy) -> Change:
    """Put a secret into a namespace, as far as the user allows it where one of its name is there already."""
    key = (namespace, name_of(fresh))
    error = observed.secrets.error_at(key)
    wanted = partial(placed, fresh=in_namespace(fresh, namespace), replace_policy=replace_policy)
    return Change(
        kind=Kind.SECRET,
        namespace=namespace,
        name=key[1],
        seen=observed.secrets.present.get(key),
        wanted=refused_with(error) if error else wanted,
        needs=frozenset({(Kind.NAMESPACE, namespace)}),
    )


def is_refused(change: Change) -> bool:
    """Whether a change is known to fail by what was seen, or could not be seen, before anything was sent."""
    try:
        change.wanted(change.seen)
    except PullSecretError:
        return True
    return False


def account_changes(
    namespace: str,
    observed: ObservedNamespaces,
    attachment: Attachment,
    edit: KubectlStep,
    needs: Iterable[tuple[Kind, str]] = (),
) -> Steps:
    """The same edit for each service account of a namespace that the attachment means."""
    names = account_names(namespace, observed, attachment)
    waits_for = frozenset({(Kind.NAMESPACE, namespace), *needs})
    return tuple(_account_change((namespace, name), observed, attachment, edit, waits_for) for name in names)


def account_names(namespace: str, observed: ObservedNamespaces, attachment: Attachment) -> tuple[str, ...]:
    """The service accounts that an attachment means in a namespace."""
    if attachment.every:
        return tuple(name_of(account) for account in observed.accounts.in_namespace(namespace)) or (MADE_BY_CONTROLLER,)
    return attachment.accounts


def _account_change(
    key: tuple[str, str],
    observed: ObservedNamespaces,
    attachment: Attachment,
    edit: KubectlStep,
    needs: frozenset[tuple[Kind, str]],
) -> Change:
    namespace, name = key

    def wanted(seen: Object | None) -> Object:
        if seen is None:
            raise not_found(name)
        return edit(seen)

    error = observed.accounts.error_at(key)
    return Change(
        kind=Kind.SERVICE_ACCOUNT,
        namespace=namespace,
        name=name,
        seen=observed.accounts.present.get(key),
        wanted=refused_with(error) if error else wanted,
        appears_within=attachment.wait if name == MADE_BY_CONTROLLER else 0.0,
        needs=needs,
    )


@dataclass(frozen=True, kw_only=True)
class Placement:
    """What a command that puts secrets somewhere was told: the targets, how far it may go, whether to attach."""

    targets: Targets
    replace_policy: ReplacePolicy
    attachment: Attachment | None


def placing_plan(
    observed: ObservedNamespaces, fresh_in: Callable[[str], Sequence[Object]], placement: Placement
) -> Plan:
    """Secrets into every namespace of the scene, then their names onto its service accounts.

    Args:
        observed: what was seen.
        fresh_in: the secrets to put into a namespace.
        placement: what the user allows and wants.
    """
    sequences: list[Steps] = []
    advice: list[Advice] = []
    for namespace in observed.selection.names:
        secrets = fresh_in(namespace)
        opening, is_there = opening_steps(namespace, observed, create_missing=placement.targets.create_missing)
        steps = _placing_steps(namespace, secrets, observed, placement) if is_there else ()
        sequences.append((*opening, *steps))
        if pods := observed.pods.in_namespace(namespace):
            advice.extend(advice_for(pods, _supply(namespace, secrets, observed, placement)))
    notes = (*observed.notes, *doubled_notes(observed, placement.attachment))
    return Plan(sequences=tuple(steps for steps in sequences if steps), notes=notes, advice=tuple(advice))


def _placing_steps(
    namespace: str, secrets: Sequence[Object], observed: ObservedNamespaces, placement: Placement
) -> Steps:
    puts = tuple(secret_change(secret, namespace, observed, placement.replace_policy) for secret in secrets)
    names = tuple(change.name for change in puts if not is_refused(change))
    if placement.attachment is None or not names:
        return puts
    fields = placement.attachment.fields
    needs = [(Kind.SECRET, name) for name in names]
    edit = partial(attached, names=names, fields=fields)
    return (*puts, *account_changes(namespace, observed, placement.attachment, edit, needs))


def _supply(
    namespace: str, secrets: Sequence[Object], observed: ObservedNamespaces, placement: Placement
) -> NewSecrets:
    return NewSecrets(
        namespace=namespace,
        keys={name_of(secret): keys_of(secret) for secret in secrets},
        placed=frozenset(name_of(secret) for secret in secrets),
        accounts=lists_before(namespace, observed, placement.attachment),
    )


def lists_before(
    namespace: str, observed: ObservedNamespaces, attachment: Attachment | None
) -> dict[str, tuple[str, ...]]:
    """The service accounts that an attachment means, each with the pull secrets that it names so far."""
    if attachment is None or FIELDS["pull"] not in attachment.fields:
        return {}
    seen = observed.accounts.present
    return {
        name: secret_names(seen.get((namespace, name), {})) for name in account_names(namespace, observed, attachment)
    }


def doubled_notes(observed: ObservedNamespaces, attachment: Attachment | None) -> tuple[str, ...]:
    """A line for each service account that names a secret twice: such lists are left as they are, but told."""
    fields = attachment.fields if attachment else ()
    return tuple(
        f"note: serviceaccount/{name} in namespace {namespace} names {', '.join(doubled)} more than once; left alone"
        for (namespace, name), account in observed.accounts.present.items()
        for field in fields
        if (doubled := doubled_names(account, field))
    )


def malformed_notes(secrets: Iterable[Object]) -> tuple[str, ...]:
    """A line for each secret that the kubelet cannot parse: whoever names it pulls nothing, not even public images."""
    return tuple(
        f"warning: secret/{name_of(secret)} in namespace {namespace_of(secret)} {malformed(problem)}"
        for secret in secrets
        if (problem := registries_of(secret).malformed)
    )
