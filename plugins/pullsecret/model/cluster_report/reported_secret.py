"""A pull secret in the report: everything about it but its passwords, or anything computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from pullsecret.model.results.copy_standing import CopyStanding


@dataclass(frozen=True, kw_only=True, order=True)
class SecretPlace:
    """Where a secret is.

    `cluster` is the context of its cluster, `another cluster` for one that is not in the report, and "" for the cluster
    that it is reported with.
    """

    namespace: str
    name: str
    cluster: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportedEntry:
    """An entry: its registry key, the username as it may be shown, and what its credential looks like.

    `kind` is the kind of credential (`IBM Cloud API key`, `password`), `validity` says in words how long that is valid,
    and `expires` is the end that the credential itself or its kind gives; None for an unknown one.
    """

    registry: str
    username: str
    kind: str
    validity: str = ""
    expires: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ReportedSecret:
    """A pull secret. `written` is when its data was last written, None if that is unknown.

    `malformed` is the kubelet's error if it cannot parse it. `accounts` are the names of the service accounts that list
    it; `users` are the workloads and pods that use it, as lines; `is_use_known` tells whether all of them could be
    read. `origin` is the secret that it was copied from, and `standing` what it is to that; None for no copy. `owner`
    is the party that manages it, "" for a person or this program. `role` is what a sibling is for: it keeps the
    previous content of `previous_of`.
    """

    namespace: str
    name: str
    type: str
    created: datetime | None = None
    written: datetime | None = None
    is_managed: bool = False
    is_immutable: bool = False
    malformed: str = ""
    entries: tuple[ReportedEntry, ...] = ()
    accounts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    is_use_known: bool = True
    origin: SecretPlace | None = None
    standing: CopyStanding | None = None
    owner: str = ""
    role: str = ""
    previous_of: str = ""

    @property
    def place(self) -> SecretPlace:
        """Where it is."""
        return SecretPlace(namespace=self.namespace, name=self.name)

    @property
    def is_used(self) -> bool | None:
        """Whether anything references it; None where that is not known."""
        if self.accounts or self.users:
            return True
        return False if self.is_use_known else None
