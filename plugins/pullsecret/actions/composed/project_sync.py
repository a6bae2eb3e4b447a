"""Bring the registry secrets of a Code Engine project up to date with the pull secrets that they are copies of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_pull_secrets
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.objects.sibling import is_previous, is_sibling, previous_name
from pullsecret.model.plan.project_sync import SyncSource, sync_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.sync import SyncRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.plan.change import Plan


def read_sync_sources(request: SyncRequest, cluster: Cluster) -> tuple[SyncSource, ...]:
    """Read the pull secrets of namespace default and of those of --from, each with what keeps its old credential.

    Raises:
        ForbiddenError: a namespace cannot be read.
    """
    namespaces = tuple(dict.fromkeys(("default", *request.from_namespaces)))
    found = read_pull_secrets(cluster, namespaces, has_siblings=True)
    if error := next(iter(found.unreadable.values()), None):
        raise error
    kept = {key: secret for key, secret in found.present.items() if is_previous(secret)}
    return tuple(
        SyncSource(secret=secret, previous=kept.get((namespace_of(secret), previous_name(name_of(secret)))))
        for secret in found.present.values()
        if not is_sibling(secret)
    )


def plan(request: SyncRequest, sources: Sequence[SyncSource], seen: ProjectSecrets) -> Plan:
    """The changes of outdated copies.

    Raises:
        NotFoundError: a secret that is named is not in the project.
        RefusedError: what would be written has findings that --check does not allow.
    """
    result = sync_plan(seen, request.names, sources)
    changes = [change for steps in result.sequences for change in steps]
    wanted = [desired for change in changes if (desired := change.desired(change.current)) is not change.current]
    return replace(result, notes=(*new_secret_warnings(wanted, request.now, request.check_level), *result.notes))
