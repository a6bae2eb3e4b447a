"""Which secrets of a cluster have an API key, whatever their type: nothing else tells whether it may be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.ibmcloud.key_mentions import kept_if_having
from pullsecret.model.objects.objects import Kind, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pullsecret.cluster.client import Cluster


def read_key_holders(cluster: Cluster, values: Sequence[str], excused: Collection[str]) -> tuple[tuple[str, str], ...]:
    """The namespaces and names of the secrets that have one of the keys, but for those with these uids.

    Raises:
        ForbiddenError: not all secrets may be read.
    """
    found = cluster.read_all(Kind.SECRET, keep=kept_if_having(values))
    return tuple(
        (namespace_of(secret), name_of(secret))
        for secret in found
        if secret.get("keys") and text_at(secret, "metadata", "uid") not in excused
    )
