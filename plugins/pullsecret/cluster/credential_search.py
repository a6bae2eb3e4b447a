"""Who holds a credential, searched in a whole cluster: pull secrets, and secrets of other types that may have it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import kept_to_write, read_all_in
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import ForbiddenError
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import DATA_KEYS
from pullsecret.model.plan.credential_holders import SEARCHED_TYPES, Remaining, holders_of, kept_if_mentioning
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, combined_reads, unreadable_place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.request.targets import Selection, Targets


def read_everything(targets: Targets, cluster: Cluster) -> ObservedNamespaces:
    """Read the selected namespaces, and the pull secrets of the whole cluster, or of these where that is forbidden."""
    namespaces = TargetNamespaces(cluster, targets)
    secrets = _read_types(cluster, DATA_KEYS, lambda: namespaces.selection.usable, kept_to_write)
    return ObservedNamespaces(selection=namespaces.selection, secrets=secrets)


def read_remaining(
    selection: Selection, cluster: Cluster, rotations: Sequence[Rotation], credentials: Sequence[RegistryCredential]
) -> tuple[Remaining, ...]:
    """Look for credentials in the whole cluster, as it is now: in pull secrets, and in secrets of some other types.

    Where that is forbidden, they are looked for in the selected namespaces.
    """

    def read(kinds: Iterable[str], keep: Callable[[Object], Object]) -> Observed:
        return _read_types(cluster, kinds, lambda: selection.usable, keep)

    keep = kept_if_mentioning(credentials)
    secrets = combined_reads([read(DATA_KEYS, kept_to_write), read(SEARCHED_TYPES, keep)])
    unread = (f"not allowed to list secrets {unreadable_place(secrets)}",) if secrets.unreadable else ()
    if secrets.is_partial and not unread:
        number = len(selection.usable)
        unread = (f"only {number} namespace{'s' * (number != 1)} could be searched",)
    return tuple(
        Remaining(
            credential=credential,
            holders=holders_of(credential, rotations, secrets.present.values()),
            is_complete=not (secrets.is_partial or secrets.unreadable),
            unread=unread,
        )
        for credential in credentials
    )


def _read_types(
    cluster: Cluster,
    kinds: Iterable[str],
    namespaces: Callable[[], Sequence[str]],
    keep: Callable[[Object], Object],
) -> Observed:
    """Read all secrets of these types in the cluster; only those of these namespaces where that is forbidden."""

    def read(kind: str) -> Observed:
        try:
            found = cluster.read_all(Kind.SECRET, fields=f"type={kind}", keep=keep)
        except ForbiddenError:
            part = read_all_in(cluster, Kind.SECRET, namespaces(), fields=f"type={kind}", keep=keep)
            return replace(part, is_partial=True)
        return Observed(present={(namespace_of(item), name_of(item)): item for item in found})

    return combined_reads(cluster.read_each(read, tuple(kinds)))
