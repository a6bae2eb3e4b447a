"""Stories that users of OpenShift reported, to the end: doctor's advice, what its owner runs, and the pod that pulls.

The registry of the images is a real one that asks the API server, with the token that the kubelet sent, whether its
account may pull: the role decides.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

import pytest
from pasting_shell import Answers, PastingShell

from control_plane.waiting import until
from objects import deployment, docker_config_secret, made_up_password, pod, registry_entry
from openshift.cluster import INTERNAL_HOST
from openshift.generated_secret import allow_own_project, generate_secret
from openshift.internal_registry import InternalRegistry, NodeThatAsks
from program import Program
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Api, Object
    from control_plane.node import Node
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from registry.registry_setup import Registries
    from rights import Rights

pytestmark = pytest.mark.source


@pytest.fixture
def registry(openshift: OpenShift, registries: Registries, tmp_path: Path) -> Iterator[InternalRegistry]:
    """The internal registry of the cluster."""
    with InternalRegistry(openshift.plane.access, tmp_path / "internal", registries.authority) as running:
        yield running


@pytest.fixture
def node(os_node: Node, registry: InternalRegistry) -> Iterator[Node]:
    """A node whose pulls from the internal registry are decided by it."""
    with NodeThatAsks(os_node, registry, INTERNAL_HOST):
        yield os_node


class Story:
    """A project with a deployment `web` that waits for an image, and who runs commands about it."""

    def __init__(self, api: Api, node: Node, project: str, program: Program) -> None:
        self.api, self.node, self.project, self.program = api, node, project, program

    def deploy(self, image: str) -> None:
        self.api.create(deployment("web", pod("web", image, self.node.name)), self.project)
        until(lambda: "ImagePullBackOff" in str(self.pods()), "a pod that waits for its image")

    def pods(self) -> list[Object]:
        return self.api.list("Pod", self.project)

    def objects(self) -> list[Object]:
        """All that a command could write: secrets, service accounts and the workload."""
        kinds = ("Secret", "ServiceAccount", "RoleBinding")
        web = self.api.read("Deployment", "web", self.project)["spec"]
        return [*(item for kind in kinds for item in self.api.list(kind, self.project)), web]

    def fixes(self) -> list[str]:
        """The lines that doctor prints as what to do."""
        return re.findall(r"^  Fix: +(.*)$", self.doctor(), re.MULTILINE)

    def doctor(self) -> str:
        return self.program("doctor", "-n", self.project, expect=1).stdout

    def assert_nothing_is_fixed(self) -> None:
        before = self.objects()
        self.program("doctor", "-n", self.project, "--fix", "--yes", "--wait=0", expect=None)
        assert self.objects() == before

    def wait_for_pull(self) -> tuple[str, str]:
        """Wait for a running pod, and return the credentials with which the kubelet pulled its image."""
        until(lambda: [seen for seen in self.pods() if seen["status"].get("phase") == "Running"], "a pod", within=90)
        last = self.node.records(self.project)[-1]
        return last.user, last.password


def token_of(api: Api, name: str, project: str) -> tuple[str, str]:
    entry = json.loads(docker_config(api.read("Secret", name, project)))[INTERNAL_HOST]
    return entry["username"], entry["password"]


def docker_config(secret: Object) -> str:
    return base64.b64decode(secret["data"][".dockercfg"]).decode()


@pytest.fixture
def answers() -> Answers:
    return Answers(api_key=made_up_password(), entitlement_key=made_up_password(), password=made_up_password())


def pasted(line: str, program: Program, kubectl: Program, directory: Path, answers: Answers) -> str:
    """Run a printed line in a shell as the user of a program's kubeconfig; returns its output."""
    directory.mkdir()
    with PastingShell(program, kubectl, directory, answers) as shell:
        result = shell(line)
    assert result.status == 0, result
    return result.stdout


def as_user(program: Program, kubeconfig: Path) -> Program:
    return Program(program.command, program.home, kubeconfig)


