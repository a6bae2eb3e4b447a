"""`verify --in-cluster`: OpenShift contacts a real registry with a project's pull secrets, and stores nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from documents import document_in, items_in
from golden_files import assert_golden
from objects import docker_config_secret, encoded, made_up_password, registry_entry
from registry.answers import challenged, error, tokens
from registry.fake_server import FakeServer, Received, Reply
from rights import grants_of
from shown_output import assert_shown

if TYPE_CHECKING:
    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program, Result
    from registry.registry_setup import Registries
    from rights import Rights

IMAGES = "/apis/image.openshift.io/v1/namespaces"


@dataclass(frozen=True)
class Project:
    """A project, and the registry that asks for tokens."""

    openshift: OpenShift
    namespace: str
    host: str
    pullsecret: Program

    def image(self, path: str = "acme/app:1") -> str:
        """An image of the registry."""
        return f"{self.host}/{path}"

    def create(self, secret: Object) -> None:
        """Create a pull secret."""
        self.openshift.api.create(secret, self.namespace)

    def verify(self, image: str, *words: str, expect: int) -> Result:
        """Run `verify --in-cluster`."""
        return self.pullsecret("verify", "--in-cluster", image, "-n", self.namespace, *words, expect=expect)


@pytest.fixture
def project(openshift: OpenShift, projects: Namespaces, registries: Registries, os_pullsecret: Program) -> Project:
    return Project(openshift, projects(1)[0], registries.token.host, os_pullsecret)


def cells(result: Result) -> list[str]:
    """The secret and the result of the only row."""
    _, row = result.stdout.splitlines()
    _, secret, _, text = [cell.strip() for cell in row.split("   ") if cell.strip()]
    return [secret, text]


def test_openshift_pulls_with_the_secrets_of_the_project(project: Project, registries: Registries) -> None:
    entry = registry_entry("puller", registries.password)
    project.create(docker_config_secret("regcred", {project.host: entry}))

    assert cells(project.verify(project.image(), expect=0)) == ["regcred", "works"]
    assert project.verify(project.image(), expect=0).stderr == ""
    assert project.openshift.api.request("GET", f"{IMAGES}/{project.namespace}/imagestreams")["items"] == []


def test_output_shown_of_a_project_with_and_without_the_secret(
    openshift: OpenShift, projects: Namespaces, registries: Registries, os_pullsecret: Program
) -> None:
    team, other = projects(2)
    entry = registry_entry("puller", registries.password)
    openshift.api.create(docker_config_secret("regcred", {registries.token.host: entry}), team)
    words = ("verify", "--in-cluster", f"{registries.token.host}/acme/app:1", "-n", f"{team},{other}")

    result = os_pullsecret(*words, expect=1)

    text = f"$ kubectl pullsecret {' '.join(words)}\n{result.stdout}{result.stderr}"
    assert_shown("in_cluster", text, {team: "team-a", other: "team-b", registries.token.host: "registry.example.com"})


def test_each_refusal_has_its_result_and_exit_status(project: Project, registries: Registries) -> None:
    public = project.verify(project.image("public/app:1"), expect=0)
    required = project.verify(project.image(), expect=1)
    project.create(docker_config_secret("regcred", {project.host: registry_entry("puller", registries.password)}))
    refused = project.verify(project.image("acme/other:1"), expect=1)
    absent = project.verify(project.image("acme/app:absent"), expect=1)
    unreachable = project.verify("127.0.0.1:1/acme/app:1", expect=2)

    assert cells(public) == ["<none>", "works"]
    assert_golden("verify/in-cluster-public", public.stderr, namespace=project.namespace)
    assert cells(required)[1].startswith("login required: you may not have access")
    assert cells(refused) == [
        "regcred",
        f'unauthorized: you may not have access to the container image "{project.image("acme/other:1")}"',
    ]
    assert_golden("verify/in-cluster-unauthorized", refused.stderr)
    assert cells(absent)[1].startswith("image not found: ")
    assert cells(unreachable)[1].startswith(
        'cannot reach the registry: Get "https://127.0.0.1:1/v2/acme/app/manifests/1": dial tcp'
    )


def test_one_entry_is_used_and_a_malformed_secret_fails_every_import(project: Project, registries: Registries) -> None:
    project.create(docker_config_secret("good", {project.host: registry_entry("puller", registries.password)}))
    project.create(
        docker_config_secret("wrong", {f"{project.host}/acme": registry_entry("puller", made_up_password())})
    )

    used = project.verify(project.image(), expect=1)
    project.create({**docker_config_secret("broken", {}), "data": {".dockerconfigjson": encoded('{"auths": 1}')}})
    broken = project.verify(project.image("public/app:1"), expect=1)

    assert cells(used)[0] == "wrong"
    assert cells(broken)[0] == "broken"
    assert cells(broken)[1].startswith("malformed: ")


def test_document_has_the_verdict(project: Project) -> None:
    result = project.verify(project.image(), "-o", "json", expect=1)

    assert document_in(result.stdout)["kind"] == "VerdictList"
    (item,) = items_in(result.stdout)
    assert (item["namespace"], item["secret"], item["image"]) == (project.namespace, "", project.image())
    assert (item["result"], item["good"]) == ("LoginRequired", False)


def test_permissions_of_the_table_are_enough_and_the_secret_is_then_unknown(
    project: Project, registries: Registries, os_restricted: Rights
) -> None:
    project.create(docker_config_secret("regcred", {project.host: registry_entry("puller", registries.password)}))
    words = ("verify", "--in-cluster", project.image(), "-n", project.namespace)
    kubeconfig = os_restricted(*grants_of(*words))

    result = project.pullsecret(*words, kubeconfig=kubeconfig)
    forbidden = project.pullsecret(*words, kubeconfig=os_restricted(), expect=2)

    assert cells(result) == ["<unknown>", "works"]
    assert_golden("verify/in-cluster-unknown", result.stderr, namespace=project.namespace)
    assert 'cannot create resource "imagestreamimports"' in forbidden.stderr


def test_registry_that_quotes_the_credential(project: Project, registries: Registries) -> None:
    password = made_up_password()

    def answer(received: Received) -> Reply:
        if not received.authorization:
            return challenged("Basic realm=x")
        return error(403, f"not with {received.authorization} or {password}")

    with FakeServer(answer, registries.certificate) as registry:
        project.create(docker_config_secret("regcred", {registry.host: registry_entry("puller", password)}))
        result = project.verify(f"{registry.host}/acme/app:1", expect=1)

    assert "not with Basic <hidden> or <hidden>" in result.stdout
    assert password not in f"{result.stdout}{result.stderr}"


def test_wrong_secret_of_a_public_image_is_not_noticed(project: Project, registries: Registries) -> None:
    def answer(received: Received) -> Reply:
        if received.path.startswith("/token"):
            refusal = error(401, "incorrect username or password", "UNAUTHORIZED")
            return refusal if received.authorization else tokens(received)
        return Reply() if received.authorization else challenged(f'Bearer realm="{registry.url}/token",service="x"')

    with FakeServer(answer, registries.certificate) as registry:
        project.create(docker_config_secret("regcred", {registry.host: registry_entry()}))
        result = project.verify(f"{registry.host}/acme/app:1", expect=0)

        assert cells(result) == ["regcred", "works"]
        logins = [bool(received.authorization) for received in registry.received if "/token" in received.path]
        assert logins == [True, False]


@pytest.mark.parametrize(
    "words",
    [("x",), ("--image", "a.example/b"), ("--probe",), ("--insecure",), ("-A",), ("-n", "team-*"), ("--global",)],
)
def test_flags_that_cannot_be_used_with_it(os_pullsecret: Program, words: tuple[str, ...]) -> None:
    result = os_pullsecret("verify", "--in-cluster", "a.example/b:1", *words, expect=2)

    assert "--in-cluster" in result.stderr


def test_image_that_is_none(os_pullsecret: Program) -> None:
    assert "invalid --in-cluster" in os_pullsecret("verify", "--in-cluster", "", expect=2).stderr
