"""A Code Engine project as the target of a command, and the names of secrets in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.ibm_sign_in import IbmSignIn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pullsecret.model.objects.objects import Object

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class ProjectTarget:
    """--code-engine-project: the project's name or ID, and how to sign in."""

    name: str
    sign_in: IbmSignIn = field(default_factory=IbmSignIn)


@dataclass(frozen=True, kw_only=True)
class ShownProject:
    """How the output names a project: its name in lines, and all that identifies it in the summary."""

    name: str
    region: str
    id: str
    account: str

    @property
    def title(self) -> str:
        """`project shop (us-south, ID) of account X`."""
        return (
            f"project {printable(self.name)} ({printable(self.region)}, {printable(self.id)}) of account {self.account}"
        )

    def as_object(self) -> Object:
        """The `project` of a document."""
        return {"name": self.name, "region": self.region, "id": self.id}


def named_from(template: str, values: Mapping[str, str]) -> str:
    """A name with its placeholders replaced: `icr-{registry}`."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def check_placeholders(template: str, allowed: Collection[str]) -> None:
    """Refuse a name with an unknown placeholder.

    Raises:
        UsageError: it has one.
    """
    for placeholder in _PLACEHOLDER.findall(template):
        if placeholder not in allowed:
            known = " and ".join(f"{{{word}}}" for word in sorted(allowed))
            raise UsageError(f"unknown placeholder {{{printable(placeholder)}}}; supported here: {known}")
