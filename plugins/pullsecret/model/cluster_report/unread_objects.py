"""What could not be read, and what the report does not know for this reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.cluster_report.report import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.objects.objects import Kind
    from pullsecret.model.plan.observed import Observed

_WORKLOADS = "images and pull secrets of workloads that have no pods now are not in the report"


def unread_objects(
    inventory: Inventory, workloads: Iterable[tuple[Kind, Observed]], node_secrets: Observed
) -> tuple[Unread, ...]:
    """What was not allowed to be read, the most important first.

    Args:
        inventory: what `check` reads.
        workloads: the reads of workloads, by their kinds.
        node_secrets: the read of the secrets that all nodes of OpenShift have.
    """
    observed = inventory.observed
    parts = (
        ("secrets", observed.secrets, "which registries the namespaces have credentials for is unknown"),
        ("serviceaccounts", observed.accounts, "which pull secrets new pods get is unknown"),
        ("pods", observed.pods, "which images pods use, and whether they wait for one, is unknown"),
        *((kind.value, read, _WORKLOADS) for kind, read in workloads),
        ("secrets of other types", inventory.others, "whether references to secrets are dangling is unknown"),
        ("sources of copies", inventory.sources, "whether copies of secrets in these namespaces are stale is unknown"),
        ("the global pull secret", node_secrets, "which registries the nodes have credentials for is unknown"),
    )
    return tuple(_unread(parts))


def _unread(parts: Iterable[tuple[str, Observed, str]]) -> Iterator[Unread]:
    for what, read, effect in parts:
        if read.unreadable:
            yield Unread(what=what, namespaces=tuple(dict.fromkeys(one for one, _ in read.unreadable)), effect=effect)


def unread_line(unread: Unread, place: str) -> str:
    """The line for stderr; `place` says where: `in namespace a`."""
    return f"note: not allowed to read {unread.what} {place}; {unread.effect}"
