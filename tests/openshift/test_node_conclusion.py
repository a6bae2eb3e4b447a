"""What is said about the nodes after a change of the global pull secret, read from real kinds of OpenShift."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from objects import made_up_jwt, pod, rule
from openshift.global_secret import entries_of_red_hat, machine_config_pool, machine_configs, of_kind, secrets_in
from pullsecret.cluster import connect
from pullsecret.cluster.openshift import read_topology
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.pipeline.node_conclusion import conclude_on_nodes
from rights import Grant
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from rights import Rights

pytestmark = pytest.mark.source

IMAGE = "cp.icr.io/cp/appc/ace:1"
LABEL = "hypershift.openshift.io/nodepool-globalps-enabled"
CURRENT = "machineconfiguration.openshift.io/currentConfig"


def concluded(kubeconfig: Path, *keys: str) -> list[str]:
    """What is said after entries under these keys were written."""
    flags = ConnectionFlags(kubeconfig=str(kubeconfig))
    with closing(connect(flags, environ={})) as cluster:
        conclusion = conclude_on_nodes(cluster, read_topology(cluster), keys, CommandStyle())
    return list(conclusion.lines)


@contextmanager
def nodes(openshift: OpenShift, *made: Object) -> Iterator[None]:
    """While the block lasts, the cluster has these nodes."""
    try:
        for node in made:
            openshift.api.create(node)
        yield
    finally:
        for node in made:
            openshift.api.delete("Node", node["metadata"]["name"])


def node(name: str, *, labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None) -> Object:
    return {"kind": "Node", "metadata": {"name": name, "labels": labels or {}, "annotations": annotations or {}}}


@contextmanager
def waiting_pods(openshift: OpenShift, namespace: str, places: dict[str, str]) -> Iterator[None]:
    """While the block lasts, these pods wait for their image, as their nodes would say; by name the node."""
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": "denied"}}
    status = {"name": "main", "image": IMAGE, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    try:
        for name, node_name in places.items():
            openshift.api.create(pod(name, IMAGE, node_name), namespace)
            change = {"status": {"containerStatuses": [status]}}
            openshift.api.patch("Pod", name, change, namespace, subresource="status")
        yield
    finally:
        for name in places:
            openshift.api.delete("Pod", name, namespace)


def test_machine_configs_tell_the_policy_the_pools_and_the_pods_that_wait(
    openshift: OpenShift, projects: Namespaces
) -> None:
    (project,) = projects(1)
    pools = (machine_config_pool("worker", paused=True), machine_config_pool("master"))
    made = [
        node("paused-1", annotations={CURRENT: "rendered-worker-0123456789abcdef"}),
        node("updated-1", annotations={CURRENT: "rendered-master-0123456789abcdef"}),
    ]

    places = {"first": "updated-1", "second": "paused-1"}

    with (
        of_kind(openshift),
        machine_configs(openshift, *pools),
        nodes(openshift, *made),
        waiting_pods(openshift, project, places),
    ):
        lines = concluded(openshift.kubeconfig, "cp.icr.io")

    assert lines == [
        (
            "note: the Machine Config Operator writes the global pull secret to /var/lib/kubelet/config.json on every "
            "node without draining or rebooting it; the kubelet reads it again within 5 minutes"
        ),
        (
            "warning: machineconfigpool/worker (3 nodes) is paused: its nodes get the change, and all others "
            "that are pending, only when it is resumed"
        ),
        "note: all nodes of a pool have it when the pool is UPDATED again:",
        "  kubectl get machineconfigpools",
        (
            f"note: pod/first in namespace {project} is waiting for {IMAGE} and will try again once its node has the "
            "change, within about 5 minutes"
        ),
        (
            f"warning: pod/second in namespace {project} is waiting for {IMAGE} and will not recover: its node does "
            "not get the change"
        ),
        f"  kubectl pullsecret doctor -n {project}",
    ]


def test_policy_that_reboots_is_told(openshift: OpenShift) -> None:
    with of_kind(openshift), machine_configs(openshift, actions=({"type": "Reboot"},)):
        lines = concluded(openshift.kubeconfig)

    assert "on every node, and drains and reboots it, as the node disruption policy" in lines[0]
    assert lines[0].startswith("warning: ")


def test_version_tells_where_there_is_no_policy_yet(openshift: OpenShift) -> None:
    with of_kind(openshift, version="4.14.30"):
        before = concluded(openshift.kubeconfig)
    with of_kind(openshift, version="4.18.1"):
        since = concluded(openshift.kubeconfig)

    assert "without draining or rebooting it" in before[0]
    assert "whether it drains or reboots the nodes is not known" in since[0]


def test_hosted_control_plane_counts_the_nodes_with_the_syncer(openshift: OpenShift) -> None:
    made = [node("synced-1", labels={LABEL: "true"}), node("plain-1")]

    with of_kind(openshift, control_plane="External"), nodes(openshift, *made):
        lines = concluded(openshift.kubeconfig)

    assert "and restarts the kubelet on 1 of " in lines[0]
    assert "plain-1" in lines[1]


def test_ibm_cloud_names_the_workers_to_replace(openshift: OpenShift) -> None:
    labels = {"ibm-cloud.kubernetes.io/iaas-provider": "g2", "ibm-cloud.kubernetes.io/worker-id": "kube-x-1"}

    with of_kind(openshift, control_plane="External", platform="IBMCloud"), nodes(openshift, node("w1", labels=labels)):
        lines = concluded(openshift.kubeconfig)

    assert any("after being replaced (workers kube-x-1)" in line for line in lines)
    assert "  ibmcloud oc worker replace --cluster=CLUSTER --worker=WORKER" in lines


def test_what_may_not_be_read_is_said(openshift: OpenShift, os_restricted: Rights) -> None:
    reading = rule("get", "infrastructures", "cluster", group="config.openshift.io")
    with of_kind(openshift), machine_configs(openshift):
        lines = concluded(os_restricted(Grant(reading)), "cp.icr.io")

    said = "\n".join(lines)
    assert "machineconfigurations.operator.openshift.io" in said
    assert "note: not allowed to list pods in all namespaces; which waiting pods it helps is not known" in said


def test_names_of_waiting_pods_of_other_images_are_not_shown(openshift: OpenShift, projects: Namespaces) -> None:
    (project,) = projects(1)
    somewhere = {"first": "somewhere"}
    with of_kind(openshift), machine_configs(openshift), waiting_pods(openshift, project, somewhere):
        lines = concluded(openshift.kubeconfig, "quay.io/acme")

    assert not any(project in line for line in lines)


def test_output_shown_of_the_nodes(openshift: OpenShift, os_pullsecret: Program, projects: Namespaces) -> None:
    (project,) = projects(1)
    pools = (machine_config_pool("worker"), machine_config_pool("gpu", paused=True, machines=2))
    words = "create --global --registry cp.icr.io --username cp --password-env ENTITLEMENT_KEY --yes"
    config = {("openshift-config", "pull-secret"): entries_of_red_hat()}

    with (
        of_kind(openshift),
        machine_configs(openshift, *pools),
        secrets_in(openshift, config),
        waiting_pods(openshift, project, {"ace": "worker-1"}),
    ):
        done = os_pullsecret(*words.split(), env={"ENTITLEMENT_KEY": made_up_jwt()})

    assert_shown("global_nodes", f"$ kubectl pullsecret {words}\n{done.stdout}{done.stderr}", {project: "team-a"})
