"""Create pull secrets with API keys of a service ID of IBM Cloud: what to read, and what to write for which key."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pullsecret.actions.create import CreateRequest
from pullsecret.cluster.target_namespaces import TargetReads
from pullsecret.errors import PullSecretError, RefusedError
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.go.printable import quoted_value
from pullsecret.model.ibmcloud.key_assignment import key_value_in
from pullsecret.model.ibmcloud.rotated_keys import service_id_of
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.objects.objects import Kind, merged
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID, built, in_namespace
from pullsecret.model.objects.sibling import with_siblings
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.placement import Placement, is_refused, placement_plan

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.ibmcloud.identity import ApiKey
    from pullsecret.model.ibmcloud.key_assignment import KeptKey, KeyOwner
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Change, Plan
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.request.key_wish import KeyWish

PLACEHOLDER: Final = secrets.token_urlsafe(33)
"""Stands for a key that does not exist yet, where only its shape matters; it is never written."""


@dataclass(frozen=True, kw_only=True)
class ServiceIdRequest(CreateRequest):
    """A secret with a key that is made for it."""

    wish: KeyWish

    @property
    def credential_source(self) -> str:
        """IBM Cloud itself."""
        return "--service-id"


@dataclass(frozen=True, kw_only=True)
class SecretKey:
    """The API key for a namespace's secret: its value, and what is known of it; `key` is None for a placeholder."""

    value: str = field(default=PLACEHOLDER, repr=False)
    key: ApiKey | None = None
    service_id: str = ""


def read_targets(request: ServiceIdRequest, cluster: Cluster) -> ObservedNamespaces:
    """Read the target namespaces, and what exists there under the secret's name."""
    names = with_siblings((request.name,))
    return TargetReads(cluster, request.targets, lambda _: names, request.attachment).result()


def held_values(request: ServiceIdRequest, observed: ObservedNamespaces) -> dict[str, str]:
    """The API key in the secret of each namespace that has one."""
    values = {
        namespace: key_value_in(secret, request.servers, request.username)
        for (namespace, name), secret in observed.secrets.present.items()
        if name == request.name
    }
    return {namespace: value for namespace, value in values.items() if value}


def plan_for(request: ServiceIdRequest, observed: ObservedNamespaces, keys: Mapping[str, SecretKey]) -> Plan:
    """Put a secret with its key into each namespace and, if requested, reference it in the service accounts.

    Raises:
        RefusedError: the secret has findings that --check does not allow.
    """
    sample = secret_with(request, SecretKey())
    warnings = new_secret_warnings([sample], request.now, request.check_level)
    placement = Placement(targets=request.targets, replace_policy=request.replace_policy, attachment=request.attachment)

    def secret_for(namespace: str) -> tuple[NewSecret]:
        secret = secret_with(request, keys.get(namespace, SecretKey()))
        return (NewSecret(secret=in_namespace(secret, namespace)),)

    result = placement_plan(observed, secret_for, placement)
    return replace(result, notes=(*warnings, *result.notes))


def secret_with(request: ServiceIdRequest, key: SecretKey) -> Object:
    """The secret for a key, without a namespace."""
    entries = (
        RegistryEntry(server=server, username=request.username, password=key.value, email=request.email)
        for server in request.servers
    )
    secret = built(request.name, encoded(entries))
    if key.key is None:
        return secret
    marks = {IBM_API_KEY: key.key.id, IBM_SERVICE_ID: key.service_id}
    return merged(secret, {"metadata": {"annotations": marks}})


def written_namespaces(plan: Plan, namespaces: Collection[str]) -> tuple[str, ...]:
    """Those of the namespaces in which the secret will be written, or is as it should be."""
    return tuple(
        change.namespace
        for steps in plan.sequences
        for change in steps
        if change.kind is Kind.SECRET and change.namespace in namespaces and not is_refused(change)
    )


def replaced_key_notes(
    held: Mapping[str, KeptKey], keys: Mapping[str, SecretKey], owner: KeyOwner, now: datetime
) -> tuple[str, ...]:
    """A line for each living key that was made for this secret and that it is about to lose, such as to another ID."""
    places: dict[str, list[str]] = {}
    for namespace, kept in held.items():
        is_kept = namespace in keys and keys[namespace].value == kept.value
        if not is_kept and owner.has_made(kept.key) and kept.key.is_alive(now):
            places.setdefault(f"{kept.key.id} of service ID {service_id_of(kept.key)}", []).append(namespace)
    return tuple(
        f"note: API key {key} is replaced in {', '.join(names)}, and stays valid at IBM Cloud"
        for key, names in places.items()
    )


def without_placeholders(plan: Plan, keys: Mapping[str, SecretKey]) -> Plan:
    """The plan in which no secret is written for which there is no key, whatever has become of the refusal."""
    return replace(plan, sequences=tuple(tuple(_settled(change, keys) for change in steps) for steps in plan.sequences))


def unless_changed(
    plan: Plan, request: ServiceIdRequest, observed: ObservedNamespaces, keys: Mapping[str, SecretKey]
) -> Plan:
    """The plan in which a secret is left alone whose API key has changed since it was read.

    Another run has put its own key there, which nothing would hold anymore and no one know of.
    """
    seen = held_values(request, observed)

    def guarded(change: Change) -> Change:
        if change.kind is not Kind.SECRET or change.name != request.name or change.namespace not in keys:
            return change
        expected = {seen.get(change.namespace, ""), keys[change.namespace].value}

        def desired(current: Object | None) -> Object:
            if current is not None and key_value_in(current, request.servers, request.username) not in expected:
                raise RefusedError(
                    f"secrets {quoted_value(change.name)} in namespace {change.namespace} was changed meanwhile; run "
                    "the command again"
                )
            return change.desired(current)

        return replace(change, desired=desired)

    return replace(plan, sequences=tuple(tuple(guarded(change) for change in steps) for steps in plan.sequences))


def _settled(change: Change, keys: Mapping[str, SecretKey]) -> Change:
    known = keys.get(change.namespace)
    if change.kind is not Kind.SECRET or (known is not None and known.key is not None) or change.refusal is not None:
        return change
    try:
        change.desired(change.current)
    except PullSecretError as error:
        return replace(change, refusal=error)
    return replace(change, refusal=PullSecretError("no API key was made for it"))
