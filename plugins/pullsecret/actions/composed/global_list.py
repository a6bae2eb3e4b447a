"""List OpenShift's global pull secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.actions.composed.global_reads import GlobalView, read_global_view
from pullsecret.actions.list import row_of
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.results.list import Listing

if TYPE_CHECKING:
    from pullsecret.actions.list import ListRequest
    from pullsecret.cluster.client import Cluster


def observe(_request: ListRequest, cluster: Cluster) -> GlobalView:
    """Read the secrets that the global one is made of."""
    return read_global_view(cluster)


def plan(request: ListRequest, view: GlobalView) -> Listing:
    """A row for each secret with an entry for the hosts asked for; no service account references them."""
    wanted = [
        secret for secret in view.secrets.present.values() if request.only.has_host(registries_of(secret).entries)
    ]
    return Listing(
        rows=tuple(row_of(secret, ()) for secret in wanted),
        notes=view.notes,
        failures=view.failures,
        emptiness="The global pull secret has no such entry.",
    )
