"""Which secrets would serve an image: what to put into a pod's list, or in place of what is there."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from pullsecret.model.check.near_miss import near_miss
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import PullCredential, credentials_for, is_match, matching_keys
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import is_source_of, provenance_of

if TYPE_CHECKING:
    from pullsecret.model.doctor.evidence import Evidence


def best_secret(namespace: str, image: str, evidence: Evidence, *, name: str = "") -> Object | None:
    """The secret to use for an image: one of this name if there is, else the nearest; None when none is known.

    What holds a login that the registry refused already does not count.
    """
    key = (namespace, image, name)
    if key not in evidence.answers:
        groups = [secrets for keys, secrets in evidence.by_keys.items() if _is_for(keys, image)]
        found = [secret for secrets in groups for secret in secrets if serves(secret, image, evidence)]
        evidence.answers[key] = min(found, key=partial(_distance, namespace, name), default=None)
    return evidence.answers[key]


def _distance(namespace: str, name: str, secret: Object) -> tuple[bool, bool, bool, str, str]:
    """What is near comes first: of the name, of the namespace, of `default`; then by namespace and name."""
    place, own = namespace_of(secret), name_of(secret)
    return own != name if name else False, place != namespace, place != "default", place, own


def serves(secret: Object, image: str, evidence: Evidence) -> bool:
    """Whether a secret alone gives the kubelet a login for the image that no registry has refused yet."""
    if not _is_for(evidence.keys_of(secret), image):
        return False
    first = credentials_for([secret], image).credentials[0]
    return first.entry.has_password and refusal_of(first, image) not in evidence.refused


@lru_cache(maxsize=65536)
def _is_for(keys: tuple[str, ...], image: str) -> bool:
    """Whether one of these keys matches; copies of a secret have equal keys, and are asked about once."""
    return bool(matching_keys(keys, image))


def refusal_of(credential: PullCredential, image: str) -> tuple[str, str, str]:
    """A login and the host that may have refused it."""
    entry = credential.entry
    return parsed_reference(image).domain, entry.username, entry.password


def source_of(secret: Object, evidence: Evidence) -> Object | None:
    """The secret that one was copied from, where it still exists in this cluster and could be read."""
    provenance = provenance_of(secret)
    key = provenance.local_key if provenance else None
    found = (evidence.elsewhere.get(key) or evidence.secret(*key)) if key else None
    return found if found and is_source_of(found, secret) else None


def covers(candidate: Object, there: Object, image: str) -> bool:
    """Whether nothing is lost when a candidate takes a secret's place: it has a login for each registry of it.

    Keys that were meant for the image, and miss it, are no loss.
    """
    meant = parsed_reference(image)
    kept = {index_key(entry.server) for entry in registries_of(candidate).entries}
    lost = [
        entry for entry in registries_of(there).entries if entry.has_password and index_key(entry.server) not in kept
    ]
    return not any(is_match(entry.server, image) or not near_miss(entry.server, meant) for entry in lost)


def place_of(secret: Object) -> str:
    """`secret/regcred in namespace tools`."""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}"
