"""The pull secrets that `list` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.images.dockerconfig import display_name, registries_of
from pullsecret.model.images.temporary_logins import expiry_of
from pullsecret.model.objects.pullsecret import last_written

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_grants import ImageGrant


@dataclass(frozen=True, kw_only=True)
class ListRow:
    """A pull secret. Its content is read when it is shown, because all of a thousand large ones would be too much.

    `accounts` are the service accounts that reference it; `origin` is NAMESPACE/NAME of the secret that it is a copy
    of; `created` is an RFC 3339 time. `role` is what a sibling is for, and `previous_of` the secret that it keeps.
    `owner` is the party that writes it, if that is not a person with this program or kubectl.
    """

    namespace: str
    name: str
    type: str
    secret: Object = field(repr=False)
    accounts: tuple[str, ...]
    origin: str
    is_managed: bool
    created: str
    role: str = ""
    previous_of: str = ""
    owner: str = ""

    @property
    def registries(self) -> Mapping[str, str]:
        """The usernames by server key, as they may be shown."""
        return {display_name(entry.server): entry.shown_username for entry in registries_of(self.secret).entries}

    @property
    def expires(self) -> datetime | None:
        """When the first of its credentials expires, as far as they or their kind tell; None if none does."""
        written = last_written(self.secret)
        times = (expiry_of(entry, written) for entry in registries_of(self.secret).entries)
        return min((time for time in times if time is not None), default=None)

    @property
    def malformed(self) -> str:
        """The kubelet's error if it cannot parse the secret, else ""."""
        return registries_of(self.secret).malformed

    def as_object(self) -> Object:
        """The item of a PullSecretList."""
        return {
            "namespace": self.namespace,
            "name": self.name,
            "created": self.created,
            "type": self.type,
            "registries": [{"server": server, "username": user} for server, user in self.registries.items()],
            "malformed": self.malformed,
            "serviceAccounts": list(self.accounts),
            "copiedFrom": self.origin,
            "managed": self.is_managed,
            "owner": self.owner,
            "expires": as_time(self.expires),
            "role": self.role,
        }


def as_time(time: datetime | None) -> str:
    """A time as Kubernetes writes it, in RFC 3339 and to the second; "" for None."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time else ""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The rows by namespace and name, lines for stderr, and the message if there is no row.

    `grants` are those of allow-pull, of images or to service accounts in the namespaces.
    """

    rows: tuple[ListRow, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    emptiness: str = ""
    grants: tuple[ImageGrant, ...] = ()
