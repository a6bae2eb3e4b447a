"""Objects that the command line names, in each of the target namespaces: those that do not exist included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pullsecret.errors import NotFoundError, PullSecretError
from pullsecret.model.objects.objects import AnyKind, Object, resource_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class NamedObject:
    """An object in a namespace as it was read, None where it does not exist, or why it could not be read."""

    kind: AnyKind
    namespace: str
    name: str
    current: Object | None = field(default=None, repr=False)
    error: PullSecretError | None = None

    @property
    def word(self) -> str:
        """`deployment/app in namespace a`."""
        return f"{self.kind.word}/{self.name} in namespace {self.namespace}"


AnyNamed = TypeVar("AnyNamed", bound=NamedObject)


def by_namespace(items: Iterable[AnyNamed], *, is_broad: bool) -> Mapping[str, Sequence[AnyNamed]]:
    """The objects by namespace. A selection by -A, -l or a pattern leaves out the namespaces that lack one.

    Raises:
        NotFoundError: none of these namespaces has one of the objects.
    """
    found: dict[str, list[AnyNamed]] = {}
    names: dict[tuple[AnyKind, str], bool] = {}
    for item in items:
        is_there = item.current is not None or item.error is not None
        key = (item.kind, item.name)
        names[key] = names.get(key, False) or is_there
        if is_there or not is_broad:
            found.setdefault(item.namespace, []).append(item)
    for (kind, name), is_there in names.items():
        if is_broad and not is_there:
            raise absence_of(kind, name)
    return found


def absence_of(kind: AnyKind, name: str) -> NotFoundError:
    """The server's error for an object that does not exist."""
    return NotFoundError(f'{resource_of(kind)} "{name}" not found', code=404, reason="NotFound")
