"""Mirrors by OpenShift's own kinds: what doctor and check say of secrets for images that nodes pull from mirrors."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from documents import items_in
from objects import docker_config_secret, named, pod, registry_entry, rule, service_account
from rights import Grant
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from rights import Rights

DIGEST = f"sha256:{'a' * 64}"
MIRROR = "mirror.example:5000/all"
KINDS = {
    "imageDigestMirrors": ("config.openshift.io/v1", "imagedigestmirrorsets", "ImageDigestMirrorSet"),
    "imageTagMirrors": ("config.openshift.io/v1", "imagetagmirrorsets", "ImageTagMirrorSet"),
    "repositoryDigestMirrors": (
        "operator.openshift.io/v1alpha1",
        "imagecontentsourcepolicies",
        "ImageContentSourcePolicy",
    ),
}
CONFIG = ("config.openshift.io/v1", "criocredentialproviderconfigs")
SAID = f"reading manifest 1 in {MIRROR}: unauthorized: authentication required"
MARK = {"openshift.io/internal-registry-pull-secret-ref": "builder-dockercfg-x"}


class Scene:
    """A project whose pods use a registry of their own, on nodes of both runtimes; and what the test adds."""

    def __init__(self, openshift: OpenShift, namespace: str) -> None:
        self.openshift, self.api, self.namespace = openshift, openshift.api, namespace
        self.host = f"reg-{secrets.token_hex(3)}.example"
        self.api.create(docker_config_secret("good", {self.host: registry_entry()}), namespace)
        builder = service_account("builder")
        self.api.create({**builder, "metadata": {**builder["metadata"], "annotations": MARK}}, namespace)
        self.crio, self.containerd = self.node("cri-o://1.33.1"), self.node("containerd://2.1.4")
        self.made: list[tuple[str, str, str]] = []

    def node(self, runtime: str) -> str:
        """A node without a kubelet, with this container runtime."""
        name = f"node-{secrets.token_hex(3)}"
        self.api.create(named("Node", name))
        keys = ("architecture", "bootID", "kernelVersion", "kubeProxyVersion", "kubeletVersion", "machineID", "osImage")
        info = dict.fromkeys(keys, "x")
        info |= {"operatingSystem": "linux", "systemUUID": "x", "containerRuntimeVersion": runtime}
        self.api.patch("Node", name, {"status": {"nodeInfo": info}}, subresource="status")
        return name

    def mirror(self, field: str, source: str, *, never: bool = False, name: str = "") -> None:
        """Mirrors for a part of the registry, as the server takes them."""
        group, plural, kind = KINDS[field]
        name = name or f"ours-{secrets.token_hex(3)}"
        policy = {"mirrorSourcePolicy": "NeverContactSource"} if never else {}
        spec = {field: [{"source": source, "mirrors": [MIRROR], **policy}]}
        self.openshift.apply(group, plural, named(kind, name, spec=spec))
        self.made.append((group, plural, name))

    def serve(self, *patterns: str) -> None:
        """Let the secrets of namespaces serve the mirrors of these images."""
        status = {"conditions": [{"type": "MachineConfigRendered", "status": "True"}]}
        body = named("CRIOCredentialProviderConfig", "cluster", spec={"matchImages": list(patterns)}, status=status)
        group, plural = CONFIG
        self.openshift.apply(group, plural, {key: body[key] for key in ("kind", "metadata", "spec")})
        self.made.append((group, plural, "cluster"))
        found = self.openshift.find(group, plural, "cluster")
        path = f"/apis/{group}/{plural}/cluster"
        self.api.request("PUT", path, {**(found or {}), "status": status})

    def pod(self, name: str, image: str, node: str, state: Object) -> None:
        self.api.create(pod(name, image, node, pull_secrets=["good"]), self.namespace)
        runtime = "cri-o" if node == self.crio else "containerd"
        status = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": state}
        status |= {"containerID": f"{runtime}://{'4f' * 32}"} if "running" in state else {}
        phase = {"phase": "Running"} if "running" in state else {}
        wanted = {"status": {"containerStatuses": [status], **phase}}
        self.api.patch("Pod", name, wanted, self.namespace, subresource="status")

    def waiting(self, name: str, image: str, node: str) -> None:
        """A pod whose image a mirror refuses."""
        self.pod(name, image, node, {"waiting": {"reason": "ErrImagePull", "message": SAID}})

    def running(self, name: str, image: str, node: str) -> None:
        """A pod that runs."""
        self.pod(name, image, node, {"running": {"startedAt": "2026-11-20T00:00:00Z"}})

    def diagnosed(self, pullsecret: Program) -> dict[str, Object]:
        """What doctor finds, by the names of the pods."""
        result = pullsecret("doctor", "-n", self.namespace, "-o", "json", expect=1)
        return {name: item for item in items_in(result.stdout) for owner in item["owners"] for name in owner["pods"]}

    def end(self) -> None:
        for group, plural, name in self.made:
            self.openshift.remove(group, plural, name)
        for name in (self.crio, self.containerd):
            self.api.delete("Node", name)


@pytest.fixture
def scene(openshift: OpenShift, projects: Namespaces) -> Iterator[Scene]:
    made = Scene(openshift, projects(1)[0])
    yield made
    made.end()


@pytest.fixture
def global_secret(openshift: OpenShift) -> Iterator[None]:
    """The global pull secret with an entry for the mirror."""
    openshift.api.create(
        docker_config_secret("pull-secret", {"mirror.example:5000": registry_entry()}), "openshift-config"
    )
    yield
    openshift.api.delete("Secret", "pull-secret", "openshift-config")


def test_mirror_that_gets_no_pull_secret_is_the_cause_on_cri_o_and_not_on_containerd(
    scene: Scene, os_pullsecret: Program
) -> None:
    images = {
        "imageDigestMirrors": f"{scene.host}/digests/app@{DIGEST}",
        "imageTagMirrors": f"{scene.host}/tags/app:1",
        "repositoryDigestMirrors": f"{scene.host}/policies/app@{DIGEST}",
    }
    for number, (field, image) in enumerate(images.items()):
        scene.mirror(field, image.partition("/app")[0])
        scene.waiting(f"crio-{number}", image, scene.crio)
        scene.waiting(f"containerd-{number}", image, scene.containerd)

    found = scene.diagnosed(os_pullsecret)

    for number, field in enumerate(images):
        mirrored = found[f"crio-{number}"]
        assert mirrored["cause"] == "MirrorWithoutSecret"
        assert mirrored["text"].startswith(f"{KINDS[field][2]}/ours-")
        assert f"redirects pulls from {scene.host} to {MIRROR}, and CRI-O" in mirrored["text"]
        command = "kubectl pullsecret create --global --registry=mirror.example:5000 --username=USER"
        assert mirrored["commands"] == [command]
        assert "global pull secret, with which every pod can pull" in mirrored["advice"]
        assert found[f"containerd-{number}"]["cause"] == "CredentialsRejected"


def test_output_shown_of_a_mirror(scene: Scene, os_pullsecret: Program) -> None:
    scene.mirror("imageTagMirrors", scene.host, name="acme")
    scene.waiting("app", f"{scene.host}/acme/app:1", scene.crio)

    result = os_pullsecret("doctor", "-n", scene.namespace, expect=1)

    shown = f"$ kubectl pullsecret doctor -n {scene.namespace}\n{result.stdout}"
    names = {scene.namespace: "team-a", scene.host: "reg.example.com"}
    assert_shown("doctor_mirror", shown, names)


def test_mirror_for_which_the_nodes_have_credentials(scene: Scene, os_pullsecret: Program, global_secret: None) -> None:
    assert global_secret is None
    scene.mirror("imageTagMirrors", scene.host)
    scene.waiting("app", f"{scene.host}/app:1", scene.crio)

    found = scene.diagnosed(os_pullsecret)["app"]

    assert found["commands"] == []
    assert (
        "(openshift-config/pull-secret) has an entry for mirror.example:5000/all: the nodes send that"
        in (found["advice"])
    )


def test_doctor_says_what_it_may_not_read_of_mirrors(
    scene: Scene, os_pullsecret: Program, os_restricted: Rights, global_secret: None
) -> None:
    assert global_secret is None
    scene.mirror("imageTagMirrors", scene.host)
    scene.waiting("app", f"{scene.host}/app:1", scene.crio)
    here = Grant(*(rule("list", kind) for kind in ("secrets", "serviceaccounts", "pods")), namespace=scene.namespace)
    nodes = rule("get", "nodes")
    mirrors = tuple(
        rule("list", plural, group=group.partition("/")[0])
        for group, plural in (CONFIG, *(kind[:2] for kind in KINDS.values()))
    )

    few = os_pullsecret("doctor", "-n", scene.namespace, kubeconfig=os_restricted(here, Grant(nodes)), expect=1)
    more = os_pullsecret(
        "doctor", "-n", scene.namespace, kubeconfig=os_restricted(here, Grant(nodes, *mirrors)), expect=1
    )

    assert "not allowed to list imagedigestmirrorsets, imagetagmirrorsets, imagecontentsourcepolicies" in few.stderr
    assert "note: not allowed to read the global pull secret" in more.stderr
    assert "create --global --registry=mirror.example:5000" in more.stdout


def test_mirror_that_the_secrets_of_the_namespace_serve(scene: Scene, os_pullsecret: Program) -> None:
    scene.mirror("imageTagMirrors", scene.host)
    scene.serve(f"{scene.host}/app")
    scene.waiting("app", f"{scene.host}/app:1", scene.crio)
    scene.waiting("other", f"{scene.host}/other:1", scene.crio)

    found = scene.diagnosed(os_pullsecret)

    create = "kubectl pullsecret create mirror-example-5000 --registry=mirror.example:5000 --username=USER -n"
    assert found["app"]["commands"] == [f"{create} {scene.namespace}"]
    assert 'service account "default" must be allowed to list secrets' in found["app"]["advice"]
    assert "--global" in found["other"]["commands"][0]


def test_check_names_secrets_that_are_never_sent(scene: Scene, os_pullsecret: Program, os_restricted: Rights) -> None:
    scene.mirror("imageTagMirrors", scene.host, never=True)
    scene.running("app", f"{scene.host}/app:1", scene.crio)
    place = ("-n", scene.namespace)

    found = items_in(os_pullsecret("check", *place, "-o", "json", expect=None).stdout)
    described = os_pullsecret("describe", "good", *place)
    rules = (rule("list", kind) for kind in ("secrets", "serviceaccounts", "pods"))
    few = os_restricted(Grant(*rules, namespace=scene.namespace))
    blind = os_pullsecret("check", *place, kubeconfig=few, expect=None)

    finding = next(item for item in found if item["code"] == "PS604")
    assert (finding["severity"], finding["subject"]) == ("info", "secret/good")
    assert f"is for {scene.host}/app:1, which the nodes pull from {MIRROR} only (ImageTagMirrorSet/" in json.dumps(
        finding
    )
    assert "PS604" in described.stdout
    assert "PS604" not in blind.stdout
    assert "note: not allowed to list imagedigestmirrorsets, imagetagmirrorsets" in blind.stderr
    scene.serve(scene.host)
    assert "PS604" not in os_pullsecret("check", *place, expect=None).stdout


def test_check_of_pods_on_containerd_reads_no_mirrors(scene: Scene, os_pullsecret: Program) -> None:
    scene.mirror("imageTagMirrors", scene.host, never=True)
    scene.running("app", f"{scene.host}/app:1", scene.containerd)

    result = os_pullsecret("check", "-n", scene.namespace, "-v=6", expect=None)

    assert "PS604" not in result.stdout
    assert "mirrorsets" not in result.stderr
