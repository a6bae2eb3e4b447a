"""Where credentials for a namespace may be taken from: itself, namespaces that the user names, and `default`.

The owner of a secret decides with an annotation whom it is for. On a secret in `default` it takes the place of "all
namespaces"; on any other it allows a command to paste, and nothing automatic: a user who may write a secret may write
its annotations, too. Marks that say where a copy came from open no namespace at all.
"""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.model.objects.generated_secrets import is_account_token
from pullsecret.model.objects.objects import mapping_at, namespace_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from pullsecret.model.objects.objects import Object

SHARED_NAMESPACE = "default"
"""Where IBM Cloud creates all-icr-io, and where most clusters keep the pull secret that they share."""

SYSTEM_NAMESPACES = "kube-.*|openshift(-.*)?|ibm-system|ibm-operators|ibm-cert-store|calico-.*|tigera-operator"
"""The names of system namespaces, as a regular expression for the whole name, in Python as in Go and CEL."""

_SYSTEM = re.compile(SYSTEM_NAMESPACES)


SHARE_WITH = "kubectl-pullsecret/share-with"
"""The annotation with the namespaces that a secret is for, as patterns: `team-*,tools`; "" for no other namespace."""


class SourceStanding(Enum):
    """What a secret is to a namespace that needs credentials, the nearest first; the value is the one in -o json."""

    OWN = "own"
    CHOSEN = "from"
    SHARED = "default"
    OFFERED = "shared"
    FOREIGN = "other"


def standing_of(secret: Object, namespace: str, chosen: Collection[str] = ()) -> SourceStanding | None:
    """What a secret is to a namespace; None where it is not even named: OpenShift's tokens, and what systems own.

    Args:
        secret: the secret, of any namespace.
        namespace: where credentials are needed.
        chosen: the namespaces that the user allows as sources.
    """
    home = namespace_of(secret)
    if is_account_token(secret) or (home != namespace and is_system_namespace(home)):
        return None
    if home == namespace:
        return SourceStanding.OWN
    is_allowed = is_shared_with(secret, namespace)
    if home in chosen and is_allowed is not False:
        return SourceStanding.CHOSEN
    if home == SHARED_NAMESPACE and is_allowed is not False:
        return SourceStanding.SHARED
    return SourceStanding.OFFERED if is_allowed else SourceStanding.FOREIGN


def gives_to(secret: Object, namespace: str, chosen: Collection[str] = ()) -> bool:
    """Whether a secret may be taken for a namespace without asking anyone."""
    return standing_of(secret, namespace, chosen) in (SourceStanding.OWN, SourceStanding.CHOSEN, SourceStanding.SHARED)


def is_offered_to(secret: Object, namespace: str) -> bool:
    """Whether a command to paste may copy a secret into a namespace."""
    return standing_of(secret, namespace) in (SourceStanding.OWN, SourceStanding.SHARED, SourceStanding.OFFERED)


def is_shared_with(secret: Object, namespace: str) -> bool | None:
    """What a secret's owner says about a namespace; None if nothing."""
    patterns = mapping_at(secret, "metadata", "annotations").get(SHARE_WITH)
    return _matches(patterns, namespace) if isinstance(patterns, str) else None


@lru_cache(maxsize=4096)
def _matches(patterns: str, namespace: str) -> bool:
    translated = patterns.replace("[^", "[!")  # as in the patterns of the target flags
    return any(fnmatchcase(namespace, pattern.strip()) for pattern in translated.split(","))


def is_system_namespace(namespace: str) -> bool:
    """Whether a namespace belongs to Kubernetes, OpenShift or IBM Cloud's services.

    Nothing in it is meant for others, and nothing is put there unless it is named.
    """
    return bool(_SYSTEM.fullmatch(namespace))
