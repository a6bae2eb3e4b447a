"""What a command read before it planned: plain data that tells absent, present and unreadable objects apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from pullsecret.errors import PullSecretError
    from pullsecret.model.objects.objects import Object

Key: TypeAlias = tuple[str, str]
"""A namespace ("" for none) and a name in it ("" for all of it)."""

_FEW = 3
"""Up to this many namespaces that could not be read are named; more are counted."""


@dataclass(frozen=True, kw_only=True)
class Observed:
    """What was read of the requested objects.

    `present` are those that exist, `unreadable` tells for others why they could not be read, and what is in neither
    does not exist. `notes` are lines for stderr. `is_partial`: the whole cluster was asked for, and only
    some namespaces could be looked at.
    """

    present: Mapping[Key, Object] = field(default_factory=dict, repr=False)
    unreadable: Mapping[Key, PullSecretError] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_partial: bool = False

    def error_at(self, key: Key) -> PullSecretError | None:
        """Why this object, or all of its namespace, could not be read; None when it could."""
        return self.unreadable.get(key) or self.unreadable.get((key[0], ""))

    def within(self, namespaces: Collection[str]) -> Observed:
        """What was read of these namespaces."""
        present = {key: item for key, item in self.present.items() if key[0] in namespaces}
        unreadable = {key: error for key, error in self.unreadable.items() if key[0] in namespaces}
        return replace(self, present=present, unreadable=unreadable)

    def in_namespace(self, namespace: str) -> tuple[Object, ...]:
        """The objects in a namespace, in the server's order."""
        return tuple(self._by_namespace.get(namespace, ()))

    @cached_property
    def _by_namespace(self) -> Mapping[str, Sequence[Object]]:
        found: dict[str, list[Object]] = {}
        for (namespace, _), item in self.present.items():
            found.setdefault(namespace, []).append(item)
        return found


def combined_reads(parts: Sequence[Observed]) -> Observed:
    """The objects of several reads, as if of one."""
    return Observed(
        present={key: item for part in parts for key, item in part.present.items()},
        unreadable={key: error for part in parts for key, error in part.unreadable.items()},
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        is_partial=any(part.is_partial for part in parts),
    )


def unreadable_place(observed: Observed) -> str:
    """Where objects could not be read: `in namespace a`, `in namespaces a, b`, `in 12 namespaces`."""
    return in_namespaces(namespace for namespace, _ in observed.unreadable)


def in_namespaces(namespaces: Iterable[str]) -> str:
    """Namespaces as the end of a sentence, each once; many of them are only counted."""
    names = tuple(dict.fromkeys(namespaces))
    if len(names) == 1:
        return f"in namespace {names[0]}"
    return f"in namespaces {', '.join(names)}" if len(names) <= _FEW else f"in {len(names)} namespaces"


@dataclass(frozen=True, kw_only=True)
class ObservedNamespaces:
    """The selected namespaces, and the secrets, service accounts and pending pods read from them."""

    selection: Selection = field(default_factory=Selection)
    secrets: Observed = field(default_factory=Observed)
    accounts: Observed = field(default_factory=Observed)
    pods: Observed = field(default_factory=Observed)

    @property
    def notes(self) -> tuple[str, ...]:
        """The lines for stderr, each once."""
        parts = (self.secrets, self.accounts, self.pods)
        found = (*self.selection.notes, *(note for part in parts for note in part.notes))
        return tuple(dict.fromkeys(found))
