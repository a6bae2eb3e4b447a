"""PS604: pull secrets for images that the nodes of OpenShift fetch from mirrors only, to which they are never sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.check.observed import images_of, pull_secret_names
from pullsecret.model.check.rule import Match, Rule, Severity, no_fix
from pullsecret.model.go.printable import printable
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.objects.pod import is_run_by_crio
from pullsecret.model.openshift.builds import is_of_openshift
from pullsecret.model.openshift.mirrors import mirroring_of, serves_mirrors
from pullsecret.model.plan.waiting_pods import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import CheckedNamespace
    from pullsecret.model.openshift.mirrors import Mirroring
    from pullsecret.model.plan.observed import ObservedNamespaces


def needs_mirrors(observed: ObservedNamespaces) -> bool:
    """Whether to read mirrors: the service accounts are OpenShift's, and CRI-O runs pods that have a pull secret."""
    pods = (pod for pod in observed.pods.present.values() if pull_secret_names(pod))
    return is_of_openshift(observed.accounts.present.values()) and any(map(is_run_by_crio, pods))


def _never_sent(subject: CheckedNamespace) -> Iterator[Match]:
    inventory = subject.inventory
    if not inventory.mirrors:
        return
    pods = (
        *inventory.observed.pods.in_namespace(subject.namespace),
        *inventory.pending.in_namespace(subject.namespace),
    )
    uses = dict.fromkeys((name, image) for pod in pods for name in pull_secret_names(pod) for image in images_of(pod))
    mirrored = {image: rules for image in dict.fromkeys(image for _, image in uses) if (rules := _only(image, subject))}
    for name in dict.fromkeys(name for name, image in uses if image in mirrored):
        matches = partial(matching_keys, keys_of(subject.secret(name) or {}))
        images = [image for other, image in uses if other == name and image in mirrored and matches(image)]
        if images:
            yield Match(message=_message(images, mirrored[images[0]]), subject=f"secret/{name}", secret_name=name)


def _only(image: str, subject: CheckedNamespace) -> Mirroring | None:
    """The rules for an image of which only mirrors on other hosts are contacted, with no secret of the namespace."""
    try:
        rules = mirroring_of(parsed_reference(image), subject.inventory.mirrors)
    except InvalidReferenceError:
        return None
    if rules is None or not rules.is_elsewhere or serves_mirrors(subject.inventory.node_credentials, image):
        return None
    return rules


def _message(images: list[str], rules: Mirroring) -> str:
    more = f" and {len(images) - 1} more" if len(images) > 1 else ""
    mirrors = ", ".join(map(printable, rules.mirrors))
    return (
        f"is for {printable(images[0])}{more}, which the nodes pull from {mirrors} only ({rules.holder}): "
        "CRI-O sends no pull secret to a mirror"
    )


NEVER_SENT: Rule[CheckedNamespace] = Rule(
    code="PS604",
    severity=Severity.INFO,
    title="Pull secret is never sent, because the nodes pull from mirrors only",
    explanation=(
        "An ImageDigestMirrorSet or ImageTagMirrorSet with NeverContactSource lets the nodes of OpenShift contact "
        "mirrors only. CRI-O sends a mirror on another host none of a pod's credentials, but those of the cluster's "
        "global pull secret. Where a CRIOCredentialProviderConfig matches the image, it sends those of the namespace's "
        "secrets as well, and there is no finding. The secret does no harm, and counts again where its registry is "
        "contacted."
    ),
    condition=_never_sent,
    fix=no_fix,
    advice="add the mirror's credentials to the cluster's global pull secret, if the mirror requires any",
)
