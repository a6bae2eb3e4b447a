"""The registry secrets of a Code Engine project that `list` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.ibmcloud.code_engine import entry_of, is_automatic
from pullsecret.model.ibmcloud.project_secrets import absent_secret
from pullsecret.model.images.dockerconfig import display_name
from pullsecret.model.images.temporary_logins import expiry_of
from pullsecret.model.objects.objects import Object, name_of, text_at
from pullsecret.model.request.copy_names import is_pattern, is_wanted
from pullsecret.model.results.list import as_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.results.list_filter import ListFilter

CODE_ENGINE = "Code Engine"
"""The owner of a secret that Code Engine made and renews."""


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """A registry secret; `users` are what names it: `app/web`. `is_all_known`: all of these could be read."""

    secret: Object = field(repr=False)
    users: tuple[str, ...] = ()
    is_all_known: bool = True

    @property
    def name(self) -> str:
        """Its name."""
        return name_of(self.secret)

    @property
    def registry(self) -> str:
        """Its registry, as it may be shown."""
        return display_name(entry_of(self.secret).server)

    @property
    def username(self) -> str:
        """The username, as it may be shown."""
        return entry_of(self.secret).shown_username

    @property
    def created(self) -> str:
        """When it was created, in RFC 3339; "" where that is not known."""
        return text_at(self.secret, "metadata", "creationTimestamp")

    @property
    def owner(self) -> str:
        """`Code Engine` for a secret that it renews, "" for any other."""
        return CODE_ENGINE if is_automatic(self.secret) else ""

    @property
    def expires(self) -> datetime | None:
        """When its credential expires, as far as it says; Code Engine does not tell when it was written."""
        return expiry_of(entry_of(self.secret), None)

    def as_object(self) -> Object:
        """The item of a RegistrySecretList."""
        return {
            "name": self.name,
            "created": self.created,
            "registry": self.registry,
            "username": self.username,
            "usedBy": list(self.users),
            "allUsersKnown": self.is_all_known,
            "owner": self.owner,
            "expires": as_time(self.expires),
        }


@dataclass(frozen=True, kw_only=True)
class ProjectListing:
    """The rows by name, and lines for stderr."""

    rows: tuple[ProjectRow, ...]
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def project_listing(seen: ProjectSecrets, names: Sequence[str], only: ListFilter) -> ProjectListing:
    """The registry secrets of these names and patterns, all without any, that pass the filter."""
    rows = tuple(
        ProjectRow(
            secret=secret,
            users=tuple(user.word for user in seen.users_of(name)),
            is_all_known=not seen.unread_users,
        )
        for name, secret in sorted(seen.registry.items())
        if is_wanted(name, names) and only.has_host((entry_of(secret),)) and _passes(seen, name, only)
    )
    return ProjectListing(rows=rows, notes=tuple(_notes(seen)), failures=tuple(_absent(seen, names)))


def _passes(seen: ProjectSecrets, name: str, only: ListFilter) -> bool:
    """Whether a secret is unused, if that is asked for; where it is not known, it is not shown."""
    return not only.is_unused or not (seen.unread_users or seen.users_of(name))


def _notes(seen: ProjectSecrets) -> Iterator[str]:
    if seen.unread_users:
        yield f"note: not allowed to list {', '.join(seen.unread_users)}; more may use the secrets"


def _absent(seen: ProjectSecrets, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        if not is_pattern(name) and name not in seen.registry:
            yield absent_secret(seen.project.name, name).line
