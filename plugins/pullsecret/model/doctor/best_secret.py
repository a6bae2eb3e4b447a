"""Which secrets have working credentials for an image: what to attach, or to copy over what is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from pullsecret.model.check.secret_rules import is_source, source_flaws
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.images.keyring import PullCredential, credentials_for, is_match, matching_keys
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.images.server_keys import mismatch
from pullsecret.model.objects.objects import Object, mapping_at, name_of, namespace_of
from pullsecret.model.objects.pullsecret import is_pull_secret, is_source_of, provenance_of
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.objects.sources import SHARE_WITH, SHARED_NAMESPACE, SourceStanding, gives_to, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.doctor.evidence import Evidence


MANY_FOREIGN = 20
"""So many secrets that are for others are named at most."""

_MANY_LOST = 20
"""From so many lost keys on, one is a loss."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A secret that has credentials for an image, what would be sent of it, and what `check` says against it."""

    secret: Object = field(repr=False)
    credential: PullCredential = field(repr=False)
    flaws: tuple[str, ...] = ()
    has_errors: bool = False

    @property
    def place(self) -> tuple[str, str]:
        """The secret's namespace and name, by which lists are ordered."""
        return namespace_of(self.secret), name_of(self.secret)


@dataclass(frozen=True, kw_only=True)
class ImageCandidates:
    """The candidates for one image, so that thousands of pods that wait for it are answered by lookups.

    `shared` are those whose owners say whom they are for, outside of `default`.
    """

    image: str
    by_namespace: Mapping[str, Sequence[Candidate]] = field(default_factory=dict, repr=False)
    shared: tuple[Candidate, ...] = field(default=(), repr=False)

    def groups(self, namespace: str, evidence: Evidence) -> Iterator[tuple[Candidate, ...]]:
        """Those that may be taken or offered, in groups of equal standing, the nearest first.

        What `check` warns of is taken only where it is in the namespace already, and after what is good.
        """
        own = self.usable(SourceStanding.OWN, namespace, evidence)
        yield tuple(item for item in own if not item.flaws)
        for standing in (SourceStanding.CHOSEN, SourceStanding.SHARED):
            yield tuple(item for item in self.usable(standing, namespace, evidence) if not item.flaws)
        yield tuple(item for item in own if item.flaws)
        yield tuple(item for item in self.usable(SourceStanding.OFFERED, namespace, evidence) if not item.flaws)

    def usable(self, standing: SourceStanding, namespace: str, evidence: Evidence) -> tuple[Candidate, ...]:
        """Those of a standing that nothing prevents from pulling, and that no registry has rejected."""
        found = (
            item
            for item in self._of(standing, namespace, evidence.chosen)
            if not item.has_errors and not is_rejected(item.credential, item.secret, namespace, self.image, evidence)
        )
        return tuple(islice(found, MANY_FOREIGN) if standing is SourceStanding.FOREIGN else found)

    def of(self, standing: SourceStanding, namespace: str, chosen: Sequence[str]) -> tuple[Candidate, ...]:
        """All of a standing, in the order of their namespaces and names."""
        return tuple(self._of(standing, namespace, chosen))

    def _of(self, standing: SourceStanding, namespace: str, chosen: Sequence[str]) -> Iterator[Candidate]:
        if standing is SourceStanding.OFFERED:
            found: Iterable[Candidate] = self.shared
        else:
            near = {
                SourceStanding.OWN: (namespace,),
                SourceStanding.CHOSEN: sorted(chosen),
                SourceStanding.SHARED: (SHARED_NAMESPACE,),
            }
            homes = near.get(standing, self.by_namespace)
            found = (item for home in homes for item in self.by_namespace.get(home, ()))
        return (item for item in found if standing_of(item.secret, namespace, chosen) is standing)


def nearest_secrets(namespace: str, image: str, evidence: Evidence, *, name: str = "") -> tuple[Object, ...]:
    """The secrets to use for an image, all of equal standing: of several, a person chooses one.

    They are in the namespace itself, in those that the user names, in `default`, or offered by their owners, in this
    order. One of this name comes first, and of several IBM's all-icr-io. A secret whose credentials a registry has
    rejected already does not count.
    """
    found = evidence.candidates.get(image)
    groups = tuple(found.groups(namespace, evidence)) if found else ()
    named = (tuple(item for item in group if name_of(item.secret) == name) for group in groups[:3])
    nearest = next(filter(None, (*named, *groups)), ())
    of_ibm = tuple(item for item in nearest if name_of(item.secret) == ALL_ICR_IO)
    is_by_name = any(name_of(item.secret) == name for item in nearest)
    return tuple(item.secret for item in (nearest if is_by_name else of_ibm or nearest))


