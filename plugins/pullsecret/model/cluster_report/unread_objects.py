"""What could not be read, and what the report does not know for this reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.cluster_report.report import Unread
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.observed import Observed, in_namespaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.check.observed import Inventory

SECRETS: Final = "pull secrets"

_WORKLOADS = "images and pull secrets of workloads that have no pods now are not in the report"
_BUILDS = "which build configs use secrets is unknown"


def unread_objects(
    inventory: Inventory, workloads: Mapping[Kind, Observed], node_secrets: Observed
) -> tuple[Unread, ...]:
    """What was not allowed to be read, the most important first; what has the same effect in the same places is one.

    Args:
        inventory: what `check` reads.
        workloads: the reads of workloads and build configs, by their kinds.
        node_secrets: the read of the secrets that all nodes of OpenShift have.
    """
    observed = inventory.observed
    parts = (
        (SECRETS, observed.secrets, "which registries the namespaces have credentials for is unknown"),
        ("service accounts", observed.accounts, "which pull secrets new pods get is unknown"),
        ("pods", observed.pods, "which images pods use, and whether they wait for one, is unknown"),
        *((kind.value, read, _BUILDS if kind is Kind.BUILD_CONFIG else _WORKLOADS) for kind, read in workloads.items()),
        ("secrets of other types", inventory.others, "whether references to secrets are dangling is unknown"),
        ("the sources of copies", inventory.sources, "whether copies of them are stale is unknown"),
        ("the global pull secret", node_secrets, "which registries the nodes have credentials for is unknown"),
    )
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for what, read, effect in parts:
        if read.unreadable:
            places = tuple(dict.fromkeys(namespace for namespace, _ in read.unreadable))
            found.setdefault((places, effect), []).append(what)
    return tuple(
        Unread(what=", ".join(kinds), namespaces=places, effect=effect) for (places, effect), kinds in found.items()
    )


def unread_line(unread: Unread) -> str:
    """The line for stderr."""
    return f"note: not allowed to read {unread.what} {in_namespaces(unread.namespaces)}; {unread.effect}"
