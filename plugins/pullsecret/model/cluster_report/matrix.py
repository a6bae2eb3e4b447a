"""Which namespaces pull from which registries, and with which credentials."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class PullState(Enum):
    """How the images of a registry are pulled in a namespace, the worst first; the values are those in documents.

    With several images the worst state counts; the reasons of the cell tell the others.
    """

    BROKEN = "broken"
    UNKNOWN = "unknown"
    NONE = "none"
    LIST = "list"
    ACCOUNT = "account"
    NODES = "nodes"

    @property
    def words(self) -> str:
        """The state in words, to show."""
        return _WORDS[self]


_WORDS = {
    PullState.BROKEN: "cannot pull",
    PullState.UNKNOWN: "unknown",
    PullState.NONE: "without credentials",
    PullState.LIST: "by the pod's own list",
    PullState.ACCOUNT: "by the service account",
    PullState.NODES: "by credentials of the nodes",
}


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """The images of one registry in one namespace.

    `images` and `pods` are how many use the registry now; with 0 images nothing does, and the state is that of a new
    pod of one of the `accounts`. `paths` are the only repositories that the credentials are for, none for all of the
    registry. `secrets` and `accounts` are the names of those that provide credentials. `reasons` are sentences without
    a full stop.
    """

    namespace: str
    registry: str
    state: PullState
    images: int = 0
    pods: int = 0
    secrets: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def is_used(self) -> bool:
        """Whether a pod or workload of the namespace has an image of the registry."""
        return self.images > 0