def test_image_of_another_project_is_pulled_once_its_owner_has_run_the_printed_line(
    openshift: OpenShift,
    registry: InternalRegistry,
    node: Node,
    projects: Namespaces,
    os_pullsecret: Program,
    os_kubectl: Program,
    os_restricted: Rights,
    tmp_path: Path,
    answers: Answers,
) -> None:
    """Case 1: with the image of another project, what lacks is a role, and no secret helps."""
    api = openshift.api
    build, prod = projects(2)
    registry.push(f"{build}/web")
    for project in (build, prod):
        allow_own_project(api, project)
    own = generate_secret(api, prod, "default")
    generate_secret(api, build, "default")
    story = Story(api, node, prod, os_pullsecret)
    story.deploy(f"{INTERNAL_HOST}/{build}/web:1")

    said = f"$ kubectl pullsecret doctor -n {prod}\n{story.doctor()}"
    assert_shown("another_project", said, {build: "build", prod: "prod"})
    (fix,) = story.fixes()
    asking, _, line = fix.partition(": ")
    assert asking == f"ask the owner of project {build} to allow it"
    assert line == f"kubectl pullsecret allow-pull --from={build} -n {prod} --serviceaccount=default"
    assert "copy" not in story.doctor()
    story.assert_nothing_is_fixed()

    owner = as_user(os_pullsecret, os_restricted.printed(os_pullsecret, line.split()[2:], namespace=build))
    said = pasted(line, owner, os_kubectl, tmp_path / "owner", answers)

    assert said == f"rolebinding/pullsecret-image-puller-{prod} created in namespace {build}\n"
    assert_shown("allow_pull", f"$ {line}\n{said}", {build: "build", prod: "prod"})
    assert "ask the owner" not in os_pullsecret("doctor", "-n", prod, expect=None).stdout
    assert story.wait_for_pull() == token_of(api, own, prod)
    assert os_pullsecret("doctor", "-n", prod).stdout == ""
    assert [item["metadata"]["name"] for item in api.list("Secret", prod)] == [own]
    for name, words in (("image_grants", f"list -n {build}"), ("allow_pull_revoke", f"{line[19:]} --revoke")):
        shown = os_pullsecret(*words.split())
        text = f"$ kubectl pullsecret {words}\n{shown.stdout}{shown.stderr}"
        assert_shown(name, text, {build: "build", prod: "prod"})


def test_image_of_the_project_is_pulled_once_its_account_has_its_secret(
    openshift: OpenShift,
    registry: InternalRegistry,
    node: Node,
    projects: Namespaces,
    os_pullsecret: Program,
    os_kubectl: Program,
    tmp_path: Path,
    answers: Answers,
) -> None:
    """Case 4: the pod was created before OpenShift had given its account a secret."""
    api = openshift.api
    lib, other = projects(2)
    registry.push(f"{lib}/app")
    for project in (lib, other):
        allow_own_project(api, project)
    generate_secret(api, other, "default")
    story = Story(api, node, lib, os_pullsecret)
    story.deploy(f"{INTERNAL_HOST}/{lib}/app:1")

    (fix,) = story.fixes()
    assert fix == (
        "wait: OpenShift creates and renews the pull secret of a service account on its own; restart the workload once "
        "it is there"
    )
    story.assert_nothing_is_fixed()

    own = generate_secret(api, lib, "default")
    (line,) = story.fixes()
    assert line == f"kubectl -n {lib} rollout restart deployment/web"
    pasted(line, os_pullsecret, os_kubectl, tmp_path / "owner", answers)

    assert story.wait_for_pull() == token_of(api, own, lib)


def test_global_pull_secret_is_never_copied_and_a_secret_of_the_projects_own_works(
    openshift: OpenShift,
    os_node: Node,
    projects: Namespaces,
    os_pullsecret: Program,
    os_kubectl: Program,
    tmp_path: Path,
    answers: Answers,
) -> None:
    """Case 2: the nodes send the global pull secret already, so a copy would help nobody and show it to everyone."""
    api = openshift.api
    (project,) = projects(1)
    hosts = ("cloud.openshift.com", "quay.io", "registry.connect.redhat.com", "registry.redhat.io")
    entries = {host: registry_entry(f"of-{host}") for host in hosts}
    made = api.create(docker_config_secret("pull-secret", entries), "openshift-config")
    try:
        story = Story(api, os_node, project, os_pullsecret)
        story.deploy("quay.io/acme/private:1")

        found = story.doctor()
        (line,) = story.fixes()
        assert "(openshift-config/pull-secret) has an entry for quay.io: the nodes send it already" in found
        assert line == (
            f"kubectl pullsecret create quay-io --registry=quay.io --username=USER --attach -n {project} "
            f"&& kubectl -n {project} rollout restart deployment/web"
        )
        story.assert_nothing_is_fixed()

        os_node.accept(answers.username, answers.password)
        pasted(line, os_pullsecret, os_kubectl, tmp_path / "owner", answers)

        assert story.wait_for_pull() == (answers.username, answers.password)
        assert api.read("Secret", "pull-secret", "openshift-config") == made
        assert [item["metadata"]["name"] for item in api.list("Secret", project)] == ["quay-io"]
    finally:
        api.delete("Secret", "pull-secret", "openshift-config")
