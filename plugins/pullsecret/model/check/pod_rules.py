"""PS601 and PS602: running pods whose containers may not restart, because their credentials are gone.

Source: kubernetes pkg/kubelet/images (KubeletEnsureSecretPulledImages, on from 1.35): an image on the node is used only
by pods that may pull it, for which the pod's secrets are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.fix_commands import creating, recreated_in_place
from pullsecret.model.check.observed import images_of, pull_secret_names, registries_of_images
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.check.sibling_rules import finished
from pullsecret.model.check.sources import copied_from_source, without_entry
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.plan.waiting_pods import keys_of
from pullsecret.model.request.suggested_command import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.check.rule import FixOrAdvice
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand

_CONSEQUENCE = "containers may fail to restart"


def _missing(subject: CheckedNamespace) -> Iterator[Match]:
    for owner, name in _lost(subject):
        if not subject.inventory.exists((subject.namespace, name)):
            message = f'runs with pull secret "{name}", which no longer exists: {_CONSEQUENCE}'
            yield Match(message=message, subject=owner, secret_name=name)


def _unreadable(subject: CheckedNamespace) -> Iterator[Match]:
    for owner, name in _lost(subject):
        if subject.inventory.exists((subject.namespace, name)):
            message = f'runs with pull secret "{name}", which the kubelet cannot read: {_CONSEQUENCE}'
            yield Match(message=message, subject=owner, secret_name=name)


def _lost(subject: CheckedNamespace) -> Iterator[tuple[str, str]]:
    """Owners of pods, each with a secret that is gone or unreadable and that no other secret of the pods replaces."""
    for owner, pods in subject.pods_by_owner.items() if subject.has_all_secrets else ():
        for name in dict.fromkeys(name for pod in pods for name in pull_secret_names(pod)):
            if _is_lost(name, subject) and _unserved(name, pods, subject):
                yield owner, name


def _is_lost(name: str, subject: CheckedNamespace) -> bool:
    secret = subject.secret(name)
    return secret is None or bool(registries_of(secret).malformed)


def _unserved(name: str, pods: Sequence[Object], subject: CheckedNamespace) -> tuple[str, ...]:
    """The images of the pods that list a secret, for which no other secret of the list has a key."""
    lists = dict.fromkeys((pull_secret_names(pod), images_of(pod)) for pod in pods)
    found = (_without_key(images, names, subject) for names, images in lists if name in names)
    return tuple(dict.fromkeys(image for images in found for image in images))


def _without_key(images: Sequence[str], names: Sequence[str], subject: CheckedNamespace) -> Sequence[str]:
    """The images for which none of these secrets has a key; all of them if one secret is malformed."""
    secrets = [subject.secret(name) or {} for name in names]
    if any(registries_of(secret).malformed for secret in secrets):
        return images
    keys = [key for secret in secrets for key in keys_of(secret)]
    return [image for image in images if not matching_keys(keys, image)]


def _copied_or_created(subject: CheckedNamespace, match: Match) -> FixOrAdvice:
    words = without_entry(match.secret_name, match.subject, subject.namespace)
    if words := words or finished(match.secret_name, subject):
        return words
    if remedy := copied_from_source(match.secret_name, subject):
        return remedy
    images = _unserved(match.secret_name, subject.pods_by_owner[match.subject], subject)
    return creating(match.secret_name, registries_of_images(images), Flag("-n", subject.namespace))


def _repaired(subject: CheckedNamespace, match: Match) -> SuggestedCommand | None:
    secret = subject.secret(match.secret_name)
    return None if secret is None else recreated_in_place(secret)


POD_RULES: tuple[Rule[CheckedNamespace], ...] = (
    Rule(
        code="PS601",
        severity=Severity.WARNING,
        title="Running pods reference a missing secret",
        explanation=(
            "Nothing happens until a container restarts. From Kubernetes 1.35 on, the kubelet then checks whether the "
            "pod may use the image on the node, and the restart fails (KubeletEnsureSecretPulledImages); with earlier "
            "versions it fails on another node."
        ),
        condition=_missing,
        fix=_copied_or_created,
    ),
    Rule(
        code="PS602",
        severity=Severity.WARNING,
        title="Running pods reference a malformed secret",
        explanation="As with PS601, the pods run, but the next start of a container needs the secret.",
        condition=_unreadable,
        fix=_repaired,
        advice="recreate the secret with all its entries; one that is not a pull secret needs another name",
    ),
)
