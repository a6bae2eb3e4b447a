"""What IBM Cloud's own secret is renewed with: which copies are proven before, and how they should be afterwards.

IBM Cloud recreates `all-icr-io`, so that its uid, by which copies are proven, is gone. The uid is noted before that in
a secret of namespace kube-system, and deleted in the end: a user who may create secrets there controls the cluster
anyway, so that no other user can forge or read the note. A killed run goes on by it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.go.base64 import CorruptInputError, decoded_base64
from pullsecret.model.go.json import go_bytes
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Kind, mapping_at, name_of, namespace_of, point_in_time, text_at
from pullsecret.model.objects.pullsecret import (
    MANAGED,
    Provenance,
    ReplacePolicy,
    copied,
    is_marked,
    is_proven,
    overwritten,
    provenance_of,
)
from pullsecret.model.objects.sibling import RENEWAL_NAMESPACE, renewal_name
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.owners.managed_secret import data_owner
from pullsecret.model.plan.change import GONE, Change
from pullsecret.model.plan.copies import Doubt, UnprovenCopy, claims_among, copies_through
from pullsecret.model.plan.existing_secret import NewSecret, placed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.observed import Key

SOURCE: Final = (SHARED_NAMESPACE, ALL_ICR_IO)
"""The namespace and name of the secret that IBM Cloud writes."""
MEMORY: Final = (RENEWAL_NAMESPACE, renewal_name(ALL_ICR_IO))
"""The namespace and name of the secret that remembers a renewal while it is under way."""
LONGEST_WAIT: Final = timedelta(minutes=10)
"""How long IBM Cloud may take to write the secret; after that it is asked again."""

_SHOWN: Final = 10
"""So many namespaces are listed; more are counted."""
_ORIGIN: Final = Provenance(namespace=SOURCE[0], name=SOURCE[1])
_UID, _DATA, _ASKED = "source-uid", "source-data-sha256", "asked"


class RenewalStep(Enum):
    """Where a run begins: IBM Cloud is still to be asked, was asked a moment ago, or has written the secret."""

    ASK = "ask"
    WAIT = "wait"
    UPDATE = "update"


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """A renewal: the secret as it was, or what an interrupted run has noted of it, and when IBM Cloud was asked.

    `uid` and `digest` are those of the secret before, "" if there was none. `note` is the secret with the note, as it
    was read, None for a new one.
    """

    uid: str = field(default="", repr=False)
    digest: str = field(default="", repr=False)
    asked: datetime | None = None
    note: Object | None = field(default=None, repr=False)

    def proofs(self, source: Object | None) -> tuple[Object, ...]:
        """What proves copies: the secret as it is, and as far as it is known, as it was before.

        Without a uid there is no such proof: everybody could make it.
        """
        before = ({"metadata": {"namespace": SOURCE[0], "name": SOURCE[1], "uid": self.uid}},) if self.uid else ()
        return (*((source,) if source is not None else ()), *before)

    def is_new(self, source: Object | None) -> bool:
        """Whether a secret is not the one from before, or has other data."""
        if source is None:
            return False
        return text_at(source, "metadata", "uid") != self.uid or _digest_of(source) != self.digest

    def step(self, source: Object | None, now: datetime) -> RenewalStep:
        """What to do next, with the secret as it is now."""
        if self.note is None:
            return RenewalStep.ASK
        if self.is_new(source):
            return RenewalStep.UPDATE
        is_recent = self.asked is not None and timedelta() <= now - self.asked < LONGEST_WAIT
        return RenewalStep.WAIT if is_recent else RenewalStep.ASK


def renewal_of(source: Object | None, note: Object | None) -> Renewal:
    """The renewal that begins now, or the one that an interrupted run has noted.

    Raises:
        RefusedError: the secret with the name of a note is not ours.
    """
    if note is not None:
        _check_note(note)
        fields = {name: _decoded(text_at(note, "data", name)) for name in (_UID, _DATA, _ASKED)}
        return Renewal(uid=fields[_UID], digest=fields[_DATA], asked=point_in_time(fields[_ASKED]), note=note)
    if source is None:
        return Renewal()
    return Renewal(uid=text_at(source, "metadata", "uid"), digest=_digest_of(source))


def _check_note(secret: Object) -> None:
    """Refuse a secret that is no note: it would be overwritten, and deleted in the end."""
    is_note = set(mapping_at(secret, "data")) == {_UID, _DATA, _ASKED} and text_at(secret, "type") == "Opaque"
    if not (is_note and is_marked(secret)):
        raise RefusedError(
            f'secrets "{MEMORY[1]}" already exists in namespace {MEMORY[0]} and does not remember a renewal, for which '
            "that name is needed"
        )


def note_of(renewal: Renewal, asked: datetime) -> Object:
    """The secret that remembers a renewal, for which IBM Cloud is asked now."""
    values = {_UID: renewal.uid, _DATA: renewal.digest, _ASKED: f"{asked:%Y-%m-%dT%H:%M:%SZ}"}
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {"namespace": MEMORY[0], "name": MEMORY[1], "labels": {MANAGED: "true"}},
        "type": "Opaque",
        "data": {name: base64.b64encode(value.encode()).decode() for name, value in values.items()},
    }


def _digest_of(secret: Object) -> str:
    data = json.dumps(mapping_at(secret, "data"), sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


def _decoded(text: str) -> str:
    try:
        return decoded_base64(go_bytes(text)).decode(errors="replace")
    except CorruptInputError:
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewedCopy:
    """A copy to bring up to date; `original` is the copy that it is a copy of, None for one of the source itself.

    `is_named`: it is not proven, and the user named its namespace.
    """

    secret: Object = field(repr=False)
    original: Object | None = field(default=None, repr=False)
    is_named: bool = False

    @property
    def key(self) -> Key:
        """Its namespace and name."""
        return namespace_of(self.secret), name_of(self.secret)


@dataclass(frozen=True, kw_only=True)
class RenewalCopies:
    """The copies in the selected namespaces, those that are not selected, and those that are not proven."""

    selected: tuple[RenewedCopy, ...] = ()
    elsewhere: tuple[RenewedCopy, ...] = ()
    unproven: tuple[UnprovenCopy, ...] = ()


def copies_to_renew(
    proofs: Sequence[Object], present: Mapping[Key, Object], usable: Collection[str], named: Collection[str] = ()
) -> RenewalCopies:
    """The copies that one of these proves, which are the source at different times, and the copies of these.

    Args:
        proofs: the source as it is, and as it was before; of a source that was never there, nothing.
        present: the pull secrets of the cluster.
        usable: the selected namespaces that exist.
        named: those of them that the user named: what is only marked as a copy is written there, too.
    """
    claims = claims_among(present.values())
    found = [copies_through(source, claims) for source in proofs]
    proven = {_key(copy): copy for copies in found for copy in copies.proven}
    marked = {_key(copy): copy for copy in claims.get(_ORIGIN, ()) if _key(copy) not in proven}
    doubts = {_key(copy.secret): copy.doubt for copies in reversed(found) for copy in copies.unproven}
    renewed = [RenewedCopy(secret=copy, original=_original(copy, present)) for copy in proven.values()]
    renewed += [RenewedCopy(secret=copy, is_named=True) for key, copy in marked.items() if key[0] in named]
    return RenewalCopies(
        selected=tuple(copy for copy in renewed if copy.key[0] in usable),
        elsewhere=tuple(copy for copy in renewed if copy.key[0] not in usable),
        unproven=tuple(
            UnprovenCopy(secret=copy, doubt=doubts.get(key, Doubt.FORGED))
            for key, copy in marked.items()
            if key[0] not in named
        ),
    )


def _original(copy: Object, present: Mapping[Key, Object]) -> Object | None:
    origin = provenance_of(copy)
    key = origin.local_key if origin else None
    return present.get(key) if key and key != SOURCE else None


def renewal_changes(
    copies: Iterable[RenewedCopy], source: Object, proofs: Sequence[Object], refusal: RefusedError | None = None
) -> tuple[Change, ...]:
    """The changes that bring copies up to date with the secret that IBM Cloud has written, by their places.

    Args:
        copies: the copies that are proven.
        source: the secret that IBM Cloud has written.
        proofs: what proves direct copies of it.
        refusal: why the secret may not be copied, None if it may.
    """
    return tuple(
        Change(
            kind=Kind.SECRET,
            namespace=copy.key[0],
            name=copy.key[1],
            current=copy.secret,
            desired=partial(_renewed, new=_new_secret(copy, source, proofs)),
            refusal=refusal,
        )
        for copy in sorted(copies, key=lambda copy: copy.key)
    )


def _new_secret(copy: RenewedCopy, source: Object, proofs: Sequence[Object]) -> NewSecret:
    original = source
    if copy.original is not None:
        original = {**copy.original, "type": text_at(source, "type"), "data": mapping_at(source, "data")}
        proofs = (copy.original,)
    return NewSecret(
        secret=copied(original, copy.key[1], copy.key[0]),
        is_proof_of=lambda current: any(is_proven(current, proof) for proof in (source, *proofs)),
        is_named=copy.is_named,
    )


def _renewed(current: Object | None, new: NewSecret) -> Object:
    """The desired state of a copy: the new data, and the proof by the new source, also where the data is there already.

    Raises:
        RefusedError: it may not be written, or is no proven copy anymore.
    """
    if current is None:
        return GONE
    after = placed(current, new, ReplacePolicy())
    is_copy = new.is_proof_of is not None and new.is_proof_of(current) and data_owner(current) is None
    if after is not current or not is_copy or _marks(current).items() >= _marks(new.secret).items():
        return after
    return overwritten(current, {"metadata": new.secret["metadata"]})


def _marks(secret: Object) -> Object:
    return mapping_at(secret, "metadata", "annotations")


def _key(secret: Object) -> Key:
    return namespace_of(secret), name_of(secret)


def unproven_lines(copies: Iterable[UnprovenCopy]) -> Iterator[str]:
    """A line for each reason for which secrets that are marked as copies are left alone, with their namespaces."""
    places: dict[tuple[str, str], list[str]] = {}
    for copy in copies:
        places.setdefault((name_of(copy.secret), copy.doubt.value), []).append(namespace_of(copy.secret))
    for (name, reason), namespaces in places.items():
        yield f"secret/{name} {shown_namespaces(namespaces)} {reason}"


def shown_namespaces(namespaces: Iterable[str]) -> str:
    """Namespaces as the end of a sentence, each once: the first of them, and how many more there are."""
    names = tuple(dict.fromkeys(namespaces))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"in namespace{'s' if len(names) > 1 else ''} {', '.join(names[:_SHOWN])}{more}"
