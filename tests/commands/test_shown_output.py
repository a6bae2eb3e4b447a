"""The output that the documents show is the program's: each block after `<!-- output: NAME -->`, on a real cluster.

`KUBECTL_PULLSECRET_UPDATE_GOLDEN=1` with one pytest process writes what the program prints now into the documents.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api
from control_plane.node import Node
from control_plane.plane import ControlPlane
from control_plane.waiting import until
from kubeconfig.proxyserver import ProxyServer
from objects import all_icr_io, deployment, docker_config_secret, made_up_password, pod, registry_entry
from program import Program
from shown_output import VARYING, assert_shown
from terminal_user import session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ibmcloud_api.setup import CloudSetup
    from registry.registry_setup import Registries

pytestmark = pytest.mark.source


CART = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: cart
imagePullSecrets:
  - name: icr
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
spec:
  template:
    spec:
      serviceAccountName: cart
      containers:
        - name: cart
          image: us.icr.io/acme/cart:7
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
            - name: report
              image: us.icr.io/acme/report:2
"""
"""A service account with a secret that does not exist, and a cron job of the default one."""


class Scene:
    """A cluster of IBM Cloud with a node, whose registries accept the key of all-icr-io, and commands in it."""

    def __init__(self, plane: ControlPlane, node: Node, api: Api, directory: Path) -> None:
        self.node, self.api, self.directory = node, api, directory
        self._numbers = count(1)
        programs = (str(Path(sys.executable).parent), str(plane.kubectl.parent), os.environ["PATH"])
        self.program = Program(["kubectl", "pullsecret"], directory, plane.admin_kubeconfig)
        self.variables = {"PATH": os.pathsep.join(programs)}
        key = made_up_password()
        node.accept("iamapikey", key)
        api.create(all_icr_io(key), "default")

    def run(self, command: str, more: Mapping[str, str] | None = None) -> str:
        """Run a command in a shell, with more variables if given, and return it with its output."""
        environment = self.program.environment(env=self.variables | dict(more or {}))
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return f"$ {command}\n{done.stdout}"

    def namespace(self, *pull_secrets: str) -> str:
        """Create a namespace, as long as `team-a`, whose default service account lists these secrets."""
        name = f"team-{next(self._numbers)}"
        self.api.create({"kind": "Namespace", "metadata": {"name": name}})
        self.api.wait_for("ServiceAccount", "default", name)
        self.api.patch(
            "ServiceAccount", "default", {"imagePullSecrets": [{"name": secret} for secret in pull_secrets]}, name
        )
        return name

    def waiting_deployment(self, namespace: str, replicas: int = 1) -> None:
        """Create a deployment, and wait until its pods cannot pull their image."""
        template = pod("web", "us.icr.io/acme/web:1", self.node.name)
        self.api.create(deployment("web", template, replicas), namespace)
        until(lambda: self._failing(namespace) == replicas, "pods that cannot pull", within=60)

    def _failing(self, namespace: str) -> int:
        found = self.api.list("Pod", namespace)
        return sum("ImagePull" in json.dumps(item.get("status", {}).get("containerStatuses", [])) for item in found)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A cluster for this module alone, so that namespaces can have the names of the documents."""
    with ControlPlane() as plane, Node(plane.access) as node, Api(plane.access) as api:
        yield Scene(plane, node, api, tmp_path_factory.mktemp("scene"))


def test_copy_and_create_print_what_the_documents_show(scene: Scene) -> None:
    team, other = scene.namespace(), scene.namespace()
    scene.waiting_deployment(team)
    (scene.directory / "key.json").write_text(json.dumps({"apikey": made_up_password()}))
    names = {team: "team-a", other: "team-b"}

    copied = scene.run(f"kubectl pullsecret copy all-icr-io --to {team} --attach")
    created = scene.run(f"kubectl pullsecret create icr --icr us,de --password-file key.json -n {other} --attach")

    assert_shown("copy", copied, names)
    assert_shown("create", created, names)


def test_check_prints_what_the_documents_show(scene: Scene) -> None:
    team, other = scene.namespace(), scene.namespace("all-icr-io")
    scene.api.create(docker_config_secret("regcred", {"https://us.icr.io/v2": registry_entry("iamapikey")}), team)

    checked = scene.run(f"kubectl pullsecret check -n {team},{other}")

    assert_shown("check", checked, {team: "team-a", other: "team-b"})


def test_describe_prints_what_the_documents_show(scene: Scene) -> None:
    team, other = scene.namespace(), scene.namespace()
    entries = {
        "us.icr.io": registry_entry("iamapikey", made_up_api_key()),
        "ghcr.io": registry_entry("bot", made_up_pat()),
    }
    scene.api.create(docker_config_secret("regcred", entries), team)
    scene.run(f"kubectl pullsecret copy regcred --from {team} --to {other}")
    scene.run(f"kubectl pullsecret attach regcred -n {team}")
    scene.api.create(deployment("web", pod("web", "x", scene.node.name, pull_secrets=["regcred"]), 0), team)

    described = scene.run(f"kubectl pullsecret describe regcred -n {team}")

    assert_shown("describe", described, {team: "team-a", other: "team-b"})


def test_create_with_a_service_id_prints_what_the_documents_show(scene: Scene, cloud_setup: CloudSetup) -> None:
    team = scene.namespace()
    cloud_setup.registry.tokens.delay = 2
    words = "--icr us --service-id prod-team-a-id --create-service-id --registry-namespace team-a"

    shown = [scene.run(f"kubectl pullsecret create icr {words} -n {team} --attach", cloud_setup.environment())]
    shown += [scene.run(f"kubectl pullsecret create icr {words} -n {team} --attach", cloud_setup.environment())]

    identity = cloud_setup.cloud.identity
    (service_id,), (key,) = identity.service_ids, identity.keys
    names = {
        team: "team-a",
        service_id: "ServiceId-5d0b3c1e-7f2a-4c1b-9e55-3a1f0c2d4b6e",
        key: "ApiKey-9a3e7c55-1b2c-4d8f-8a44-6f0e2b7c9d10",
    }
    assert_shown("service_id", shown[0], names)
    assert_shown("service_id_again", shown[1], names)


def made_up_api_key() -> str:
    """A text of the shape of an API key of IBM Cloud."""
    return secrets.token_urlsafe(33)[:44]


def made_up_pat() -> str:
    """A text of the shape of GitHub's personal access tokens."""
    return f"ghp_{secrets.token_hex(18)}"


