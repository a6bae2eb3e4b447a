"""What to check with the registries for pods that wait: the credentials that are sent, and those of the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.doctor.best_secret import sources_to_verify
from pullsecret.model.doctor.waiting_container import waiting_containers
from pullsecret.model.images.credential_checks import CredentialCheck, anonymous_check, image_checks
from pullsecret.model.objects.objects import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.evidence import Evidence, SecretImage
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.objects.objects import Object


def registry_checks_for(evidence: Evidence) -> tuple[CredentialCheck, ...]:
    """A check for each image and each secret that matches it; an anonymous one where no secret does."""
    found: dict[SecretImage, CredentialCheck] = {}
    for case in waiting_containers(evidence):
        for check in _checks_for(case) if case.image.name and case.uses_pull_secrets else ():
            found.setdefault((check.namespace, check.secret, check.image), check)
    return tuple(found.values())


def _checks_for(case: WaitingContainer) -> Iterable[CredentialCheck]:
    for secret in _secrets(case):
        yield from image_checks(secret, [case.wait.image], all_images=False, is_named=False)
    if not (case.found.credentials or case.found.malformed):
        yield anonymous_check(case.namespace, case.wait.image)


def _secrets(case: WaitingContainer) -> Iterable[Object]:
    """Those of the pod that match, and those that the fix could use."""
    names = {item.secret for item in case.found.credentials}
    for secret in case.evidence.secrets_of(case.pod):
        if name_of(secret) in names:
            yield secret
    yield from sources_to_verify(case.namespace, case.wait.image, case.evidence)


def registry_lines(case: WaitingContainer) -> tuple[str, ...]:
    """The registries' answers for an image, a line each."""
    verdicts = case.evidence.verdicts
    keys = (
        dict.fromkeys((check.namespace, check.secret, check.image) for check in _checks_for(case)) if verdicts else ()
    )
    return tuple(f"{_who(key[1], key[0], case.namespace)}: {verdicts[key].text}" for key in keys if key in verdicts)


def _who(name: str, namespace: str, place: str) -> str:
    if not name:
        return "without credentials"
    return f"secret/{name}" if namespace == place else f"secret/{name} in namespace {namespace}"
