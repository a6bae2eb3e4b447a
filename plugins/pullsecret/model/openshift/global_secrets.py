"""Where OpenShift keeps the credentials that the nodes send for every pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.objects.generated_secrets import check_not_generated
from pullsecret.model.objects.objects import name_of, namespace_of

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

GLOBAL_PULL_SECRET: Final = ("openshift-config", "pull-secret")
"""Rendered to /var/lib/kubelet/config.json of each node (machine-config-operator: docs/PullSecret.md)."""

ORIGINAL_PULL_SECRET: Final = ("kube-system", "original-pull-secret")
ADDITIONAL_PULL_SECRET: Final = ("kube-system", "additional-pull-secret")
MERGED_PULL_SECRET: Final = ("kube-system", "global-pull-secret")
"""In a cluster with a hosted control plane: the operator merges the additional one under the original one, whose
entries win, into the third (hypershift: docs/content/how-to/common/global-pull-secret.md)."""

SECRETS_OF_NODES: Final = (GLOBAL_PULL_SECRET, MERGED_PULL_SECRET, ORIGINAL_PULL_SECRET, ADDITIONAL_PULL_SECRET)
"""The secrets whose credentials the nodes of OpenShift send for every pod, by namespace and name."""

TELEMETRY_HOST: Final = "cloud.openshift.com"
"""Where a cluster reports to with its entry; no registry."""

REQUIRED_HOSTS: Final = (TELEMETRY_HOST, "quay.io", "registry.connect.redhat.com", "registry.redhat.io")
"""The entries that a cluster needs for updates, telemetry and Red Hat's images: never removed, never changed."""

RELEASE_PATH: Final = "quay.io/openshift-release-dev"
"""Where OpenShift's releases are, which a cluster pulls to update itself: an entry for this path would be used for them
instead of that of quay.io."""


def is_of_nodes(secret: Object) -> bool:
    """Whether a secret is the global pull secret, or one that it is made of."""
    return (namespace_of(secret), name_of(secret)) in SECRETS_OF_NODES


def check_not_global(secret: Object, what: str) -> None:
    """Refuse the global pull secret where a command would write it like any other; `what` begins the sentence.

    Without the entries that it has, a cluster can neither pull its own images nor update itself.

    Raises:
        RefusedError: it is one of the secrets that the nodes get, which no flag but --global allows to change.
    """
    if is_of_nodes(secret):
        raise RefusedError(
            f"{what} is the global pull secret of the nodes, and is changed with --global only",
            hint="create, copy, entitled and rotate take --global, and keep all other entries",
        )


def check_not_openshifts(secret: Object, what: str) -> None:
    """Refuse what belongs to OpenShift: a secret that it generated, and the global pull secret.

    Raises:
        RefusedError: it is one of them.
    """
    check_not_generated(secret, what)
    check_not_global(secret, what)
