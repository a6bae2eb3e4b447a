"""Which waiting pods new entries of the global pull secret help, and which they do not."""

from __future__ import annotations

from pullsecret.model.openshift.helped_pods import HelpedPods, helped_pods
from pullsecret.model.openshift.topology import ClusterKind
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.node_effects import helped_lines

IMAGE = "cp.icr.io/cp/appc/ace:1"


def pod(name: str, image: str = IMAGE, *, reason: str = "ImagePullBackOff", node: str = "node-1") -> dict[str, object]:
    owner = {"kind": "ReplicaSet", "apiVersion": "apps/v1", "name": "web-5d9", "controller": True}
    return {
        "metadata": {
            "name": name,
            "namespace": "team-a",
            "labels": {"pod-template-hash": "5d9"},
            "ownerReferences": [owner],
        },
        "spec": {"nodeName": node, "containers": [{"name": "app", "image": image}]},
        "status": {"containerStatuses": [{"name": "app", "state": {"waiting": {"reason": reason}}}]},
    }


def test_pods_whose_image_has_an_entry_now_are_counted_by_their_owner() -> None:
    pods = [pod("web-1"), pod("web-2"), pod("other", "quay.io/acme/web:1"), pod("running", reason="CrashLoopBackOff")]

    assert helped_pods(pods, ["cp.icr.io"]) == (
        HelpedPods(namespace="team-a", owner="deployment/web", image=IMAGE, pods=("web-1", "web-2")),
    )


def test_entry_for_another_path_helps_no_pod() -> None:
    assert helped_pods([pod("web-1")], ["cp.icr.io/other", "icr.io"]) == ()


def mirror_set(mirror: str, policy: str = "AllowContactingSource") -> dict[str, object]:
    rule = {"source": "quay.io/acme", "mirrors": [mirror], "mirrorSourcePolicy": policy}
    return {"metadata": {"name": "mirrors"}, "spec": {"imageTagMirrors": [rule]}}


def test_entry_for_a_mirror_of_the_image_helps() -> None:
    pods = [pod("web-1", "quay.io/acme/web:1")]

    assert helped_pods(pods, ["mirror.example:5000"], mirrors=[mirror_set("mirror.example:5000/acme")])
    assert not helped_pods(pods, ["mirror.example:5000"])


def test_entry_for_a_registry_that_is_never_contacted_helps_no_pod() -> None:
    pods, mirrors = [pod("web-1", "quay.io/acme/web:1")], [mirror_set("mirror.example", "NeverContactSource")]

    assert not helped_pods(pods, ["quay.io"], mirrors=mirrors)
    assert helped_pods(pods, ["quay.io"], mirrors=[mirror_set("mirror.example")])


def test_image_without_a_valid_name_has_no_entry() -> None:
    assert not helped_pods([pod("web-1", "quay.io/Acme/web:1")], ["quay.io"])


def test_pod_on_a_node_that_does_not_get_the_change_is_told_apart() -> None:
    found = helped_pods([pod("web-1"), pod("web-2", node="node-2")], ["cp.icr.io"], {"node-2"})

    assert [(item.pods, item.obstacle) for item in found] == [
        (("web-1",), ""),
        (("web-2",), "its node does not get the change"),
    ]


def test_malformed_pull_secret_of_the_pod_stops_it_all_the_same() -> None:
    found = helped_pods([pod("web-1", reason="illegal base64 data at input byte 4")], ["cp.icr.io"])

    assert found[0].obstacle == "the kubelet cannot parse a pull secret that the pod lists, which stops every pull"


def test_lines_say_when_a_pod_tries_again_and_what_to_run_where_it_does_not_help() -> None:
    found = helped_pods([pod("web-1"), pod("web-2"), pod("web-3", node="node-2")], ["cp.icr.io"], {"node-2"})

    assert list(helped_lines(found, ClusterKind.SELF_MANAGED, CommandStyle())) == [
        (
            f"note: deployment/web (2 pods) in namespace team-a is waiting for {IMAGE} and will try again once its "
            "node has the change, within about 5 minutes"
        ),
        (
            f"warning: deployment/web in namespace team-a is waiting for {IMAGE} and will not recover: its node "
            "does not get the change"
        ),
        "  kubectl pullsecret doctor -n team-a",
    ]


def test_workers_of_ibm_cloud_must_be_reloaded_or_replaced_first() -> None:
    lines = list(helped_lines(helped_pods([pod("web-1")], ["*.icr.io"]), ClusterKind.IBM_CLOUD, CommandStyle()))

    assert "will try again once its worker is reloaded or replaced" in lines[0]


def test_many_owners_are_counted() -> None:
    found = tuple(
        HelpedPods(namespace=f"team-{number}", owner="pod/x", image=IMAGE, pods=("x",)) for number in range(23)
    )

    assert (
        list(helped_lines(found, ClusterKind.HOSTED, CommandStyle()))[-1]
        == "... and 3 more workloads with waiting pods"
    )
