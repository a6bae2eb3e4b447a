"""Which secrets have working credentials for an image: what to attach, or to copy over what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.model.check.secret_rules import is_source
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.images.keyring import PullCredential, credentials_for, is_match, matching_keys
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.images.server_keys import mismatch
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import is_source_of, provenance_of
from pullsecret.model.objects.sources import SHARED_NAMESPACE, is_account_token, is_system_namespace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.doctor.evidence import Evidence, HostLogin


_MANY_LOST = 20
"""From so many lost keys on, one is a loss."""


@dataclass(frozen=True, kw_only=True)
class WorkingSecrets:
    """The secrets for one image, so that thousands of pods that wait for it are answered by lookups.

    `sources` are those that may be attached or copied, by their namespace; `others` are in namespaces that give nothing
    to any other.
    """

    sources: Mapping[str, Mapping[str, Object]] = field(default_factory=dict, repr=False)
    others: tuple[Object, ...] = field(default=(), repr=False)

    def nearest(self, namespace: str, name: str) -> tuple[Object, ...]:
        """Those of the best standing: of this name, of the namespace, of `default`; IBM's all-icr-io before others."""
        own, shared = (self.sources.get(place, {}) for place in (namespace, SHARED_NAMESPACE))
        for found in (own, shared):
            if name in found:
                return (found[name],)
        for found in (own, shared):
            if found:
                return (found[ALL_ICR_IO],) if ALL_ICR_IO in found else tuple(found.values())
        return ()


def nearest_secrets(namespace: str, image: str, evidence: Evidence, *, name: str = "") -> tuple[Object, ...]:
    """The secrets to use for an image, all of equal standing: of several, a person chooses one.

    They are in the namespace itself or in `default`. One of this name comes first. A secret whose credentials a
    registry has rejected already does not count.
    """
    found = evidence.working.get(image)
    return found.nearest(namespace, name) if found else ()


def best_secret(namespace: str, image: str, evidence: Evidence, *, name: str = "") -> Object | None:
    """The one secret to use for an image; None when none is known, or when several are of equal standing."""
    found = nearest_secrets(namespace, image, evidence, name=name)
    return found[0] if len(found) == 1 else None


def secrets_of_others(namespace: str, image: str, evidence: Evidence) -> tuple[Object, ...]:
    """Secrets with credentials for an image in namespaces that give nothing to this one: to name, never to use."""
    found = evidence.working.get(image)
    return tuple(item for item in found.others if namespace_of(item) != namespace) if found else ()


def working_for(image: str, evidence: Evidence) -> WorkingSecrets:
    """All secrets that have working credentials for an image, indexed."""
    groups = [secrets for keys, secrets in evidence.by_keys.items() if _is_for(keys, image)]
    working = [item for group in groups for item in group if is_working(item, image, evidence)]
    sources: dict[str, dict[str, Object]] = {}
    for item in working:
        if is_source(item, evidence.now):
            sources.setdefault(namespace_of(item), {})[name_of(item)] = item
    others = [item for item in working if namespace_of(item) != SHARED_NAMESPACE and _may_be_named(item)]
    return WorkingSecrets(sources=sources, others=tuple(sorted(others, key=_place)))


def _may_be_named(secret: Object) -> bool:
    return not is_account_token(secret) and not is_system_namespace(namespace_of(secret))


def _place(secret: Object) -> tuple[str, str]:
    return namespace_of(secret), name_of(secret)


def is_working(secret: Object, image: str, evidence: Evidence) -> bool:
    """Whether a secret alone gives the kubelet credentials for the image that no registry has rejected yet."""
    if not _is_for(evidence.keys_of(secret), image):
        return False
    first = credentials_for([secret], image).credentials[0]
    verdict = evidence.verdicts.get((namespace_of(secret), name_of(secret), image))
    is_refused = verdict is not None and verdict.result.is_refusal
    return first.entry.has_password and rejected_login(first, image) not in evidence.rejected and not is_refused


@lru_cache(maxsize=65536)
def _is_for(keys: tuple[str, ...], image: str) -> bool:
    """Whether one of these keys matches; copies of a secret have equal keys, and are compared once."""
    return bool(matching_keys(keys, image))


def rejected_login(credential: PullCredential, image: str) -> HostLogin:
    """The credentials, with the host that may have rejected them."""
    entry = credential.entry
    return parsed_reference(image).domain, entry.username, entry.password


def source_in_evidence(secret: Object, evidence: Evidence) -> Object | None:
    """The secret that one was copied from, where it still exists in this cluster and could be read."""
    provenance = provenance_of(secret)
    key = provenance.local_key if provenance else None
    found = (evidence.elsewhere.get(key) or evidence.secret(*key)) if key else None
    return found if found and is_source_of(found, secret) else None


def covers(candidate: Object, there: Object, image: str) -> bool:
    """Whether nothing is lost when a candidate replaces a secret: it has credentials for each of its registries.

    Keys that were meant for the image, but do not match it, are no loss.
    """
    meant = parsed_reference(image)
    kept = {index_key(entry.server) for entry in registries_of(candidate).entries}
    lost = [
        entry for entry in registries_of(there).entries if entry.has_password and index_key(entry.server) not in kept
    ]
    if len(lost) > _MANY_LOST:
        return False
    return not any(is_match(entry.server, image) or not mismatch(entry.server, meant) for entry in lost)


def place_of(secret: Object) -> str:
    """`secret/regcred in namespace tools`."""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}"
