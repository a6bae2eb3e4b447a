"""Who references a secret: service accounts, the templates of workloads, build configs, pods that have not ended.

A pod keeps the list that it was created with, whatever happens to its service account or its template afterwards, and
needs the secret again whenever one of its containers restarts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.objects.build_config import secrets_of_builds
from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pod import controller_of, owner_of
from pullsecret.model.objects.secret_uses import POD_SPECS, spec_in_template, used_secrets
from pullsecret.model.objects.serviceaccount import FIELDS, secret_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pullsecret.errors import PullSecretError
    from pullsecret.model.plan.observed import Key, Observed

READ_KINDS = (Kind.POD, *POD_SPECS)
"""The kinds that are read for who uses secrets; service accounts are read by those who need them."""

_USES = "uses"
"""In an object as it is kept: the names of the secrets that it uses."""

_ENDED = frozenset({"Complete", "Failed"})


@dataclass(frozen=True, kw_only=True)
class References:
    """The users of secrets in some namespaces.

    `workloads` has, by namespace and name of a secret, the templates that use it and the pods that do, as lines to
    show: `deployment/app`, `pod/builder`, `3 pods of deployment/app`. `accounts` has the names of the service accounts
    that list it. `unreadable` tells for a namespace why not all of its users are known.
    """

    workloads: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    accounts: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)
    unreadable: Mapping[str, PullSecretError] = field(default_factory=dict)

    def is_known(self, namespace: str) -> bool:
        """Whether pods and all kinds of workloads in the namespace could be read."""
        return namespace not in self.unreadable

    def is_used(self, key: Key) -> bool | None:
        """Whether anything references the secret; None where that is not known."""
        if self.workloads.get(key) or self.accounts.get(key):
            return True
        return False if self.is_known(key[0]) else None


def with_uses(kind: Kind, item: Object) -> Object:
    """What is kept of a pod, workload or build config, of which there may be many: whose it is, what it uses."""
    metadata = mapping_at(item, "metadata")
    kept = {name: metadata[name] for name in ("name", "namespace", "labels", "ownerReferences") if name in metadata}
    if kind is Kind.BUILD_CONFIG:
        return {"metadata": kept, _USES: secrets_of_builds(item)}
    spec = mapping_at(item, "spec") if kind is Kind.POD else spec_in_template(kind, item)
    uses = () if is_over(kind, item) else used_secrets(spec)
    return {"metadata": kept, _USES: uses}


def is_over(kind: Kind, item: Object) -> bool:
    """Whether an object creates no pod any more: what has ended, and the old revisions of a deployment.

    A job that a cron job made counts by its pods; a replica set of a deployment by the deployment's template.
    """
    if kind is Kind.POD:
        return text_at(item, "status", "phase") in ("Succeeded", "Failed")
    if kind is Kind.REPLICA_SET and controller_of(item).startswith("deployment/"):
        return True
    conditions = mappings_at(item, "status", "conditions")
    return kind is Kind.JOB and any(
        text_at(one, "type") in _ENDED and text_at(one, "status") == "True" for one in conditions
    )


def known_references(read: Mapping[Kind, Observed], accounts: Observed) -> References:
    """The references in what was read: of kinds that use secrets, as `with_uses` keeps them, and service accounts."""
    workloads: dict[Key, list[str]] = {}
    for kind, observed in read.items():
        uses = _pod_uses(observed) if kind is Kind.POD else _template_uses(kind, observed)
        for key, user in uses:
            workloads.setdefault(key, []).append(user)
    unreadable = {
        namespace: error
        for observed in (*read.values(), accounts)
        for (namespace, _), error in observed.unreadable.items()
    }
    return References(
        workloads={key: tuple(users) for key, users in workloads.items()},
        accounts=_account_uses(accounts.present.values()),
        unreadable=unreadable,
    )


def _template_uses(kind: Kind, observed: Observed) -> Iterator[tuple[Key, str]]:
    for (namespace, name), item in observed.present.items():
        yield from (((namespace, secret), f"{kind.word}/{name}") for secret in _uses(item))


def _pod_uses(observed: Observed) -> Iterator[tuple[Key, str]]:
    counts: Counter[tuple[Key, str]] = Counter()
    for (namespace, _), pod in observed.present.items():
        counts.update(((namespace, secret), owner_of(pod)) for secret in _uses(pod))
    for (key, owner), count in counts.items():
        pods = "1 pod" if count == 1 else f"{count} pods"
        yield key, owner if owner.startswith("pod/") else f"{pods} of {owner}"


def _uses(item: Object) -> tuple[str, ...]:
    uses = item.get(_USES)
    return uses if isinstance(uses, tuple) else ()


def _account_uses(accounts: Iterable[Object]) -> dict[Key, tuple[str, ...]]:
    found: dict[Key, tuple[str, ...]] = {}
    for account in accounts:
        listed = (name for field_name in FIELDS.values() for name in secret_names(account, field_name))
        for secret in filter(None, dict.fromkeys(listed)):
            key = (namespace_of(account), secret)
            found[key] = (*found.get(key, ()), name_of(account))
    return found
