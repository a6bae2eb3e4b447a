"""Whose credentials doctor --fix moves, on real pods: what tenants write with their own rights moves nothing."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import deployment, docker_config_secret, named, pod, references, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

ANNOTATION = "kubectl-pullsecret/share-with"
FORGED = {
    "labels": {"app.kubernetes.io/managed-by": "kubectl-pullsecret", "kubectl-pullsecret/managed": "true"},
    "annotations": {
        "kubectl-pullsecret/copied-from": "default/all-icr-io",
        "kubectl-pullsecret/proof": secrets.token_hex(16),
        ANNOTATION: "*",
    },
}


class Tenants:
    """Namespaces, the first with a deployment that lacks a pull secret for a registry that no other test uses."""

    def __init__(self, api: Api, node: Node, names: list[str]) -> None:
        self.api, self.node = api, node
        self.poor, *self.others = names
        self.host = f"whose-{secrets.token_hex(4)}.example"
        self.deploy()

    def deploy(self, *own: str) -> None:
        image = f"{self.host}/team/app:1"
        self.api.create(deployment("app", pod("app", image, self.node.name, pull_secrets=own)), self.poor)
        until(lambda: "ImagePull" in str(self.api.list("Pod", self.poor)), "a pod that waits")

    def give(self, name: str, namespace: str, *, username: str = "puller", **metadata: object) -> Object:
        key = registry_entry(username)
        self.node.accept(username, key["password"])
        secret = docker_config_secret(name, {self.host: key})
        return self.api.create({**secret, "metadata": {**secret["metadata"], **metadata}}, namespace)

    def held(self) -> list[str]:
        return [seen["metadata"]["name"] for seen in self.api.list("Secret", self.poor)]


@pytest.fixture
def tenants(api: Api, node: Node, namespaces: Namespaces) -> Tenants:
    return Tenants(api, node, namespaces(3))


def test_credentials_of_other_tenants_are_named_and_never_moved(tenants: Tenants, pullsecret: Program) -> None:
    alpha, beta = tenants.others
    tenants.give("gitlab", alpha, username="one")
    tenants.give("gitlab", beta, username="two")

    result = pullsecret("doctor", "-n", tenants.poor, "--fix", "--yes", "--overwrite", "--recreate-pods", expect=1)

    named_secrets = (
        f"secret/gitlab in namespace {alpha} (username one), secret/gitlab in namespace {beta} (username two)"
    )
    assert f"or ask the owner of {named_secrets}" in result.stdout
    assert " copy " not in result.stdout
    assert tenants.held() == []

    both = ("--from", f"{alpha},{beta}")
    two = pullsecret("doctor", "-n", tenants.poor, *both, "--fix", "--yes", expect=1)

    assert f"choose one: {named_secrets}" in two.stdout
    assert tenants.held() == []

    document = json.loads(pullsecret("doctor", "-n", tenants.poor, "--from", beta, "-o", "json", expect=1).stdout)

    (item,) = document["items"]
    assert [(seen["namespace"], seen["standing"], seen["source"]) for seen in item["candidates"]] == [
        (beta, "from", True)
    ]
    assert item["candidates"][0]["usernames"] == ["two"]

    pullsecret("doctor", "-n", tenants.poor, "--from", beta, "--fix", "--yes")

    assert tenants.held() == ["gitlab"]


def test_marks_that_a_tenant_forges_with_its_own_rights_move_nothing(
    tenants: Tenants, pullsecret: Program, restricted: Rights, kubectl: Program
) -> None:
    evil = tenants.others[0]
    tenant = restricted(Grant(rule("get list create patch update", "secrets"), namespace=evil), namespace=evil)
    key = registry_entry("mallory")
    tenants.node.accept("mallory", key["password"])
    body = docker_config_secret("all-icr-io", {tenants.host: key})
    forged = {**body, "metadata": {**body["metadata"], **FORGED}}
    kubectl(
        *("apply", "--server-side", "--field-manager=pullsecret", "-f", "-"),
        input=json.dumps({"apiVersion": "v1", "kind": "Secret", **forged}),
        kubeconfig=tenant,
    )

    here = pullsecret("doctor", "-n", tenants.poor, "--fix", "--yes", "--overwrite", expect=1)

    skipped = f"secret/all-icr-io in namespace {evil} is used only with --from={evil}"
    assert f"note: skipped deployment/app in namespace {tenants.poor}: {skipped}" in here.stderr
    assert tenants.held() == []
    assert f"copy all-icr-io --from={evil} --attach" in here.stdout


def test_owner_of_a_secret_in_default_decides_whom_it_is_for(
    tenants: Tenants, pullsecret: Program, in_default: Callable[[Object], None]
) -> None:
    name = f"regcred-{secrets.token_hex(4)}"
    key = registry_entry("puller")
    tenants.node.accept("puller", key["password"])
    body = docker_config_secret(name, {tenants.host: key})
    in_default({**body, "metadata": {**body["metadata"], "annotations": {ANNOTATION: ""}}})

    closed = pullsecret("doctor", "-n", tenants.poor, "--fix", "--yes", expect=1)

    assert f"or ask the owner of secret/{name} in namespace default (username puller)" in closed.stdout
    assert tenants.held() == []

    pattern = f"{tenants.poor[:-1]}*"
    tenants.api.patch("Secret", name, {"metadata": {"annotations": {ANNOTATION: pattern}}}, "default")
    pullsecret("doctor", "-n", tenants.poor, "--fix", "--yes")

    assert tenants.held() == [name]


def test_answer_for_a_pod_is_the_same_with_one_namespace_and_with_all(
    tenants: Tenants, pullsecret: Program, in_default: Callable[[Object], None]
) -> None:
    """Another namespace's copy of the same credentials is rejected there; that says nothing here."""
    name = f"regcred-{secrets.token_hex(4)}"
    body = docker_config_secret(name, {tenants.host: registry_entry("puller")})
    in_default(body)
    other = tenants.others[0]
    tenants.api.create(body, other)
    image = f"{tenants.host}/team/app:1"
    tenants.api.create(deployment("app", pod("app", image, tenants.node.name, pull_secrets=[name])), other)
    until(lambda: "ImagePull" in str(tenants.api.list("Pod", other)), "a pod whose credentials are rejected")

    one = pullsecret("doctor", "-n", tenants.poor, "-o", "json", expect=1)
    every = pullsecret("doctor", "-A", "-o", "json", expect=1)

    def commands(text: str) -> list[str]:
        items = [item for item in json.loads(text)["items"] if item["namespace"] == tenants.poor]
        return [line for item in items for line in item["commands"]]

    assert commands(one.stdout) == commands(every.stdout)
    assert f"copy {name} --from=default --attach" in commands(one.stdout)[0]


