"""What a cluster would have once manifests are applied: their secrets and service accounts count as if there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Object, mappings_at
from pullsecret.model.objects.pod import listed_secrets
from pullsecret.model.plan.observed import Observed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.errors import PullSecretError
    from pullsecret.model.can_pull.admission import Admitted
    from pullsecret.model.declared.declared_parts import DeclaredParts
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.plan.observed import Key

_ENCRYPTED = "encrypted manifest"
_LIST = "imagePullSecrets"


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """The secrets of a cluster with those of manifests; `promised` are those that other programs will make."""

    secrets: Observed
    promised: Mapping[Key, str] = field(default_factory=dict)


def without_cluster(namespaces: Iterable[str]) -> Observed:
    """What is known of these namespaces where no cluster is read: nothing."""
    return Observed(unreadable={(name, ""): RefusedError("no cluster was read") for name in dict.fromkeys(namespaces)})


def accounts_with(parts: DeclaredParts, accounts: Observed, needed: Iterable[Key]) -> Observed:
    """The service accounts with those of manifests.

    One that declares no list keeps the one that the cluster has: `kubectl apply` leaves a field alone that it does not
    set.
    """
    present = dict(accounts.present)
    unreadable: dict[Key, PullSecretError] = {}
    for key in needed:
        if found := parts.account(*key):
            there = accounts.present.get(key, {})
            present[key] = found.content if _LIST in found.content else {**found.content, _LIST: _entries(there)}
        elif error := accounts.error_at(key):
            unreadable[key] = error
    return replace(accounts, present=present, unreadable=unreadable)


def _entries(account: Object) -> list[Object]:
    return [*mappings_at(account, _LIST)]


def secrets_with(parts: DeclaredParts, secrets: Observed, pods: Iterable[Admitted]) -> Overlay:
    """The secrets with those of manifests, of which the last one counts; what the pods list is looked up by name.

    What could not be read of a whole namespace is an error for each name that its pods list and that is not known.
    """
    declared = {(one.namespace, one.name): one.content for one in parts.secrets if one.namespace and one.content}
    present = {**secrets.present, **declared}
    promised: dict[Key, str] = {}
    unreadable: dict[Key, PullSecretError] = {}
    for key in dict.fromkeys((item.source.namespace, name) for item in pods for name in listed_secrets(item.pod)):
        found = parts.secret(*key)
        if found and found.content is not None:
            present[key] = found.content
        elif found or (parts.has_hidden_names and key not in present):
            promised[key] = found.promised_by if found else _ENCRYPTED
            unreadable[key] = RefusedError(f"made from a {promised[key]}")
            present.pop(key, None)
        elif key not in present and (error := secrets.error_at(key)):
            unreadable[key] = error
    return Overlay(secrets=replace(secrets, present=present, unreadable=unreadable), promised=promised)


def declared_places(parts: DeclaredParts) -> Mapping[Key, FileLine]:
    """Where manifests declare secrets and service accounts, by their namespace and `kind/name`."""
    secrets = {(one.namespace or "", f"secret/{one.name}"): one.item.place for one in parts.secrets}
    accounts = {(one.namespace, f"serviceaccount/{one.name}"): one.item.place for one in parts.accounts}
    return secrets | accounts
