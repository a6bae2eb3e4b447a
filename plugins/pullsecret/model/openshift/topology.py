"""Which kind of OpenShift a cluster is, and so which secret --global means there.

Sources: openshift/api config/v1 types_infrastructure.go (controlPlaneTopology, platformStatus) and
types_cluster_version.go; hypershift docs/content/how-to/common/global-pull-secret.md; ibm-cloud-docs/openshift
registry.md and satellite-registry-pull-secret.md; the labels of nodes: storage-cos-install.md and update.md there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from pullsecret.errors import PullSecretError
from pullsecret.model.objects.objects import mapping_at, mappings_at, text_at
from pullsecret.model.openshift.global_secrets import (
    ADDITIONAL_PULL_SECRET,
    GLOBAL_PULL_SECRET,
    MERGED_PULL_SECRET,
    ORIGINAL_PULL_SECRET,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.objects.objects import Object

_EXTERNAL: Final = "External"
_IBM_CLOUD_PLATFORM: Final = "IBMCloud"

IBM_PROVIDER: Final = "ibm-cloud.kubernetes.io/iaas-provider"
"""The label with which IBM Cloud tells classic infrastructure from VPC."""

_MANAGED_LABELS: Final = (
    IBM_PROVIDER,
    "ibm-cloud.kubernetes.io/worker-pool-id",
    "ibm-cloud.kubernetes.io/worker-version",
)
"""Labels of the workers that IBM Cloud manages. ibm-cloud.kubernetes.io/worker-id is none of them: the CSI driver for
block storage requires it on other nodes, too (ibm-cloud-docs/openshift storage-block-vpc-unmanaged.md)."""

_UNTOLD_PLATFORMS: Final = frozenset({"", "None"})
"""What Infrastructure says where the platform is of no concern, which may be anywhere."""


class ClusterKind(Enum):
    """How a cluster brings its global pull secret to the nodes; the value is the word of JSON output."""

    SELF_MANAGED = "MachineConfigOperator"
    HOSTED = "HostedControlPlane"
    IBM_CLOUD = "RedHatOpenShiftOnIBMCloud"
    NOT_OPENSHIFT = "NotOpenShift"
    UNKNOWN = "Unknown"


_SECRETS: Final = {
    ClusterKind.SELF_MANAGED: GLOBAL_PULL_SECRET,
    ClusterKind.HOSTED: ADDITIONAL_PULL_SECRET,
    ClusterKind.IBM_CLOUD: GLOBAL_PULL_SECRET,
}


@dataclass(frozen=True, kw_only=True)
class TopologyFacts:
    """What was read of a cluster. None is what does not exist or could not be read; `unread` tells the latter.

    Attributes:
        is_openshift: whether the server serves config.openshift.io; None if it does not tell.
        infrastructure: infrastructures.config.openshift.io/cluster.
        cluster_version: clusterversions.config.openshift.io/version.
        nodes: all nodes, their metadata at least.
        has_original: whether kube-system/original-pull-secret exists.
        unread: what could not be read, in the server's words: `nodes is forbidden: User "x" cannot list ...`.
    """

    is_openshift: bool | None
    infrastructure: Object | None = None
    cluster_version: Object | None = None
    nodes: tuple[Object, ...] | None = None
    has_original: bool | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Topology:
    """A cluster's kind, its version as (major, minor), None if unknown, and what could not be read.

    `unread` explains ClusterKind.UNKNOWN; for another kind it only tells what else is not known.
    """

    kind: ClusterKind
    version: tuple[int, int] | None = None
    platform: str = ""
    unread: tuple[str, ...] = ()

    @property
    def secret(self) -> tuple[str, str] | None:
        """The namespace and name of the secret that --global means; None where there is none, or it is not known."""
        return _SECRETS.get(self.kind)

    @property
    def all_secrets(self) -> tuple[tuple[str, str], ...]:
        """The secrets that the global one is made of, that one first; none where there is none, or it is not known."""
        if self.kind is ClusterKind.HOSTED:
            return ADDITIONAL_PULL_SECRET, ORIGINAL_PULL_SECRET, MERGED_PULL_SECRET
        return (self.secret,) if self.secret else ()


def key_of_global_secret(topology: Topology) -> tuple[str, str]:
    """The namespace and name of the secret that --global means.

    Raises:
        PullSecretError: the cluster has none, or it is not known which one it is.
    """
    if topology.secret is not None:
        return topology.secret
    if topology.kind is ClusterKind.NOT_OPENSHIFT:
        raise PullSecretError("--global requires OpenShift; this cluster does not serve config.openshift.io")
    reasons = "; ".join(topology.unread) or "the cluster does not say how it is managed (infrastructures/cluster)"
    raise PullSecretError(f"cannot tell which secret is the global pull secret: {reasons}")


def topology_of(facts: TopologyFacts) -> Topology:
    """What the facts say; a kind only where they leave no other."""
    infrastructure = facts.infrastructure or {}
    return Topology(
        kind=_kind_of(facts),
        version=_version_of(facts.cluster_version or {}),
        platform=text_at(infrastructure, "status", "platformStatus", "type"),
        unread=facts.unread,
    )


def _kind_of(facts: TopologyFacts) -> ClusterKind:
    if facts.is_openshift is False:
        return ClusterKind.NOT_OPENSHIFT
    if facts.is_openshift is None:
        return ClusterKind.UNKNOWN
    infrastructure = facts.infrastructure or {}
    control_plane = text_at(infrastructure, "status", "controlPlaneTopology")
    platform = text_at(infrastructure, "status", "platformStatus", "type")
    is_ibm_cloud = platform == _IBM_CLOUD_PLATFORM and control_plane == _EXTERNAL
    if is_ibm_cloud or any(is_managed_by_ibm(node) for node in facts.nodes or ()):
        return ClusterKind.IBM_CLOUD
    if facts.nodes is None and (not control_plane or (control_plane == _EXTERNAL and platform in _UNTOLD_PLATFORMS)):
        return ClusterKind.UNKNOWN
    if control_plane == _EXTERNAL or facts.has_original:
        return ClusterKind.HOSTED
    # A control plane of its own is the machine-config-operator's, as long as nothing contradicts.
    return ClusterKind.SELF_MANAGED if control_plane else ClusterKind.UNKNOWN


def is_managed_by_ibm(node: Object) -> bool:
    """Whether a node is a worker of IBM Cloud's Kubernetes Service, which Satellite's are, too."""
    labels = mapping_at(node, "metadata", "labels")
    return any(label in labels for label in _MANAGED_LABELS)


def _version_of(cluster_version: Object) -> tuple[int, int] | None:
    """The last version that an update was completed to, else the one that is wanted."""
    history = mappings_at(cluster_version, "status", "history")
    completed = [text_at(item, "version") for item in history if text_at(item, "state") == "Completed"]
    return _numbers_of((*completed, text_at(cluster_version, "status", "desired", "version")))


def _numbers_of(versions: Sequence[str]) -> tuple[int, int] | None:
    for version in versions:
        major, _, rest = version.partition(".")
        minor = rest.partition(".")[0]
        if major.isascii() and major.isdecimal() and minor.isascii() and minor.isdecimal():
            return int(major), int(minor)
    return None
