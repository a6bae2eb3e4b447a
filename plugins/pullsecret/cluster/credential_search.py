"""Who holds a credential, searched in a whole cluster: pull secrets, and secrets of other types that may have it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import kept_to_write, read_all_in
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import ForbiddenError
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import DATA_KEYS
from pullsecret.model.plan.credential_holders import SEARCHED_TYPES, Remaining, holders_of, kept_if_mentioning
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, combined_reads, unreadable_place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.request.targets import Targets


def read_everything(targets: Targets, cluster: Cluster) -> ObservedNamespaces:
    """Read the selected namespaces, and the pull secrets of the whole cluster, or of these where that is forbidden."""
    namespaces = TargetNamespaces(cluster, targets)

    def read(kind: str) -> Observed:
        return _read_type(kind, cluster, namespaces, kept_to_write)

    reading = [cluster.start(partial(read, kind)) for kind in DATA_KEYS]
    secrets = combined_reads([part.result() for part in reading])
    return ObservedNamespaces(selection=namespaces.selection, secrets=secrets)


def _read_type(kind: str, cluster: Cluster, namespaces: TargetNamespaces, keep: Callable[[Object], Object]) -> Observed:
    """Read all secrets of a type in the cluster; only those of the selected namespaces where that is forbidden."""
    try:
        found = cluster.read_all(Kind.SECRET, fields=f"type={kind}", keep=keep)
    except ForbiddenError:
        usable = namespaces.selection.usable
        return replace(read_all_in(cluster, Kind.SECRET, usable, fields=f"type={kind}", keep=keep), is_partial=True)
    return Observed(present={(namespace_of(item), name_of(item)): item for item in found})


def read_remaining(
    targets: Targets, cluster: Cluster, rotations: Sequence[Rotation], credentials: Sequence[RegistryCredential]
) -> tuple[Remaining, ...]:
    """Look for credentials in the whole cluster, as it is now: in pull secrets, and in secrets of some other types."""
    namespaces = TargetNamespaces(cluster, targets)
    observed = read_everything(targets, cluster)
    keep = kept_if_mentioning(credentials)
    others = combined_reads(cluster.read_each(lambda kind: _read_type(kind, cluster, namespaces, keep), SEARCHED_TYPES))
    secrets = combined_reads([observed.secrets, others])
    usable = observed.selection.usable
    unread = (f"not allowed to list secrets {unreadable_place(secrets)}",) if secrets.unreadable else ()
    if secrets.is_partial and not unread:
        unread = (f"only {len(usable)} namespace{'s' * (len(usable) != 1)} could be searched",)
    return tuple(
        Remaining(
            credential=credential,
            holders=holders_of(credential, rotations, secrets.present.values()),
            is_complete=not (secrets.is_partial or secrets.unreadable),
            unread=unread,
        )
        for credential in credentials
    )
