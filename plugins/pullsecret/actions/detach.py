"""Take the names of pull secrets off service accounts; the secrets themselves stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.survey import see_accounts, select_namespaces
from pullsecret.model.change import Plan
from pullsecret.model.placing import absence_of, account_changes
from pullsecret.model.request import Attachment, Request
from pullsecret.model.scene import Scene
from pullsecret.model.serviceaccount import detached

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster


@dataclass(frozen=True, kw_only=True)
class DetachRequest(Request):
    """Which names to take off which service accounts."""

    names: tuple[str, ...]
    attachment: Attachment = field(default_factory=Attachment)


def observe(request: DetachRequest, cluster: Cluster) -> Scene:
    """Read the service accounts; the secrets do not matter, they may be gone already."""
    selection = select_namespaces(cluster, request.targets)
    return Scene(selection=selection, accounts=see_accounts(cluster, selection, request.attachment))


def plan(request: DetachRequest, scene: Scene) -> Plan:
    """Each service account without the names, everything else in its place."""
    sequences = []
    for namespace in scene.selection.names:
        changes = account_changes(
            namespace,
            scene,
            request.attachment,
            lambda account: detached(account, request.names, request.attachment.fields),
        )
        sequences.append(absence_of(namespace, scene) or changes)
    return Plan(sequences=tuple(sequences), notes=scene.notes)
