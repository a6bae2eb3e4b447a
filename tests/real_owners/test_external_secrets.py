"""What External Secrets makes or adopts stays External Secrets'."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, named, registry_entry
from owners.programs import EXTERNAL_SECRETS, version
from real_owners.chart import REGCRED
from real_owners.controllers import external_secrets_controllers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.process import Process
    from namespaces import Namespaces
    from program import Program, Result
    from real_owners.ours import Ours

PARTY = f"External Secrets {version(EXTERNAL_SECRETS)}"
FORCED = ("--overwrite", "--force-conflicts")
READER = "reader"
KEY = ".dockerconfigjson"
RULES = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list", "watch"]}]


@pytest.fixture(scope="module")
def controllers(kubectl_of_module: Program, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The controllers of External Secrets."""
    with external_secrets_controllers(kubectl_of_module, api, tmp_path_factory.mktemp("external-secrets")) as process:
        yield process


@pytest.fixture
def source(ours: Ours, namespaces: Namespaces, api: Api) -> Ours:
    """Our program in the namespace whose secret External Secrets reads."""
    namespace = namespaces(1)[0]
    api.create(docker_config_secret(REGCRED, {"reg.example": registry_entry()}), namespace)
    api.create(named("Role", READER, rules=RULES), namespace)
    subject = {"kind": "ServiceAccount", "name": READER, "namespace": ours.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": READER}
    api.create(named("RoleBinding", READER, subjects=[subject], roleRef=role), namespace)
    api.create(named("ServiceAccount", READER), ours.namespace)
    return replace(ours, namespace=namespace)


def manifest(plane: Cluster, source: str, target: str) -> str:
    """A store that reads the secrets of one namespace, and the secret in the other that is taken from it."""
    assert plane.access.ca
    ca = base64.b64encode(plane.access.ca.read_bytes()).decode()
    provider = {
        "remoteNamespace": source,
        "server": {"url": plane.access.server, "caBundle": ca},
        "auth": {"serviceAccount": {"name": READER}},
    }
    spec = {
        "refreshInterval": "1h0m0s",
        "secretStoreRef": {"kind": "SecretStore", "name": "source"},
        "target": {"name": REGCRED, "template": {"type": "kubernetes.io/dockerconfigjson"}},
        "data": [{"secretKey": KEY, "remoteRef": {"key": REGCRED, "property": KEY}}],
    }
    api_version = {"apiVersion": "external-secrets.io/v1"}
    store = {**api_version, **named("SecretStore", "source", spec={"provider": {"kubernetes": provider}})}
    items: list[Object] = [store, {**api_version, **named("ExternalSecret", REGCRED, spec=spec)}]
    for item in items:
        item["metadata"]["namespace"] = target
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def refresh(kubectl: Program, namespace: str) -> None:
    """Have the secret compared with its source now: any change of an annotation does it."""
    mark = f"force-sync={secrets.token_hex(4)}"
    kubectl("annotate", "--overwrite", "externalsecret", REGCRED, mark, "-n", namespace)


def test_secret_is_refused_and_a_forced_write_is_taken_back_as_announced(
    controllers: Process, plane: Cluster, kubectl: Program, source: Ours, ours: Ours
) -> None:
    kubectl("apply", "-f", "-", input=manifest(plane, source.namespace, ours.namespace))
    controllers.wait_for(ours.secret, "External Secrets to make the secret", within=60)
    before = ours.content()

    refused = ours.overwrite("--overwrite")
    untouched = ours.content()
    ours.record(PARTY, f"create {REGCRED} --overwrite", refused, "nothing to take back")
    forced = ours.overwrite(*FORCED)
    refresh(kubectl, ours.namespace)
    controllers.wait_for(lambda: ours.content() == before, "External Secrets to take the write back", within=60)
    ours.record(
        PARTY, " ".join(("create", REGCRED, *FORCED)), forced, "the password is the source's at the next refresh"
    )

    assert before == source.content()
    assert (refused.status, untouched) == (1, before)
    assert forced.status == 0
    assert announced(refused)
    assert announced(forced)


def test_secret_of_ours_that_was_adopted_is_not_taken_for_ours(
    controllers: Process, plane: Cluster, kubectl: Program, source: Ours, ours: Ours
) -> None:
    made = ours.overwrite()
    kubectl("apply", "-f", "-", input=manifest(plane, source.namespace, ours.namespace))
    controllers.wait_for(lambda: ours.content() == source.content(), "External Secrets to adopt the secret", within=60)

    refused = ours.overwrite()
    ours.record(f"{PARTY}, secret of ours, adopted", f"create {REGCRED}", refused, "nothing to take back")

    assert made.status == 0
    assert refused.status == 1
    assert announced(refused)
    assert ours.content() == source.content()


def announced(said: Result) -> bool:
    """Whether we named External Secrets, and said that it takes a write back."""
    return "ExternalSecret" in said.stderr and "takes the change back" in said.stderr
