"""What was read of a Code Engine project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.code_engine import entry_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.ibmcloud.code_engine import Project, SecretUser
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class ProjectSecrets:
    """What a project has: its registry secrets by name, and the formats of its other secrets.

    `users` are what names registry secrets, read only if it is needed; `unread_users` are the kinds that could not be
    read, in the plural.
    """

    project: Project
    registry: Mapping[str, Object] = field(default_factory=dict, repr=False)
    others: Mapping[str, str] = field(default_factory=dict)
    users: tuple[SecretUser, ...] = ()
    unread_users: tuple[str, ...] = ()

    def users_of(self, name: str) -> tuple[SecretUser, ...]:
        """What names a secret."""
        return tuple(user for user in self.users if user.uses == name)

    def holders_of(self, password: str) -> tuple[str, ...]:
        """The registry secrets that hold a password."""
        return tuple(name for name, secret in self.registry.items() if entry_of(secret).password == password)


def absent_secret(project: str, name: str) -> NotFoundError:
    """The error for a secret that a project does not have."""
    message = f'secrets "{printable(name)}" not found in project {printable(project)}'
    return NotFoundError(message, code=404, reason="NotFound")