def test_recreated_immutable_secret_is_not_said_to_be_rejected(tenants: Tenants, pullsecret: Program) -> None:
    """The kubelet keeps the old content, and sends that; a secret of another name is read."""
    team = tenants.others[0]
    old = docker_config_secret("rc", {tenants.host: registry_entry("puller")})
    tenants.api.create({**old, "immutable": True}, team)
    image = f"{tenants.host}/team/app:1"
    tenants.api.create(
        named("Pod", "app", spec=pod("app", image, tenants.node.name, pull_secrets=["rc"])["spec"]), team
    )
    until(lambda: "ImagePull" in str(tenants.api.list("Pod", team)), "a pod whose credentials are rejected")
    rejected = pullsecret("doctor", "-n", team, "-o", "json", expect=1)
    tenants.api.delete("Secret", "rc", team)
    until(lambda: tenants.api.find("Secret", "rc", team) is None, "the secret to be gone")
    tenants.give("rc", team, immutable=True)
    tenants.api.patch("Secret", "rc", {"immutable": True}, team)

    kept = pullsecret("doctor", "-n", team, "-o", "json", expect=1)

    assert json.loads(rejected.stdout)["items"][0]["cause"] == "CredentialsRejected"
    assert json.loads(kept.stdout)["items"][0]["cause"] == "ImmutableSecretKept"
    assert references(["rc"]) == tenants.api.read("Pod", "app", team)["spec"]["imagePullSecrets"]


@pytest.mark.parametrize("name", ["kube-system", "openshift-config"])
def test_system_namespace_is_no_source(name: str, offline: Program) -> None:
    result = offline("doctor", "--from", name, expect=2)

    assert f"--from={name}: credentials of a system namespace are not used for other namespaces" in result.stderr
