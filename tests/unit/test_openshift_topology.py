"""Which kind of OpenShift a cluster is, by what it says about itself and by the labels of its nodes."""

from __future__ import annotations

import pytest

from pullsecret.errors import PullSecretError
from pullsecret.model.openshift.topology import (
    ClusterKind,
    Topology,
    TopologyFacts,
    key_of_global_secret,
    topology_of,
)

CONFIG = ("openshift-config", "pull-secret")
ADDITIONAL = ("kube-system", "additional-pull-secret")
FORBIDDEN = 'nodes is forbidden: User "dev" cannot list resource "nodes" in API group "" at the cluster scope'


def infrastructure(control_plane: str, platform: str = "AWS") -> dict[str, object]:
    return {"status": {"controlPlaneTopology": control_plane, "platformStatus": {"type": platform}}}


def node(**labels: str) -> dict[str, object]:
    return {"metadata": {"labels": {f"ibm-cloud.kubernetes.io/{key}": value for key, value in labels.items()}}}


PLAIN: tuple[dict[str, object], ...] = ({"metadata": {"labels": {"kubernetes.io/os": "linux"}}}, {"metadata": {}})
CLASSIC = (node(**{"iaas-provider": "softlayer", "worker-version": "4.17.3_1546_openshift"}),)


@pytest.mark.parametrize(
    ("control_plane", "platform", "nodes", "has_original", "kind"),
    [
        ("HighlyAvailable", "AWS", PLAIN, False, ClusterKind.SELF_MANAGED),
        ("SingleReplica", "None", PLAIN, False, ClusterKind.SELF_MANAGED),
        ("HighlyAvailableArbiter", "BareMetal", PLAIN, None, ClusterKind.SELF_MANAGED),
        # A self-managed cluster on IBM Cloud, whose nodes got a label for the driver of block storage.
        ("HighlyAvailable", "IBMCloud", (node(**{"worker-id": "w1"}),), False, ClusterKind.SELF_MANAGED),
        # Nodes may not be listed: only a control plane that runs elsewhere leaves a doubt.
        ("HighlyAvailable", "AWS", None, None, ClusterKind.SELF_MANAGED),
        ("External", "AWS", None, None, ClusterKind.HOSTED),
        ("External", "", None, True, ClusterKind.UNKNOWN),
        ("External", "None", None, True, ClusterKind.UNKNOWN),
        ("External", "IBMCloud", None, None, ClusterKind.IBM_CLOUD),
        ("External", "AWS", PLAIN, True, ClusterKind.HOSTED),
        ("External", "KubeVirt", PLAIN, False, ClusterKind.HOSTED),
        ("External", "None", (), True, ClusterKind.HOSTED),
        ("", "", PLAIN, True, ClusterKind.HOSTED),
        # Workers that IBM Cloud manages, whatever Infrastructure says.
        ("External", "IBMCloud", CLASSIC, True, ClusterKind.IBM_CLOUD),
        ("External", "None", (node(**{"worker-pool-id": "p"}),), True, ClusterKind.IBM_CLOUD),
        ("", "", CLASSIC, False, ClusterKind.IBM_CLOUD),
        ("", "", PLAIN, False, ClusterKind.UNKNOWN),
        ("", "", None, None, ClusterKind.UNKNOWN),
    ],
)
def test_kind_follows_from_infrastructure_nodes_and_the_secret_of_a_hosted_control_plane(
    control_plane: str,
    platform: str,
    nodes: tuple[dict[str, object], ...] | None,
    has_original: bool | None,
    kind: ClusterKind,
) -> None:
    facts = TopologyFacts(
        is_openshift=True,
        infrastructure=infrastructure(control_plane, platform),
        nodes=nodes,
        has_original=has_original,
    )

    assert topology_of(facts).kind is kind


def test_group_that_is_not_served_is_no_openshift_even_with_nodes_of_ibm_cloud() -> None:
    facts = TopologyFacts(is_openshift=False, nodes=CLASSIC)

    assert topology_of(facts).kind is ClusterKind.NOT_OPENSHIFT


def test_server_that_does_not_tell_its_groups_leaves_it_unknown() -> None:
    assert topology_of(TopologyFacts(is_openshift=None, nodes=CLASSIC)).kind is ClusterKind.UNKNOWN


def test_openshift_without_infrastructure_is_unknown() -> None:
    assert topology_of(TopologyFacts(is_openshift=True, nodes=PLAIN)).kind is ClusterKind.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        (ClusterKind.SELF_MANAGED, CONFIG),
        (ClusterKind.IBM_CLOUD, CONFIG),
        (ClusterKind.HOSTED, ADDITIONAL),
    ],
)
def test_kind_tells_which_secret_is_the_global_one(kind: ClusterKind, secret: tuple[str, str]) -> None:
    topology = Topology(kind=kind)

    assert topology.secret == secret
    assert key_of_global_secret(topology) == secret


def test_cluster_without_global_secret_is_refused_in_one_line() -> None:
    with pytest.raises(PullSecretError, match=r"^--global requires OpenShift; this cluster does not serve config"):
        key_of_global_secret(Topology(kind=ClusterKind.NOT_OPENSHIFT))


def test_unknown_cluster_is_refused_with_what_could_not_be_read() -> None:
    with pytest.raises(PullSecretError) as caught:
        key_of_global_secret(Topology(kind=ClusterKind.UNKNOWN, unread=(FORBIDDEN,)))

    assert str(caught.value) == f"cannot tell which secret is the global pull secret: {FORBIDDEN}"


def test_unknown_cluster_without_refused_reads_says_what_is_missing() -> None:
    with pytest.raises(
        PullSecretError, match=r"the cluster does not say how it is managed \(infrastructures/cluster\)"
    ):
        key_of_global_secret(Topology(kind=ClusterKind.UNKNOWN))


@pytest.mark.parametrize(
    ("status", "version"),
    [
        ({"history": [{"state": "Completed", "version": "4.17.9"}], "desired": {"version": "4.17.9"}}, (4, 17)),
        # In the middle of an update the nodes still are what the last completed one made them.
        (
            {
                "history": [{"state": "Partial", "version": "4.17.1"}, {"state": "Completed", "version": "4.16.40"}],
                "desired": {"version": "4.17.1"},
            },
            (4, 16),
        ),
        ({"desired": {"version": "4.21.0-0.nightly-2026-01-01-000000"}}, (4, 21)),
        ({"desired": {"version": "x.y"}}, None),
        ({}, None),
    ],
)
def test_version_is_that_of_the_last_completed_update(
    status: dict[str, object], version: tuple[int, int] | None
) -> None:
    facts = TopologyFacts(
        is_openshift=True, infrastructure=infrastructure("HighlyAvailable"), cluster_version={"status": status}
    )

    assert topology_of(facts).version == version
