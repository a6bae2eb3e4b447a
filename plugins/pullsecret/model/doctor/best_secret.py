"""Which secrets have working credentials for an image: what to attach, or to copy over what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import PullCredential, credentials_for, is_match, matching_keys
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.images.server_keys import mismatch
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import is_source_of, provenance_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.doctor.evidence import Evidence, HostLogin


@dataclass(frozen=True, kw_only=True)
class WorkingSecrets:
    """The secrets for one image, so that thousands of pods that wait for it are answered by lookups.

    Of several, the one in namespace `default` comes first; then they are in the order of namespace and name.
    """

    first: Object | None = field(default=None, repr=False)
    in_namespace: Mapping[str, Object] = field(default_factory=dict, repr=False)
    named: Mapping[str, Object] = field(default_factory=dict, repr=False)
    by_key: Mapping[tuple[str, str], Object] = field(default_factory=dict, repr=False)

    def best(self, namespace: str, name: str) -> Object | None:
        """One of this name if there is, else the nearest: of the namespace, of `default`, of another one."""
        own = self.by_key.get((namespace, name)) or self.named.get(name)
        return own or self.in_namespace.get(namespace) or self.first


def best_secret(namespace: str, image: str, evidence: Evidence, *, name: str = "") -> Object | None:
    """The secret to use for an image: one of this name if there is, else the nearest; None when none is known.

    A secret whose credentials the registry has rejected already does not count.
    """
    found = evidence.working.get(image)
    return found.best(namespace, name) if found else None


def working_for(image: str, evidence: Evidence) -> WorkingSecrets:
    """All secrets that have working credentials for an image, indexed."""
    groups = [secrets for keys, secrets in evidence.by_keys.items() if _is_for(keys, image)]
    found = sorted((item for group in groups for item in group if is_working(item, image, evidence)), key=_distance)
    last_first = found[::-1]
    return WorkingSecrets(
        first=found[0] if found else None,
        in_namespace={namespace_of(item): item for item in last_first},
        named={name_of(item): item for item in last_first},
        by_key={(namespace_of(item), name_of(item)): item for item in last_first},
    )


def _distance(secret: Object) -> tuple[bool, str, str]:
    place = namespace_of(secret)
    return place != "default", place, name_of(secret)


def is_working(secret: Object, image: str, evidence: Evidence) -> bool:
    """Whether a secret alone gives the kubelet credentials for the image that no registry has rejected yet."""
    if not _is_for(evidence.keys_of(secret), image):
        return False
    first = credentials_for([secret], image).credentials[0]
    return first.entry.has_password and rejected_login(first, image) not in evidence.rejected


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
    return not any(is_match(entry.server, image) or not mismatch(entry.server, meant) for entry in lost)


def place_of(secret: Object) -> str:
    """`secret/regcred in namespace tools`."""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}"
