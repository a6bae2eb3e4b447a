"""From an object and the field to be written to its owner: field managers first, then labels, annotations and owners.

The server's record of who owns exactly that field tells whether a write lasts. Marks supply the name, and decide where
the record cannot: for a secret's data, which its manager writes again, even if another client wrote it last.
All of this can be forged by a user who may write the object, so it guards against accidents only.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import LAST_APPLIED, mappings_at, name_of, namespace_of, text_at
from pullsecret.model.owners.field_managers import claims_of, claims_on, claims_on_entries, is_owned_as_a_whole
from pullsecret.model.owners.marked_parties import parties_marked_on
from pullsecret.model.owners.owner import Fate, Field, Owner
from pullsecret.model.owners.parties import IBM_CLOUD, KUBECTL_APPLY, PARTIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.owners.field_managers import Claim
    from pullsecret.model.owners.parties import Party

_WORST: Final = (Fate.FAILS, Fate.REVERTS, Fate.UNKNOWN, Fate.KEEPS)
_IBM_SECRETS: Final = ("all-icr-io", "default-*-icr-io")


def field_owner(target: Object, field: Field, removed: Collection[str] = ()) -> Owner | None:
    """Who owns a field of an object, as far as it is not this program and not a person with kubectl.

    Of several owners it is the one whose next run is worst for a write. None means that a write lasts.

    Args:
        target: the object as the server sent it.
        field: the field to be written.
        removed: the entries that the write removes or replaces, for a list whose entries have owners.
    """
    found = field_owners(target, field, removed)
    return min(found, key=lambda owner: _WORST.index(owner.fate), default=None)


def undoing_owner(target: Object, field: Field) -> Owner | None:
    """The other party whose next run undoes a write of a field, or fails on it; None for people."""
    owner = field_owner(target, field)
    return owner if owner and owner.undoes_writes and not owner.is_person else None


def maker_of(target: Object) -> Owner | None:
    """The other party that has an object in its manifests, for a write of the whole of it; None for people."""
    marked = next((party for party in parties_marked_on(target) if not party.is_person), None)
    if marked is not None:
        return _owner_by_party(target, marked, Field.DATA, is_apply=_is_applied_by(target, marked))
    applied = _foreign(tuple(claim for claim in claims_of(target) if claim.is_apply))
    return next(_each_owner(target, applied, Field.DATA), None)


def field_owners(target: Object, field: Field, removed: Collection[str] = ()) -> tuple[Owner, ...]:
    """All owners of a field of an object, each once."""
    find = _data_owners if field is Field.DATA else _list_owners
    found = {owner.party: owner for owner in find(target, field, removed)}
    return tuple(found.values())


def is_controlled(target: Object) -> bool:
    """Whether another object is its controller, by `ownerReferences`."""
    return _controller(target) is not None


def controlling_owner(target: Object) -> Owner | None:
    """The object that controls another one and makes it from its own template, by `ownerReferences`."""
    controller = _controller(target)
    return None if controller is None else _owner_by_controller(controller, Fate.REVERTS)


def _data_owners(target: Object, field: Field, _: Collection[str]) -> Iterator[Owner]:
    claims = _foreign(claims_on(target, field))
    known = tuple(_known_owners(target, claims, field))
    yield from known
    marked = next(parties_marked_on(target), None)
    if marked is not None and not known:
        yield _owner_by_party(target, marked, field, is_apply=_is_applied_by(target, marked))
    elif not known and (controller := _controller(target)) is not None:
        yield _owner_by_controller(controller, Fate.REVERTS)
    elif not known:
        yield from (_owner_by_manager(target, claim, field) for claim in claims)


def _list_owners(target: Object, field: Field, removed: Collection[str]) -> Iterator[Owner]:
    claims = _foreign(claims_on(target, field))
    gone = _foreign(claims_on_entries(target, field, removed))
    if field.has_keyed_entries and not is_owned_as_a_whole(target, field):
        # Entries of others do not concern a write, except those that it removes: their owners add them again.
        yield from (_as_reverting(owner) for owner in _each_owner(target, gone, field))
        claims = tuple(claim for claim in claims if not claim.is_apply and claim not in gone)
        claims = tuple(claim for claim in claims if _party_by_manager(claim) is None)
    yield from _each_owner(target, claims, field)
    yield from _owners_by_marks(target, field, has_claims=bool(claims or gone))
    if field is Field.PULL_LIST and not (claims or removed):
        yield from _owners_before_us(target)


def _owners_before_us(account: Object) -> Iterator[Owner]:
    """Who has the account in its manifests, where this program or a person wrote the list last.

    Whether the manifest has a list, too, cannot be seen any more: the write took the field from its owner.
    """
    if not claims_on(account, Field.PULL_LIST):
        return
    party = next((party for party in parties_marked_on(account) if not party.drops_lists), None)
    is_other = party is not None and not party.is_person and party.lists is not Fate.KEEPS
    if party is not None and is_other:
        yield replace(_owner_by_party(account, party, Field.PULL_LIST), fate=Fate.UNKNOWN)


def _owners_by_marks(target: Object, field: Field, *, has_claims: bool) -> Iterator[Owner]:
    """Those who change a list that they do not own as the server records it."""
    dropping = next((party for party in parties_marked_on(target) if party.drops_lists), None)
    controller = _controller(target)
    if dropping is not None and field is not Field.MOUNT_LIST and not field.is_of_builds:
        yield _owner_by_party(target, dropping, field)
    elif controller is not None and not has_claims:
        yield _owner_by_controller(controller, Fate.REVERTS if field.is_of_template else Fate.UNKNOWN)
    elif not has_claims and field is Field.PULL_LIST and _applied_a_list(target):
        yield _owner_by_party(target, KUBECTL_APPLY, field)


def _applied_a_list(account: Object) -> bool:
    """Whether the manifest of the last `kubectl apply` has a list of pull secrets."""
    text = text_at(account, "metadata", "annotations", LAST_APPLIED)
    try:
        manifest = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and Field.PULL_LIST.value in manifest


def _foreign(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    return tuple(claim for claim in claims if not (claim.is_ours or claim.is_person))


def _each_owner(target: Object, claims: tuple[Claim, ...], field: Field) -> Iterator[Owner]:
    for claim in claims:
        party = _party_by_manager(claim)
        if party is None:
            yield _owner_by_manager(target, claim, field)
        else:
            yield _owner_by_party(target, party, field, is_apply=claim.is_apply)


def _known_owners(target: Object, claims: tuple[Claim, ...], field: Field) -> Iterator[Owner]:
    return _each_owner(target, tuple(claim for claim in claims if _party_by_manager(claim)), field)


def _party_by_manager(claim: Claim) -> Party | None:
    return next((party for party in PARTIES if party.is_manager(claim.manager)), None)


def _is_applied_by(target: Object, party: Party) -> bool:
    """Whether a party applies the object server-side, by what else of it it owns."""
    return any(claim.is_apply for claim in claims_of(target) if party.is_manager(claim.manager))


def _owner_by_party(target: Object, party: Party, field: Field, *, is_apply: bool = False) -> Owner:
    is_list = field is not Field.DATA
    has_list_advice = is_list and field is not Field.MOUNT_LIST and not field.is_of_builds
    update = (party.lists if is_list else None) or party.update
    fate = (
        Fate.KEEPS
        if any(mark.value_in(target) is not None for mark in party.lets_be)
        else party.apply
        if is_apply
        else update
    )
    if party.lists is Fate.KEEPS and is_list:
        fate = Fate.KEEPS
    return Owner(
        party=party.name_on(target),
        fate=fate,
        run=party.run,
        advice=(party.list_advice if has_list_advice else "") or party.advice,
        is_person=party.is_person,
    )


def _owner_by_manager(target: Object, claim: Claim, field: Field) -> Owner:
    """An owner who is only known by the name of the field manager."""
    if _is_of_ibm_cloud(target, field):
        return _owner_by_party(target, IBM_CLOUD, field)
    updated = Fate.REVERTS if field is Field.DATA and claim.is_controller else Fate.UNKNOWN
    return Owner(
        party=f"field manager {printable(claim.manager)}",
        fate=Fate.FAILS if claim.is_apply else updated,
        run="its next apply" if claim.is_apply else "its next run",
        advice="change it where this manager takes it from",
    )


def _is_of_ibm_cloud(target: Object, field: Field) -> bool:
    """Whether it is one of the secrets that IBM Cloud creates in `default`, which have no mark."""
    if field is not Field.DATA or namespace_of(target) != "default":
        return False
    name = name_of(target)
    return name == _IBM_SECRETS[0] or (name.startswith("default-") and name.endswith("-icr-io"))


def _owner_by_controller(controller: Object, fate: Fate) -> Owner:
    kind, name = text_at(controller, "kind"), text_at(controller, "name")
    return Owner(
        party=f"{printable(kind)} {printable(name)}",
        fate=fate,
        run="its controller",
        advice=f"change it in {printable(kind)} {printable(name)}",
    )


def _controller(target: Object) -> Object | None:
    owners = mappings_at(target, "metadata", "ownerReferences")
    return next((owner for owner in owners if owner.get("controller") is True), None)


def _as_reverting(owner: Owner) -> Owner:
    return owner if owner.fate is Fate.KEEPS else replace(owner, fate=Fate.REVERTS)
