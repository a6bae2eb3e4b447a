"""Replace a credential in the global pull secret: in place, with one write, and without a copy of what it was.

A secret with the previous content would hold the credentials with which the cluster pulls its own images, so there is
none, and no --undo: the same command with the previous credential goes back.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotate import read_new_password
from pullsecret.model.check.before_write import new_secret_findings, refuse_findings
from pullsecret.model.images.registry_credential import RegistryCredential
from pullsecret.model.plan.global_rotation import GlobalRotation, chosen_entries, rotated_part
from pullsecret.model.plan.global_secret import edited_global, global_plan

if TYPE_CHECKING:
    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.global_secret import GlobalPlan, GlobalTarget


def plan_rotated(request: RotateRequest, view: GlobalTarget, cluster: Cluster) -> GlobalPlan:
    """The change that replaces the credential that the secret has for the registries of the request.

    Raises:
        NotFoundError, RefusedError: there is no such credential, there are several, the secret may not be written, or
            the new credential has findings that --check does not allow.
        CredentialError: there is no credential, or a registry rejects it.
        UsageError: there is not exactly one source for the password.
    """
    before, servers, notes = chosen_entries(view.current, view.place, request.registries)
    username = request.username or before.username
    whose = f" for {replace(before, username=username).shown_username}"
    read = read_new_password(replace(request, names=("the global pull secret",)), whose)
    after = RegistryCredential(username=username, password=read.value)
    rotation = GlobalRotation(before=before, after=after, servers=servers)
    edited_global(view.current, place=view.place, edit=rotation.applied_to, original=view.original)
    warnings = (*_check_offline(request, rotation, view), *_verify(request, rotation, view, cluster))
    return global_plan(view, rotation.applied_to, (*notes, *read.notes, *warnings))


def _check_offline(request: RotateRequest, rotation: GlobalRotation, view: GlobalTarget) -> tuple[str, ...]:
    """What is wrong with the new credential that is not wrong with the old one.

    Raises:
        RefusedError: it has findings that --check does not allow.
    """
    old, new = rotated_part(rotation, view.place)
    known = {(item.code, item.sentence) for item in new_secret_findings([old], request.now)}
    found = new_secret_findings([new], request.now)
    return refuse_findings(
        tuple(item for item in found if (item.code, item.sentence) not in known), request.check_level
    )


def _verify(request: RotateRequest, rotation: GlobalRotation, view: GlobalTarget, cluster: Cluster) -> tuple[str, ...]:
    """Ask the registries whether they accept the new credential, and let it pull the images of --image."""
    if request.verification is None or rotation.before == rotation.after:
        return ()
    from pullsecret.registry.preflight import verify_replacement  # noqa: PLC0415  most commands contact no registry

    parts = rotated_part(rotation, view.place)
    return verify_replacement(parts, (), request.verification, environ=os.environ, trace=cluster.trace)
