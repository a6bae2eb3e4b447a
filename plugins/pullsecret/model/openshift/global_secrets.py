"""Where OpenShift keeps the credentials that the nodes send for every pod."""

from __future__ import annotations

from typing import Final

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
