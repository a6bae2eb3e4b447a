"""What the nodes do once the global pull secret is changed, by what the cluster says about itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pullsecret.model.openshift.node_effects import NodeFacts, effects_on_nodes, unreached_nodes
from pullsecret.model.openshift.topology import ClusterKind, Topology
from pullsecret.model.request.suggested_command import CommandStyle, typed

FILE = "/var/lib/kubelet/config.json"
WRITES = f"the Machine Config Operator writes the global pull secret to {FILE} on every node"
QUIET = f"{WRITES} without draining or rebooting it; the kubelet reads it again within 5 minutes"
POLICY = "as the node disruption policy in machineconfigurations/cluster specifies"
LABEL = "hypershift.openshift.io/nodepool-globalps-enabled"

Json = dict[str, object]


def facts(
    version: tuple[int, int] | None = (4, 18), *, policies: object = None, pools: tuple[Json, ...] = ()
) -> NodeFacts:
    configuration = {"status": {"nodeDisruptionPolicyStatus": {"clusterPolicies": {"files": policies}}}}
    return NodeFacts(
        topology=Topology(kind=ClusterKind.SELF_MANAGED, version=version),
        machine_configuration=configuration if policies is not None else None,
        pools=pools,
    )


def sentences(found: NodeFacts) -> list[str]:
    return [f"{'! ' if advice.is_warning else ''}{advice.text}" for advice in effects_on_nodes(found)]


def commands(found: NodeFacts) -> list[str]:
    return [typed(advice.command, CommandStyle()) for advice in effects_on_nodes(found) if advice.command]


DEFAULT = [{"path": FILE, "actions": [{"type": "None"}]}, {"path": "/etc/containers/policy.json", "actions": []}]


@pytest.mark.parametrize(
    ("version", "policies", "expected"),
    [
        ((4, 18), DEFAULT, QUIET),
        (None, DEFAULT, QUIET),
        ((4, 16), None, QUIET),
        ((4, 7), None, QUIET),
        ((4, 6), None, f"! {WRITES}, and drains and reboots it: OpenShift 4.6 does, 4.7 and later do not"),
        (
            (4, 18),
            [{"path": FILE, "actions": [{"type": "Reboot"}]}],
            f"! {WRITES}, and drains and reboots it, {POLICY}",
        ),
        (
            (4, 18),
            [
                {
                    "path": FILE,
                    "actions": [
                        {"type": "Drain"},
                        {"type": "DaemonReload"},
                        {"type": "Reload", "reload": {"serviceName": "crio.service"}},
                        {"type": "Restart", "restart": {"serviceName": "kubelet.service"}},
                    ],
                }
            ],
            (
                f"! {WRITES}, and drains it, reloads systemd's configuration, reloads crio.service and restarts "
                f"kubelet.service, {POLICY}"
            ),
        ),
        # The longest path that holds the file counts, and a file without a policy is worth a reboot.
        (
            (4, 18),
            [
                {"path": "/var/lib", "actions": [{"type": "Reboot"}]},
                {"path": "/var/lib/kubelet", "actions": [{"type": "None"}]},
            ],
            QUIET,
        ),
        (
            (4, 18),
            [{"path": "/etc/x", "actions": [{"type": "None"}]}],
            f"! {WRITES}, and drains and reboots it, {POLICY}",
        ),
        ((4, 18), [{"path": "/var/lib/kub", "actions": []}], f"! {WRITES}, and drains and reboots it, {POLICY}"),
    ],
)
def test_disruption_follows_the_policy_in_force(
    version: tuple[int, int] | None, policies: object, expected: str
) -> None:
    assert sentences(facts(version, policies=policies))[0] == expected


@pytest.mark.parametrize("version", [(4, 17), None])
def test_disruption_is_unknown_where_the_policy_cannot_be_read(version: tuple[int, int] | None) -> None:
    said = sentences(facts(version))[0]

    assert said.startswith(f"! {WRITES}; whether it drains or reboots the nodes is not known")
    assert said.endswith("the default is to do neither")


def pool(name: str, *, paused: bool = False, degraded: str = "False", count: int = 3) -> Json:
    return {
        "metadata": {"name": name},
        "spec": {"paused": paused},
        "status": {"machineCount": count, "conditions": [{"type": "Degraded", "status": degraded}]},
    }


def test_paused_and_degraded_pools_are_named_with_their_nodes() -> None:
    pools = (pool("worker", paused=True), pool("master"), pool("infra", degraded="True", count=1))

    assert sentences(facts(policies=DEFAULT, pools=pools))[1:3] == [
        "! machineconfigpool/infra (1 node) is degraded: its nodes may not get the change",
        (
            "! machineconfigpool/worker (3 nodes) is paused: its nodes get the change, and all others that are "
            "pending, only when it is resumed"
        ),
    ]


def test_nodes_with_an_image_that_the_cluster_built_may_be_rebooted_all_the_same() -> None:
    layered = node("a", annotations={"machineconfiguration.openshift.io/currentImage": "registry.example/os@sha256:0"})
    found = replace(facts(policies=DEFAULT), nodes=(layered, node("b")))

    assert sentences(found)[0] == QUIET
    assert sentences(found)[1].startswith("! 1 node with an operating system image built in the cluster")


def test_progress_is_that_of_the_pools() -> None:
    assert commands(facts(policies=DEFAULT)) == ["kubectl get machineconfigpools"]


def test_what_could_not_be_read_is_said() -> None:
    found = NodeFacts(topology=Topology(kind=ClusterKind.SELF_MANAGED, version=(4, 12)), unread=("pools is forbidden",))

    assert sentences(found)[-1] == "pools is forbidden; what that means for the nodes is not known"


def node(name: str, **metadata: object) -> Json:
    return {"metadata": {"name": name, **metadata}}


def configured(name: str, rendered: str) -> Json:
    return node(name, annotations={"machineconfiguration.openshift.io/currentConfig": rendered})


def test_nodes_of_a_paused_pool_are_not_reached() -> None:
    found = NodeFacts(
        topology=Topology(kind=ClusterKind.SELF_MANAGED),
        pools=(pool("gpu-nodes", paused=True), pool("worker")),
        nodes=(configured("a", "rendered-gpu-nodes-0123abc"), configured("b", "rendered-worker-9876fed"), node("c")),
    )

    assert unreached_nodes(found) == {"a"}


def hosted(nodes: tuple[Json, ...] | None) -> NodeFacts:
    return NodeFacts(topology=Topology(kind=ClusterKind.HOSTED), nodes=nodes)


def test_syncer_reaches_labeled_nodes_only() -> None:
    found = hosted((node("a", labels={LABEL: "true"}), node("b", labels={LABEL: "false"}), node("c")))

    assert sentences(found) == [
        f"daemonset/global-pull-secret-syncer writes it to {FILE} and restarts the kubelet on 1 of 3 nodes",
        (
            f"! 2 nodes without the label {LABEL}=true will not get the change (b, c): only nodes on AWS and Azure "
            "have the label, in NodePools that are upgraded by replacement"
        ),
        "the nodes have the change once the syncer is rolled out:",
    ]
    assert commands(found) == ["kubectl -n kube-system rollout status daemonset/global-pull-secret-syncer"]
    assert unreached_nodes(found) == {"b", "c"}


def test_no_node_of_a_hosted_control_plane_has_the_syncer() -> None:
    found = hosted(tuple(node(f"n{number}") for number in range(7)))

    assert len(sentences(found)) == 1
    assert sentences(found)[0].startswith(
        f"! 7 nodes without the label {LABEL}=true will not get the change (n0, n1, n2, n3, n4 and 2 more)"
    )


def test_unknown_nodes_of_a_hosted_control_plane_are_said_to_be_unknown() -> None:
    assert sentences(hosted(None))[0].endswith("which nodes these are is not known")


def worker(name: str, provider: str, *, system: str = "REDHAT_8_64", worker_id: str = "") -> Json:
    labels = {"ibm-cloud.kubernetes.io/iaas-provider": provider, "ibm-cloud.kubernetes.io/os": system}
    return node(name, labels={**labels, **({"ibm-cloud.kubernetes.io/worker-id": worker_id} if worker_id else {})})


def ibm_cloud(*nodes: Json) -> NodeFacts:
    return NodeFacts(topology=Topology(kind=ClusterKind.IBM_CLOUD), nodes=nodes)


@pytest.mark.parametrize(
    ("provider", "participle", "word"),
    [("softlayer", "reloaded", "reload"), ("g2", "replaced", "replace"), ("gc", "replaced", "replace")],
)
def test_worker_of_ibm_cloud_is_reloaded_or_replaced_by_its_infrastructure(
    provider: str, participle: str, word: str
) -> None:
    found = ibm_cloud(
        worker("10.0.0.1", provider, worker_id="kube-x-1"), worker("10.0.0.2", provider, worker_id="kube-x-2")
    )

    assert sentences(found)[0] == (
        f"! 2 nodes will have the change only after being {participle} (workers kube-x-1, kube-x-2); that stops their "
        "pods, so leave enough others running; with the cluster's name and a worker's ID:"
    )
    assert commands(found) == [
        f"ibmcloud oc worker {word} --cluster=CLUSTER --worker=WORKER",
        "ibmcloud oc worker ls --cluster=CLUSTER",
    ]


def test_worker_with_rhcos_gets_the_documentation_and_no_command() -> None:
    found = ibm_cloud(worker("10.0.0.1", "g2", system="RHCOS"))

    assert len(sentences(found)) == 1
    assert "1 node with RHCOS may not get the change; for these IBM describes another way" in sentences(found)[0]
    assert commands(found) == []


def test_satellite_gets_its_own_documentation() -> None:
    found = ibm_cloud(worker("host-1", "upi"))

    assert "topic=openshift-satellite-registry-pull-secret" in sentences(found)[0]


def test_unknown_workers_of_ibm_cloud_get_the_list_command() -> None:
    found = NodeFacts(topology=Topology(kind=ClusterKind.IBM_CLOUD))

    assert commands(found) == ["ibmcloud oc worker ls --cluster=CLUSTER"]


@pytest.mark.parametrize("kind", [ClusterKind.NOT_OPENSHIFT, ClusterKind.UNKNOWN])
def test_cluster_without_global_pull_secret_has_no_effects(kind: ClusterKind) -> None:
    assert effects_on_nodes(NodeFacts(topology=Topology(kind=kind))) == ()


def test_names_of_pools_and_nodes_cannot_end_a_line() -> None:
    pools = ({"metadata": {"name": "a\nb"}, "spec": {"paused": True}},)

    assert all("\n" not in sentence for sentence in sentences(facts(policies=DEFAULT, pools=pools)))