def test_verify_prints_what_the_documents_show(scene: Scene, registries: Registries) -> None:
    team = scene.namespace()
    entry = registry_entry("puller", registries.password)
    scene.api.create(docker_config_secret("regcred", {"registry.example.com": entry}), team)
    images = ("registry.example.com/acme/app:1", "registry.example.com/acme/app:2", "registry.example.org/acme/app:1")
    for number, image in enumerate(images):
        scene.api.create(pod(f"app-{number}", image, scene.node.name, imagePullSecrets=[{"name": "regcred"}]), team)

    with ProxyServer(registries.basic.port) as proxy:
        trust = f"HTTPS_PROXY=http://127.0.0.1:{proxy.port} SSL_CERT_FILE={registries.authority.certificate.path}"
        verified = scene.run(f"env {trust} kubectl pullsecret verify -n {team}")

    assert_shown("verify", verified.replace(f"env {trust} ", ""), {team: "team-a"})


def test_can_pull_prints_what_the_documents_show(scene: Scene, registries: Registries) -> None:
    team = scene.namespace()
    host = registries.basic.host
    scene.api.create(docker_config_secret("regcred", {host: registry_entry("puller", registries.password)}), team)
    scene.api.create(deployment("web", pod("web", "us.icr.io/acme/web:1", scene.node.name)), team)
    until(lambda: scene.api.list("Pod", team), "a pod")
    (scene.directory / "cart.yaml").write_text(CART)
    trust = f"SSL_CERT_FILE={registries.authority.certificate.path}"
    names = {team: "team-a", host: "registry.example.com"}

    image = scene.run(f"kubectl pullsecret can-pull us.icr.io/acme/web:1 -n {team}")
    scene.run(f"kubectl pullsecret copy all-icr-io --to {team} --attach")
    workload = scene.run(f"kubectl pullsecret can-pull deployment/web -n {team}")
    file = scene.run(f"kubectl pullsecret can-pull -f cart.yaml -n {team}")
    scene.run(f"kubectl pullsecret attach regcred -n {team}")
    images = f"{host}/acme/app:1 {host}/acme/gone:1"
    asked = scene.run(f"env {trust} kubectl pullsecret can-pull {images} -n {team} --verify")

    assert_shown("can_pull_image", image, names)
    assert_shown("can_pull_workload", workload, names)
    assert_shown("can_pull_file", file, names)
    assert_shown("can_pull_verify", asked.replace(f"env {trust} ", ""), names)


def test_doctor_prints_what_the_documents_show(scene: Scene) -> None:
    team = scene.namespace()
    scene.waiting_deployment(team, replicas=2)
    names = {team: "team-a"}

    pods = scene.run(f"kubectl get pods -n {team}")
    diagnosed = scene.run(f"kubectl pullsecret doctor -n {team}")
    flags = ("doctor", "-n", team, "--fix")
    fixed = session(scene.program, *flags, question="[y/N] ", typed="y\n", env=scene.variables, whole=True)
    scene.run(f"kubectl rollout status deployment/web -n {team} --timeout=60s")
    until(lambda: len(scene.api.list("Pod", team)) == 2, "the old pods to be gone")
    after = scene.run(f"kubectl get pods -n {team}")

    assert_shown("pods", pods, names)
    assert_shown("doctor", diagnosed, names)
    diagnosis = diagnosed.partition("\n")[2].splitlines()
    new = [line for line in fixed.screen.replace("\r", "").splitlines() if not _is_in(line, diagnosis)]
    assert_shown("fix", "\n".join((f"$ kubectl pullsecret {' '.join(flags)}", "...", *new, after)), names)


def _is_in(line: str, lines: Sequence[str]) -> bool:
    return VARYING.sub("", line) in {VARYING.sub("", one) for one in lines}
