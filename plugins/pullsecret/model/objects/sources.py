"""Where credentials for a namespace may be taken from: from itself, and from `default`.

Marks that say where a copy came from can be forged by anyone who may write a secret, so they open no other namespace.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import mapping_at, name_of

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

SHARED_NAMESPACE = "default"
"""Where IBM Cloud creates all-icr-io, and where most clusters keep the pull secret that they share."""

_SYSTEM = re.compile(r"kube-.*|openshift(?:-.*)?")
_ACCOUNT_TOKEN = re.compile(r".+-dockercfg-[a-z0-9]+")
_TOKEN_MARKS = ("openshift.io/", "kubernetes.io/service-account.")


def gives_to(source: str, namespace: str) -> bool:
    """Whether a namespace's pull secrets may be copied into another one, or attached in it."""
    return source in (namespace, SHARED_NAMESPACE)


def is_system_namespace(namespace: str) -> bool:
    """Whether a namespace belongs to Kubernetes or OpenShift, so that nothing in it is meant for others."""
    return bool(_SYSTEM.fullmatch(namespace))


def is_account_token(secret: Object) -> bool:
    """Whether a secret holds a service account's token for OpenShift's internal registry."""
    annotations = mapping_at(secret, "metadata", "annotations")
    return bool(_ACCOUNT_TOKEN.fullmatch(name_of(secret))) or any(key.startswith(_TOKEN_MARKS) for key in annotations)
