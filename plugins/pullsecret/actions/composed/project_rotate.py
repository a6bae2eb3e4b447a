"""Replace a credential in the registry secrets of a Code Engine project."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotate import read_new_password
from pullsecret.model.check.before_write import new_secret_findings, refuse_findings
from pullsecret.model.ibmcloud.code_engine import entry_of
from pullsecret.model.images.dockerconfig import encoded
from pullsecret.model.images.registry_credential import RegistryCredential, credential_of
from pullsecret.model.objects.objects import name_of
from pullsecret.model.objects.pullsecret import built
from pullsecret.model.plan.project_rotation import project_rotation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.project_rotation import ProjectRotation
    from pullsecret.network.trace import Trace


def read_rotation(
    request: RotateRequest, seen: ProjectSecrets, trace: Trace
) -> tuple[ProjectRotation, tuple[str, ...]]:
    """Read the new credential and check it offline and with registries; what replaces what, and lines for stderr.

    Raises:
        NotFoundError, RefusedError: a named secret cannot be rotated, or the credential has findings.
        CredentialError: there is no credential, or a registry rejects it.
        UsageError: there is not exactly one source for the password.
    """
    project_rotation(seen, request.names, password="", username=request.username)  # refused before anything is asked
    read = read_new_password(request, f" for {_shown_username(request, seen)}")
    rotation = project_rotation(seen, request.names, password=read.value, username=request.username)
    parts = [_parts(pair) for pair in rotation.parts()]
    known = {(item.code, item.message) for item in new_secret_findings([old for old, _ in parts], request.now)}
    found = new_secret_findings([new for _, new in parts], request.now)
    added = tuple(item for item in found if (item.code, item.message) not in known)
    notes = refuse_findings(added, request.check_level)
    return rotation, (*read.notes, *notes, *_verify(request, rotation, trace))


def _shown_username(request: RotateRequest, seen: ProjectSecrets) -> str:
    held = credential_of(entry_of(seen.registry[request.names[0]]))
    username = request.username or held.username
    return RegistryCredential(username=username, password=held.password).shown_username


def _parts(pair: tuple[Object, Object]) -> tuple[Object, Object]:
    """A secret with the old and with the new credential, as check and the registries look at it."""
    old, new = (built(name_of(secret), encoded([entry_of(secret)])) for secret in pair)
    return old, new


def _verify(request: RotateRequest, rotation: ProjectRotation, trace: Trace) -> tuple[str, ...]:
    """Ask the registries whether the new credential pulls the images of the apps and jobs that use the secrets."""
    pairs = tuple(rotation.parts())
    if request.verification is None or not pairs:
        return ()
    from pullsecret.registry.preflight import verify_replacement  # noqa: PLC0415  most commands contact no registry

    images = _images_in_use(rotation)
    lines = {
        line
        for part in _by_credential(pairs)
        for line in verify_replacement(part, images, request.verification, environ=os.environ, trace=trace)
    }
    return tuple(sorted(lines))


def _images_in_use(rotation: ProjectRotation) -> tuple[str, ...]:
    changed = set(rotation.changed)
    return tuple(
        dict.fromkeys(user.image for user in rotation.seen.users if user.uses in changed and _is_image(user.image))
    )


def _is_image(text: str) -> bool:
    from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference  # noqa: PLC0415  for rotate

    try:
        parsed_reference(text)
    except InvalidReferenceError:
        return False
    return True


def _by_credential(pairs: Sequence[tuple[Object, Object]]) -> Sequence[tuple[Object, Object]]:
    """The secrets that change, gathered in one for each credential: a registry is asked once."""
    groups: dict[RegistryCredential, dict[str, tuple[Object, Object]]] = {}
    for old, new in pairs:
        entry = entry_of(old)
        groups.setdefault(credential_of(entry), {}).setdefault(entry.server, (old, new))
    return [
        (
            built("secret", encoded(entry_of(old) for old, _ in group.values())),
            built("secret", encoded(entry_of(new) for _, new in group.values())),
        )
        for group in groups.values()
    ]
