"""What `generate kyverno` prints does what its comments say: with Kyverno's own permissions and the roles printed."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.access import User
from control_plane.waiting import until
from objects import docker_config_secret, named, registry_entry, service_account
from owners.programs import KYVERNO, KYVERNO_CLI, sources
from program import Program
from real_owners.controllers import NAMESPACE, kyverno_admission, kyverno_controller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.process import Process
    from namespaces import Namespaces

CONTROLLERS = ("background-controller", "admission-controller")
GENERATED = "generated"


@pytest.fixture(scope="module")
def kubeconfigs(plane: Cluster, kubectl_of_module: Program, api: Api) -> Callable[[], dict[str, Path]]:
    """Makes a kubeconfig for each of Kyverno's controllers, as its service account with the roles of an installation.

    It is called when the definitions and the namespace are there.
    """

    def make() -> dict[str, Path]:
        kubectl_of_module("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": roles()}))
        return {name: kubeconfig_of(name, plane, api) for name in CONTROLLERS}

    return make


def kubeconfig_of(controller: str, plane: Cluster, api: Api) -> Path:
    """The kubeconfig of a controller's service account, once its role has all its parts."""
    account, role = f"kyverno-{controller}", f"kyverno:{controller}"
    api.create(named("ServiceAccount", account), NAMESPACE)
    api.wait_for("ClusterRole", role, until_it=lambda seen: bool(seen.get("rules")))
    path = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/{account}/token"
    request: Object = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    token = api.request("POST", path, request)["status"]["token"]
    return plane.kubeconfig_for(User(name=account, token=token, subject={}), NAMESPACE)


def roles() -> list[Object]:
    """The roles of the controllers and their bindings, as Kyverno is installed with them."""
    text = (sources(KYVERNO) / "config" / "install-latest-testing.yaml").read_text()
    found = [item for item in yaml.safe_load_all(text) if item and "Role" in item["kind"]]
    return [item for item in found if any(name in item["metadata"]["name"] for name in CONTROLLERS)]


@pytest.fixture(scope="module")
def controllers(
    kubectl_of_module: Program,
    api: Api,
    kubeconfigs: Callable[[], dict[str, Path]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Process]]:
    """Kyverno's background controller and its admission controller, whose webhooks the API server calls."""
    directory, made = tmp_path_factory.mktemp("kyverno"), dict[str, Path]()

    def of_background() -> Path:
        made.update(kubeconfigs())
        return made["background-controller"]

    with (
        kyverno_controller(kubectl_of_module, api, directory, of_background) as background,
        kyverno_admission(made["admission-controller"], directory) as admission,
    ):
        yield {"background": background, "admission": admission}
    for kind in ("mutatingwebhookconfigurations", "validatingwebhookconfigurations"):
        kubectl_of_module("delete", kind, "-l", "webhook.kyverno.io/managed-by=kyverno")


@pytest.fixture
def controller(controllers: dict[str, Process]) -> Process:
    """The background controller."""
    return controllers["background"]


def without_marks(secret: Object) -> Object:
    """Type and data of a secret, and its annotations."""
    return {key: secret.get(key) for key in ("type", "data")} | {"notes": secret["metadata"].get("annotations")}


def test_copies_are_made_follow_their_source_and_go_with_it(
    controller: Process, api: Api, pullsecret: Program, kubectl: Program, namespaces: Namespaces
) -> None:
    home, first, foreign, excluded = namespaces(4)
    name = f"{GENERATED}-{secrets.token_hex(3)}"
    source = docker_config_secret(name, {"reg.example": registry_entry()}, annotations={"a": "b"}, labels={"c": "d"})
    api.create(source, home)
    taken = api.create(docker_config_secret(name, {"other.example": registry_entry()}), foreign)
    manifest = pullsecret("generate", "kyverno", name, "--from", home, "--exclude", excluded).stdout

    applied = partial(kubectl, "apply", "-f", "-", input=manifest, expect=None)
    controller.wait_for(lambda: not applied().status, "Kyverno to accept the policies", within=90)
    controller.wait_for(lambda: api.find("Secret", name, first), "Kyverno to copy the secret", within=120)
    made = api.read("Secret", name, first)
    changed = docker_config_secret(name, {"reg.example": registry_entry()})["data"]
    api.patch("Secret", name, {"data": changed}, home)
    controller.wait_for(
        lambda: api.read("Secret", name, first)["data"] == changed, "Kyverno to change the copy", within=60
    )

    assert without_marks(made) == {"type": source["type"], "data": source["data"], "notes": None}
    assert "c" not in made["metadata"]["labels"]
    assert api.read("Secret", name, foreign) == taken
    assert api.find("Secret", name, excluded) is None

    kubectl("delete", "-f", "-", input=manifest)
    assert without_marks(api.read("Secret", name, first)) == {
        **without_marks(made),
        "data": changed,
        "notes": {"a": "b"},
    }


