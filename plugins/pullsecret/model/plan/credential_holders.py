"""Who holds a credential: pull secrets of any origin, and other secrets that have it somewhere in their data."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from pullsecret.model.go.json import go_bytes
from pullsecret.model.images.registry_credential import hosts_with
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import Object, mapping_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret, provenance_of
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.openshift.global_secrets import ADDITIONAL_PULL_SECRET, GLOBAL_PULL_SECRET
from pullsecret.model.owners.managed_secret import data_owner
from pullsecret.model.plan.copies import Doubt, claims_among, copies_through

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.plan.observed import Key
    from pullsecret.model.plan.rotation import Rotation

SEARCHED_TYPES: Final = ("Opaque", "kubernetes.io/basic-auth")
"""The types beside those of pull secrets in which credentials are looked for: Argo CD, Tekton and builders use them."""

_ARGO_CD = "argocd.argoproj.io/secret-type"
GLOBAL_PULL_SECRETS: Final = (GLOBAL_PULL_SECRET, ADDITIONAL_PULL_SECRET)
"""What OpenShift gives to the nodes: changed by rotate --global alone, which tells what that means."""

_LONG_ENOUGH: Final = 8
"""Shorter passwords are found as a whole value only: as a part of a text they may be a word."""


_Judgment: TypeAlias = "tuple[Standing, str, str]"
"""What a secret is, in words, and what to do about it."""


class Standing(Enum):
    """What a holder of a credential is to a rotation; the value is the one in -o json."""

    SOURCE = "source"
    COPY = "copy"
    UNPROVEN = "unproven copy"
    OTHER_COPY = "copy of another"
    UNMANAGED = "not managed"
    OWNED = "owned"
    OTHER_HOST = "other registry"
    GLOBAL = "global pull secret"
    ARGO_CD = "Argo CD"
    OTHER_TYPE = "other type"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """A secret that holds a credential: what it is, in words, and what to do about it, "" for nothing special."""

    namespace: str
    name: str
    standing: Standing
    reason: str
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class Remaining:
    """What is left of a credential after a rotation.

    `is_complete` tells whether all secrets of the cluster could be read; `unread` are lines about those that could not.
    """

    credential: RegistryCredential = field(repr=False)
    holders: tuple[Holder, ...] = ()
    is_complete: bool = False
    unread: tuple[str, ...] = ()


def holders_of(
    credential: RegistryCredential, rotations: Sequence[Rotation], secrets: Iterable[Object]
) -> tuple[Holder, ...]:
    """The secrets that hold a credential, with what each is to the rotations; siblings do not count.

    Args:
        credential: the one to look for, which one of the rotations replaces or has replaced.
        rotations: what replaces what.
        secrets: pull secrets, and secrets of other types that may have it in their data.
    """
    present = {(namespace_of(secret), name_of(secret)): secret for secret in secrets}
    judge = _Judge(rotations, present)
    return tuple(
        judge.holder(key, secret, credential)
        for key, secret in sorted(present.items())
        if not is_sibling(secret) and has_credential(secret, credential)
    )


def has_credential(secret: Object, credential: RegistryCredential) -> bool:
    """Whether a pull secret has an entry with a credential, or a secret of another type has it in its data."""
    return bool(hosts_with(secret, credential)) if is_pull_secret(secret) else mentions(secret, credential)


def mentions(secret: Object, credential: RegistryCredential) -> bool:
    """Whether a value of a secret has the password in it, or username and password as `auth` fields have them."""
    password = go_bytes(credential.password)
    auth = base64.b64encode(go_bytes(f"{credential.username}:{credential.password}"))
    for key in mapping_at(secret, "data"):
        value = _decoded(text_at(secret, "data", key))
        if auth in value or value.strip() == password or (len(password) >= _LONG_ENOUGH and password in value):
            return True
    return False


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (ValueError, binascii.Error):
        return b""


class _Judge:
    """What the secrets of a cluster are to some rotations."""

    def __init__(self, rotations: Sequence[Rotation], present: Mapping[Key, Object]) -> None:
        claims = claims_among(present.values())
        found = [copies_through(rotation.source, claims) for rotation in rotations]
        self._proven = {_place(secret) for copies in found for secret in copies.proven}
        self._doubts = {_place(copy.secret): copy.doubt for copies in found for copy in copies.unproven}
        self._sources = {rotation.place for rotation in rotations}
        self._hosts = frozenset[str]().union(*(rotation.hosts for rotation in rotations))

    def holder(self, key: Key, secret: Object, credential: RegistryCredential) -> Holder:
        """A secret that holds a credential, with what it is."""
        standing, reason, advice = self._judged(key, secret, credential)
        return Holder(namespace=key[0], name=key[1], standing=standing, reason=reason, advice=advice)

    def _judged(self, key: Key, secret: Object, credential: RegistryCredential) -> _Judgment:
        if not is_pull_secret(secret):
            return _of_another_type(secret)
        if key in GLOBAL_PULL_SECRETS:
            return Standing.GLOBAL, "the global pull secret", "rotate --global changes it"
        if owner := data_owner(secret):
            return Standing.OWNED, f"owned by {owner.party}", owner.advice
        hosts = hosts_with(secret, credential)
        if not hosts & self._hosts:
            return Standing.OTHER_HOST, f"only for {', '.join(map(shown_key, sorted(hosts)))}", ""
        return (Standing.SOURCE, "the source", "") if key in self._sources else self._by_marks(key, secret)

    def _by_marks(self, key: Key, secret: Object) -> _Judgment:
        named = f"-n {key[0]} --overwrite changes it, too"
        if key in self._proven:
            is_fixed = secret.get("immutable") is True
            reason = "an immutable copy" if is_fixed else "a copy"
            return (
                Standing.COPY,
                reason,
                "copy it again with --recreate, or under a new name" if is_fixed else f"-n {key[0]} changes it",
            )
        if self._doubts.get(key) is Doubt.RECREATED:
            return Standing.UNPROVEN, "a copy from before its source was recreated", named
        if key in self._doubts:
            return Standing.UNPROVEN, "marked as a copy without a valid proof", "find out who created it"
        if origin := provenance_of(secret):
            elsewhere = " in another cluster" if origin.cluster else ""
            return Standing.OTHER_COPY, f"a copy of {origin}{elsewhere}", f"rotate that one, or {named}"
        return Standing.UNMANAGED, "not a copy", named


def _of_another_type(secret: Object) -> _Judgment:
    if kind := text_at(secret, "metadata", "labels", _ARGO_CD):
        return Standing.ARGO_CD, f"an Argo CD {kind}", ""
    return Standing.OTHER_TYPE, f"of type {text_at(secret, 'type')}", ""


def _place(secret: Object) -> Key:
    return namespace_of(secret), name_of(secret)


def kept_if_mentioning(credentials: Sequence[RegistryCredential]) -> Callable[[Object], Object]:
    """What is kept of a secret of another type: all where it mentions a credential, else no more than its name."""

    def keep(secret: Object) -> Object:
        if any(mentions(secret, credential) for credential in credentials):
            return secret
        return {"metadata": {"namespace": namespace_of(secret), "name": name_of(secret)}}

    return keep
