"""Credentials that nodes add to those of a pod: those of OpenShift's global pull secret.

The kubelet tries them after all credentials of the pod that match (kubernetes: pkg/kubelet/images/image_manager.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.images.keyring import credentials_for
from pullsecret.model.openshift.global_secrets import SECRETS_OF_NODES

if TYPE_CHECKING:
    from pullsecret.model.can_pull.facts import ImageQuestion
    from pullsecret.model.objects.objects import Object


def secret_of_nodes(question: ImageQuestion) -> Object | None:
    """The first part of the cluster's global pull secret with credentials for the image; None where none is known."""
    held = (question.facts.evidence.elsewhere.get(key) for key in SECRETS_OF_NODES)
    return next((secret for secret in held if secret is not None and _serves(secret, question.image.image)), None)


def _serves(secret: Object, image: str) -> bool:
    return any(item.entry.has_password for item in credentials_for([secret], image).credentials)