def best_secret(namespace: str, image: str, evidence: Evidence, *, name: str = "") -> Object | None:
    """The one secret to use for an image; None when none is known, or when several are of equal standing."""
    found = nearest_secrets(namespace, image, evidence, name=name)
    return found[0] if len(found) == 1 else None


def needs_consent(secret: Object, namespace: str, evidence: Evidence) -> bool:
    """Whether only its owner says that a secret is for a namespace, so that a person must agree."""
    return standing_of(secret, namespace, evidence.chosen) is SourceStanding.OFFERED


def secrets_of_others(namespace: str, image: str, evidence: Evidence) -> tuple[Object, ...]:
    """Secrets with credentials for an image that are for other namespaces: to name, never to use."""
    found = evidence.candidates.get(image)
    return tuple(item.secret for item in found.usable(SourceStanding.FOREIGN, namespace, evidence)) if found else ()


def flawed_candidates(namespace: str, image: str, evidence: Evidence) -> tuple[Candidate, ...]:
    """Secrets that would be taken if `check` did not report something about them."""
    found = evidence.candidates.get(image)
    near = (SourceStanding.OWN, SourceStanding.CHOSEN, SourceStanding.SHARED)
    items = [item for standing in near for item in found.of(standing, namespace, evidence.chosen)] if found else []
    return tuple(item for item in items if item.has_errors or (item.flaws and item.place[0] != namespace))


def sources_to_verify(namespace: str, image: str, evidence: Evidence) -> tuple[Object, ...]:
    """The secrets that a fix could use; whatever is found out about one of them does not change which they are."""
    found = evidence.candidates.get(image)
    near = (SourceStanding.OWN, SourceStanding.CHOSEN, SourceStanding.SHARED)
    items = [item for standing in near for item in found.of(standing, namespace, evidence.chosen)] if found else []
    return tuple(item.secret for item in items if not item.has_errors)


def candidates_for(image: str, evidence: Evidence) -> ImageCandidates:
    """All secrets that have credentials for an image, indexed, without those that have the cluster's own."""
    groups = [secrets for keys, secrets in evidence.by_keys.items() if _is_for(keys, image)]
    found: dict[str, list[Candidate]] = {}
    for secret in (item for group in groups for item in group if is_pull_secret(item) and not is_sibling(item)):
        first = credentials_for([secret], image).credentials[0]
        if first.entry.has_password and credential_of(first.entry) not in evidence.of_cluster:
            flaws, has_errors = source_flaws(secret, evidence.now), not is_source(secret, evidence.now)
            candidate = Candidate(secret=secret, credential=first, flaws=flaws, has_errors=has_errors)
            found.setdefault(namespace_of(secret), []).append(candidate)
    found = {home: sorted(items, key=lambda item: item.place) for home, items in sorted(found.items())}
    shared = tuple(
        item
        for home, items in found.items()
        for item in items
        if home != SHARED_NAMESPACE and SHARE_WITH in mapping_at(item.secret, "metadata", "annotations")
    )
    return ImageCandidates(image=image, by_namespace=found, shared=shared)


def is_working(secret: Object, image: str, evidence: Evidence) -> bool:
    """Whether a secret alone gives the kubelet credentials for the image that no registry has rejected yet."""
    if not _is_for(evidence.keys_of(secret), image):
        return False
    first = credentials_for([secret], image).credentials[0]
    return first.entry.has_password and not is_rejected(first, secret, namespace_of(secret), image, evidence)


def is_rejected(credential: PullCredential, secret: Object, namespace: str, image: str, evidence: Evidence) -> bool:
    """Whether a registry has rejected credentials: in this run, or when the kubelet sent them for this namespace.

    What the pods of other namespaces met does not count, so that the answer for a pod does not depend on how many
    namespaces are looked at.
    """
    verdict = evidence.verdicts.get((namespace_of(secret), name_of(secret), image))
    if verdict is not None and verdict.result.is_refusal and gives_to(secret, namespace, evidence.chosen):
        return True
    return any((namespace, scope, *login_of(credential)) in evidence.rejected for scope in scopes_of(image))


@lru_cache(maxsize=65536)
def _is_for(keys: tuple[str, ...], image: str) -> bool:
    """Whether one of these keys matches; copies of a secret have equal keys, and are compared once."""
    return bool(matching_keys(keys, image))


def login_of(credential: PullCredential) -> tuple[str, str]:
    """The username and the password that are sent."""
    return credential.entry.username, credential.entry.password


def scopes_of(image: str) -> tuple[str, str]:
    """What credentials can be rejected for: the image's registry as a whole, or the repository alone."""
    reference = parsed_reference(image)
    return reference.domain, reference.name


def source_in_evidence(secret: Object, evidence: Evidence) -> Object | None:
    """The secret that one was copied from, where it still exists in this cluster and could be read."""
    provenance = provenance_of(secret)
    key = provenance.local_key if provenance else None
    found = evidence.source(*key) if key else None
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
