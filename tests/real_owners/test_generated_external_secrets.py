"""What `generate external-secrets` prints does what its comments say, with an account that reads one secret only."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import docker_config_secret, registry_entry
from real_owners.controllers import external_secrets_controllers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.process import Process
    from namespaces import Namespaces
    from program import Program


@pytest.fixture(scope="module")
def controllers(kubectl_of_module: Program, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The controllers of External Secrets."""
    with external_secrets_controllers(kubectl_of_module, api, tmp_path_factory.mktemp("external-secrets")) as process:
        yield process


def with_server(plane: Cluster, manifest: str) -> str:
    """The manifests with the address of this cluster, because the controllers run outside of it."""
    items: list[Object] = list(yaml.safe_load_all(manifest))
    (store,) = [item for item in items if item["kind"] == "ClusterSecretStore"]
    assert plane.access.ca
    ca = base64.b64encode(plane.access.ca.read_bytes()).decode()
    store["spec"]["provider"]["kubernetes"]["server"] = {"url": plane.access.server, "caBundle": ca}
    return yaml.safe_dump_all(items)


def test_secrets_are_made_and_adopted_and_follow_their_source(
    controllers: Process, plane: Cluster, api: Api, pullsecret: Program, kubectl: Program, namespaces: Namespaces
) -> None:
    home, first, foreign, excluded = namespaces(4)
    name = f"generated-{secrets.token_hex(3)}"
    source = docker_config_secret(name, {"reg.example": registry_entry()}, annotations={"a": "b"}, labels={"c": "d"})
    api.create(source, home)
    api.create(docker_config_secret(name, {"other.example": registry_entry()}), foreign)
    printed = pullsecret("generate", "external-secrets", name, "--from", home, "--exclude", excluded).stdout
    manifest = with_server(plane, printed)

    kubectl("apply", "-f", "-", input=manifest)
    controllers.wait_for(lambda: api.find("Secret", name, first), "External Secrets to make the secret", within=60)
    (later,) = namespaces(1)
    controllers.wait_for(lambda: api.find("Secret", name, later), "the secret in a new namespace", within=60)
    made = api.read("Secret", name, first)
    api.patch("Secret", name, {"data": docker_config_secret(name, {"reg.example": registry_entry()})["data"]}, home)
    changed = api.read("Secret", name, home)["data"]
    mark = f"force-sync={secrets.token_hex(4)}"
    kubectl("annotate", "externalsecret", name, "-n", first, "--overwrite", mark)
    controllers.wait_for(lambda: api.read("Secret", name, first)["data"] == changed, "the new content", within=60)
    api.delete("Secret", name, home)
    kubectl("annotate", "externalsecret", name, "-n", first, "--overwrite", f"{mark}x")

    assert (made["type"], made["data"]) == (source["type"], source["data"])
    assert "a" not in made["metadata"].get("annotations", {})
    assert api.read("Secret", name, foreign)["metadata"]["ownerReferences"][0]["kind"] == "ExternalSecret"
    assert api.find("Secret", name, excluded) is None
    assert api.read("Secret", name, later)["data"] == source["data"]
    assert api.read("Secret", name, first)["data"] == changed

    kubectl("delete", "-f", "-", input=manifest)