def test_new_namespace_has_the_secret_and_its_account_lists_it(
    controllers: dict[str, Process], api: Api, pullsecret: Program, kubectl: Program, namespaces: Namespaces
) -> None:
    (home,) = namespaces(1)
    name = f"{GENERATED}-{secrets.token_hex(3)}"
    api.create(docker_config_secret(name, {"reg.example": registry_entry()}), home)
    manifest = pullsecret("generate", "kyverno", name, "--from", home).stdout
    applied = partial(kubectl, "apply", "-f", "-", input=manifest, expect=None)
    controllers["admission"].wait_for(lambda: not applied().status, "Kyverno to accept the policies", within=90)

    def is_served() -> bool:
        """Whether a new namespace has both: Kyverno takes some seconds to notice a policy."""
        (team,) = namespaces(1)
        with suppress(TimeoutError):
            return until(lambda: has_both(api, team, name), "secret and entry", within=10)
        return False

    controllers["background"].wait_for(is_served, "Kyverno to serve a new namespace", within=90)
    kubectl("delete", "-f", "-", input=manifest)


def has_both(api: Api, namespace: str, name: str) -> bool:
    """Whether the secret is there, and the default service account has listed it from its first moment."""
    account = api.read("ServiceAccount", "default", namespace)
    is_listed = account.get("imagePullSecrets") == [{"name": name}]
    return api.find("Secret", name, namespace) is not None and is_listed


def test_copies_go_with_their_source(
    controller: Process, api: Api, pullsecret: Program, kubectl: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    name = f"{GENERATED}-{secrets.token_hex(3)}"
    api.create(docker_config_secret(name, {"reg.example": registry_entry()}), home)
    manifest = pullsecret("generate", "kyverno", name, "--from", home).stdout
    applied = partial(kubectl, "apply", "-f", "-", input=manifest, expect=None)
    controller.wait_for(lambda: not applied().status, "Kyverno to accept the policies", within=90)
    controller.wait_for(lambda: api.find("Secret", name, team), "Kyverno to copy the secret", within=120)

    api.delete("Secret", name, home)

    controller.wait_for(lambda: api.find("Secret", name, team) is None, "Kyverno to delete the copy", within=60)
    kubectl("delete", "-f", "-", input=manifest)


ACCOUNTS: dict[str, tuple[Object, list[str] | None]] = {
    "without-a-list": (service_account("default"), ["key"]),
    "with-a-list": (service_account("default", ["other"]), ["other", "key"]),
    "attached": (service_account("default", ["key"]), ["key"]),
    "other": (service_account("other"), None),
    "excluded": (service_account("default"), None),
    "kube-excluded": (service_account("default"), None),
}
"""By namespace: an account, and the list that the policy leaves it with."""


def test_attaching_policy_compiles_and_keeps_other_entries(offline: Program, tmp_path: Path) -> None:
    manifests = list(yaml.safe_load_all(offline("generate", "kyverno", "key", "--exclude", "excl*").stdout))
    (policy,) = [item for item in manifests if item["kind"] == "MutatingPolicy"]
    accounts = [with_namespace(account, namespace) for namespace, (account, _) in ACCOUNTS.items()]
    for path, items in (("policy.yaml", [policy]), ("accounts.yaml", accounts)):
        (tmp_path / path).write_text(yaml.safe_dump_all(items))
    kyverno = Program([str(KYVERNO_CLI.built())], tmp_path)

    applied = kyverno("apply", tmp_path / "policy.yaml", "-r", tmp_path / "accounts.yaml", "-o", tmp_path / "out.yaml")

    written = yaml.safe_load_all((tmp_path / "out.yaml").read_text())
    lists = {item["metadata"]["namespace"]: item.get("imagePullSecrets") for item in written if item}
    found = {place: [entry["name"] for entry in lists.get(place) or []] or None for place in ACCOUNTS}
    assert found == {place: expected for place, (_, expected) in ACCOUNTS.items()}, applied


def with_namespace(account: Object, namespace: str) -> Object:
    metadata = {**account["metadata"], "namespace": namespace}
    return {**account, "apiVersion": "v1", "metadata": metadata}
