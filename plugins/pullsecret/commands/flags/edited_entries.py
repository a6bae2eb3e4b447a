"""Entries that are added to, or removed from, a secret that exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pullsecret.commands.flags.values import Repeated, split
from pullsecret.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class EditFlags:
    """Whether the entries are added to an existing secret, and the registries whose entries are removed."""

    is_added: bool = False
    removed: tuple[str, ...] = ()

    def check(self, refused: Mapping[str, bool]) -> None:
        """Refuse what cannot be used with --add and --remove-registry; `refused` tells by flag whether it is given.

        Raises:
            UsageError: it is.
        """
        flag = "--add" if self.is_added else "--remove-registry"
        other = next((other for other, is_given in refused.items() if is_given), "")
        if (self.is_added or self.removed) and other:
            raise UsageError(f"{flag} and {other} cannot be used together")


def edited_entries(
    *,
    add: Annotated[
        bool, Option("--add", help="Add or replace these entries in an existing secret, and keep its other entries.")
    ] = False,
    remove_registry: Annotated[
        Repeated,
        Option(
            "--remove-registry",
            metavar="HOST[/PATH]",
            help="Remove the entry for this registry from an existing secret, and keep the others; repeatable.",
        ),
    ] = None,
) -> EditFlags:
    """How the entries of an existing secret are changed.

    Raises:
        UsageError: --remove-registry is empty.
    """
    removed = split(remove_registry)
    if remove_registry and not removed:
        raise UsageError("--remove-registry must name a registry")
    return EditFlags(is_added=add, removed=removed)
