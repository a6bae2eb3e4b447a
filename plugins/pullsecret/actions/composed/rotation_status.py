"""Show how far rotations are: what to read, and what it means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotate import observe_begun
from pullsecret.model.plan.rotation_status import RotationStatus, rotation_status

if TYPE_CHECKING:
    from pullsecret.actions.composed.rotate import RotateRequest, RotateView
    from pullsecret.cluster.client import Cluster


def observe(request: RotateRequest, cluster: Cluster) -> RotateView:
    """Read the rotations that NAME-previous remembers, and all pull secrets."""
    return observe_begun(request, cluster)


def plan(_request: RotateRequest, view: RotateView) -> RotationStatus:
    """What each secret holds."""
    found = rotation_status(view.rotations, view.observed)
    return replace(found, notes=(*view.notes, *found.notes))
