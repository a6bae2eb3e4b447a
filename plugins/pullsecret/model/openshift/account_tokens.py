"""Tokens of service accounts in pull secrets: whose they say they are, and which of them last long enough.

Source: kubernetes pkg/serviceaccount/claims.go. Only claims are read, which anyone can write: they decide whether a new
token is made, and never where one goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.token_dates import claims_in, dates_in
from pullsecret.model.objects.objects import mapping_at, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class AccountToken:
    """A token of a service account, and when it ends."""

    value: str = field(repr=False)
    expires: datetime


@dataclass(frozen=True, kw_only=True)
class TokenOwner:
    """A service account. A token ends with the account of its `uid`: one that is created again has another."""

    namespace: str
    name: str
    uid: str

    @property
    def shown(self) -> str:
        """The account and its namespace."""
        return f"serviceaccount/{self.name} in namespace {self.namespace}"


def token_owner(account: Object) -> TokenOwner:
    """The account as the owner of tokens."""
    return TokenOwner(namespace=namespace_of(account), name=name_of(account), uid=text_at(account, "metadata", "uid"))


def owner_in(password: str) -> TokenOwner | None:
    """The account whose token this is, as it says.

    None for anything else, and for a token that is bound to a secret, pod or node, and ends with that.
    """
    claims = claims_in(password)
    about = mapping_at(claims, "kubernetes.io")
    account = mapping_at(about, "serviceaccount")
    if not account or {"secret", "pod", "node"}.intersection(about):
        return None
    return TokenOwner(namespace=text_at(about, "namespace"), name=text_at(account, "name"), uid=text_at(account, "uid"))


def lasting_token(
    secret: Object | None, servers: Collection[str], owner: TokenOwner, now: datetime
) -> AccountToken | None:
    """The one token of an account that a secret has for these servers; None if less than half of its life is left."""
    entries = registries_of(secret).entries if secret is not None else ()
    ours = [entry for entry in entries if entry.server in servers]
    values = {entry.password for entry in ours}
    if len(values) != 1 or any(entry.username != owner.name for entry in ours):
        return None
    (value,) = values
    issued, expires = dates_in(value)
    if owner_in(value) != owner or issued is None or expires is None or expires - now < (expires - issued) / 2:
        return None
    return AccountToken(value=value, expires=expires)
