"""Mirrors of an OpenShift cluster, by its own kinds: CRI-O does not send pod pull secrets to them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from documents import items_in
from objects import docker_config_secret, named, pod, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from program import Program

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
DIGEST = f"sha256:{'a' * 64}"


def definition(group: str, plural: str, kind: str, version: str) -> Object:
    """A cluster-scoped kind that takes any object."""
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"}
    versions = [{"name": version, "served": True, "storage": True, "schema": schema}]
    body = named("CustomResourceDefinition", f"{plural}.{group}", apiVersion="apiextensions.k8s.io/v1")
    return {**body, "spec": {"group": group, "scope": "Cluster", "names": names, "versions": versions}}


KINDS = {
    "imageDigestMirrors": ("config.openshift.io", "imagedigestmirrorsets", "ImageDigestMirrorSet", "v1"),
    "imageTagMirrors": ("config.openshift.io", "imagetagmirrorsets", "ImageTagMirrorSet", "v1"),
    "repositoryDigestMirrors": (
        "operator.openshift.io",
        "imagecontentsourcepolicies",
        "ImageContentSourcePolicy",
        "v1alpha1",
    ),
}


@pytest.fixture
def openshift(api: Api) -> Iterator[Api]:
    """The cluster with OpenShift's kinds of mirrors, for as long as the test lasts."""
    for group, plural, kind, version in KINDS.values():
        api.request("POST", DEFINITIONS, definition(group, plural, kind, version))
        path = f"/apis/{group}/{version}/{plural}"
        until(lambda: is_served(api, path), path)  # noqa: B023
    yield api
    for group, plural, _, _ in KINDS.values():
        api.request("DELETE", f"{DEFINITIONS}/{plural}.{group}")


def is_served(api: Api, path: str) -> bool:
    try:
        return "items" in api.request("GET", path)
    except Exception as error:  # noqa: BLE001  not served yet
        return not str(error)


def node_with(api: Api, runtime: str) -> str:
    """A node without a kubelet, with this container runtime."""
    name = f"crio-{secrets.token_hex(3)}"
    api.create(named("Node", name))
    info = dict.fromkeys(
        ("architecture", "bootID", "kernelVersion", "kubeProxyVersion", "kubeletVersion", "machineID", "osImage"), "x"
    )
    info |= {"operatingSystem": "linux", "systemUUID": "x", "containerRuntimeVersion": runtime}
    api.patch("Node", name, {"status": {"nodeInfo": info}}, subresource="status")
    return name


def waiting_pod(api: Api, namespace: str, name: str, image: str, node: str, message: str) -> None:
    api.create(pod(name, image, node, pull_secrets=["good"]), namespace)
    waiting = {"waiting": {"reason": "ErrImagePull", "message": message}}
    status = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    api.patch("Pod", name, {"status": {"containerStatuses": [status]}}, namespace, subresource="status")


def test_mirror_that_gets_no_pull_secret_is_the_cause_on_cri_o_and_not_on_containerd(
    openshift: Api, pullsecret: Program, namespace: str
) -> None:
    host = f"reg-{secrets.token_hex(3)}.example"
    images = {
        "imageDigestMirrors": f"{host}/digests/app@{DIGEST}",
        "imageTagMirrors": f"{host}/tags/app:1",
        "repositoryDigestMirrors": f"{host}/policies/app@{DIGEST}",
    }
    for field, (group, plural, kind, version) in KINDS.items():
        source = images[field].partition("/app")[0]
        rule = {"source": source, "mirrors": ["mirror.example:5000/all"]}
        body = named(kind, "ours", apiVersion=f"{group}/{version}", spec={field: [rule]})
        openshift.request("POST", f"/apis/{group}/{version}/{plural}", body)
    openshift.create(docker_config_secret("good", {host: registry_entry()}), namespace)
    crio, containerd = node_with(openshift, "cri-o://1.33.1"), node_with(openshift, "containerd://2.1.4")
    for number, image in enumerate(images.values()):
        said = "reading manifest 1 in mirror.example:5000/all: unauthorized: authentication required"
        waiting_pod(openshift, namespace, f"crio-{number}", image, crio, said)
        waiting_pod(openshift, namespace, f"containerd-{number}", image, containerd, said)

    result = pullsecret("doctor", "-n", namespace, "-o", "json", expect=1)

    found = {
        pod_name: item for item in items_in(result.stdout) for owner in item["owners"] for pod_name in owner["pods"]
    }
    for number, (_, _, kind, _) in enumerate(KINDS.values()):
        mirrored = found[f"crio-{number}"]
        assert mirrored["cause"] == "MirrorWithoutSecret"
        assert mirrored["text"].startswith(
            f"{kind}/ours redirects pulls from {host} to mirror.example:5000/all, and CRI-O"
        )
        assert (mirrored["commands"], mirrored["recovery"]) == ([], "Manual")
        assert "openshift-config/pull-secret" in mirrored["advice"]
        assert found[f"containerd-{number}"]["cause"] == "CredentialsRejected"
    for name in (crio, containerd):
        openshift.delete("Node", name)
