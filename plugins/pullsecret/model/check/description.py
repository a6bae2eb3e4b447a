"""One pull secret in full, as `describe` shows it: everything about it but its passwords."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.go.url import index_key
from pullsecret.model.images.credential_kinds import credential_kind
from pullsecret.model.images.dockerconfig import display_name, registries_of
from pullsecret.model.images.temporary_logins import expiry_of
from pullsecret.model.objects.pullsecret import last_written
from pullsecret.model.openshift.global_secrets import ADDITIONAL_PULL_SECRET, REQUIRED_HOSTS, SECRETS_OF_NODES
from pullsecret.model.results.list import ListRow, as_time

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pullsecret.model.check.described_keys import DescribedKey
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_grants import ImageGrant
    from pullsecret.model.results.copy_standing import CopyStanding


@dataclass(frozen=True, kw_only=True)
class DescribedEntry:
    """An entry: its registry, the username as it may be shown, and what its password looks like.

    `expires` is the time that the credential itself or its kind gives; `life` says in words how long it is valid.
    `is_required`: the cluster itself needs it, as one of Red Hat's in OpenShift's global pull secret.
    """

    server: str
    username: str
    credential: str
    life: str
    expires: datetime | None
    is_required: bool = False

    def as_object(self) -> Object:
        """The entry in the item of a PullSecretDetailList."""
        return {
            "server": self.server,
            "username": self.username,
            "credential": self.credential,
            "validity": self.life,
            "expires": as_time(self.expires),
            "required": self.is_required,
        }


@dataclass(frozen=True, kw_only=True)
class DescribedCopy:
    """A secret that is marked as a copy of the described one."""

    namespace: str
    name: str
    state: CopyStanding

    def as_object(self) -> Object:
        """The copy in the item of a PullSecretDetailList."""
        return {
            "namespace": self.namespace,
            "name": self.name,
            "proven": self.state.is_proven,
            "state": self.state.value,
        }


@dataclass(frozen=True, kw_only=True)
class Description:
    """A pull secret, what it comes from, and what depends on it.

    `origin` is what the secret is to its source, None for one that is no copy. `prediction` is what its owner's next
    run does to a write, and what to do instead. `users` are the workloads and pods that use it, as lines;
    `is_all_known` tells whether all users could be read. `api_keys` are those that IBM Cloud was asked about.
    `images_of` is what allow-pull lets the service account of a secret that OpenShift generated pull; None if that is
    not known.
    """

    row: ListRow
    origin: CopyStanding | None = None
    prediction: str = ""
    copies: tuple[DescribedCopy, ...] = ()
    users: tuple[str, ...] = ()
    is_all_known: bool = True
    findings: tuple[Finding, ...] = ()
    api_keys: tuple[DescribedKey, ...] = ()
    images_of: tuple[ImageGrant, ...] | None = ()

    @property
    def written(self) -> datetime | None:
        """When the data was last written."""
        return last_written(self.row.secret)

    @property
    def is_immutable(self) -> bool:
        """Whether the data cannot change."""
        return self.row.secret.get("immutable") is True

    @property
    def entries(self) -> tuple[DescribedEntry, ...]:
        """The registries, in the order of the file."""
        written = self.written
        key = (self.row.namespace, self.row.name)
        is_of_nodes = key in SECRETS_OF_NODES and key != ADDITIONAL_PULL_SECRET
        return tuple(
            DescribedEntry(
                server=display_name(entry.server),
                username=entry.shown_username,
                credential=(kind := credential_kind(entry)).name,
                life=kind.life,
                expires=expiry_of(entry, written),
                is_required=is_of_nodes and index_key(entry.server) in REQUIRED_HOSTS,
            )
            for entry in registries_of(self.row.secret).entries
        )

    def as_object(self, shown_finding: Callable[[Finding], Object]) -> Object:
        """The item of a PullSecretDetailList; `shown_finding` gives that of a FindingList."""
        return {
            **self.row.as_object(),
            "written": as_time(self.written),
            "immutable": self.is_immutable,
            "copyState": self.origin.value if self.origin else "",
            "ownerAdvice": self.prediction,
            "registries": [entry.as_object() for entry in self.entries],
            "copies": [copy.as_object() for copy in self.copies],
            "usedBy": list(self.users),
            "allUsersKnown": self.is_all_known,
            "apiKeys": [key.as_object() for key in self.api_keys],
            "imagesOf": [grant.as_object() for grant in self.images_of or ()],
            "findings": [shown_finding(finding) for finding in self.findings],
        }


@dataclass(frozen=True, kw_only=True)
class Descriptions:
    """The pull secrets asked for, by namespace and name, and lines for stderr."""

    items: tuple[Description, ...] = field(default=())
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
