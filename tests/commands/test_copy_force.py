"""--force deletes a secret only if the server accepts the new one, and restores the old one if creation fails."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import pytest

from control_plane.api import ApiError
from control_plane.waiting import until
from golden_files import assert_golden
from objects import docker_config_secret, encoded, named, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

Forbid: TypeAlias = Callable[[str, str], None]
ADMISSION = "/apis/admissionregistration.k8s.io/v1/validatingadmission"
PULL_SECRETS = "object.type != 'kubernetes.io/dockerconfigjson'"
DRY_RUN = "has(request.dryRun) && request.dryRun"


def opaque(name: str = "x") -> Object:
    return named("Secret", name, type="Opaque", data={"key": encoded("value")})


def content(secret: Object) -> Object:
    """A secret without the fields that change when it is recreated."""
    server_side = ("uid", "resourceVersion", "creationTimestamp", "managedFields")
    kept = {key: value for key, value in secret["metadata"].items() if key not in server_side}
    return {**secret, "metadata": kept}


@pytest.fixture
def forbid(api: Api) -> Iterator[Forbid]:
    """Creates a policy that allows only new secrets for which an expression is true in a namespace."""
    made: list[str] = []

    def make(namespace: str, expression: str) -> None:
        name = f"test-{secrets.token_hex(4)}"
        made.append(name)
        here = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
        rules = [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["secrets"], "operations": ["CREATE"]}]
        spec = {
            "matchConstraints": {"resourceRules": rules},
            "validations": [{"expression": expression, "message": "not here"}],
        }
        binding = {"policyName": name, "validationActions": ["Deny"], "matchResources": {"namespaceSelector": here}}
        for kind, body in (("Policy", spec), ("PolicyBinding", binding)):
            path = f"{ADMISSION}{'policies' if kind == 'Policy' else 'policybindings'}"
            whole = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": f"ValidatingAdmission{kind}"}
            api.request("POST", path, {**whole, "metadata": {"name": name}, "spec": body})
        until(lambda: is_refused(api, docker_config_secret("x", {}), namespace), "the policy to be in force")

    yield make
    for name in made:
        api.request("DELETE", f"{ADMISSION}policies/{name}")
        api.request("DELETE", f"{ADMISSION}policybindings/{name}")


def is_refused(api: Api, body: Object, namespace: str) -> bool:
    """Whether a policy refuses an object; an accepted one is deleted again."""
    path = f"/api/v1/namespaces/{namespace}/secrets"
    try:
        api.request("POST", path, {"apiVersion": "v1", **body})
    except ApiError as error:
        return error.status == 422
    api.request("DELETE", f"{path}/{body['metadata']['name']}")
    return False


def test_copy_with_force_refused_by_a_policy_never_deletes_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    forbid(team, PULL_SECRETS)
    before = api.create(opaque(), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", expect=1)

    assert "not here" in result.stderr
    assert api.read("Secret", "x", team) == before


def test_copy_with_force_refused_after_the_dry_run_restores_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    forbid(team, f"{PULL_SECRETS} || {DRY_RUN}")
    marks = {"labels": {"app": "shop"}, "annotations": {"note": "by hand"}, "finalizers": None}
    before = api.create({**opaque(), "metadata": {"name": "x", **marks}}, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", expect=1)

    assert "not here" in result.stderr
    assert content(api.read("Secret", "x", team)) == content(before)


def test_copy_with_force_that_cannot_restore_the_old_secret_says_so(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(opaque(), team)
    forbid(team, DRY_RUN)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", expect=1)

    assert_golden("copy/not-restored", result.stderr.splitlines()[1])


def test_copy_with_force_refused_for_its_name_never_deletes_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(opaque(), team)
    forbid(team, f"{PULL_SECRETS} || object.metadata.name != 'x'")

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", expect=1)

    assert "not here" in result.stderr
    assert api.read("Secret", "x", team) == before


def test_copy_with_force_beyond_a_quota_keeps_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(opaque(), team)
    hard = {"count/secrets": "1"}
    api.create({"kind": "ResourceQuota", "metadata": {"name": "one"}, "spec": {"hard": hard}}, team)
    full = {"status": {"hard": hard, "used": {"count/secrets": "1"}}}
    api.patch("ResourceQuota", "one", full, team, subresource="status")

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", expect=1)

    assert "Error from server (Forbidden)" in result.stderr
    assert api.read("Secret", "x", team) == before


def test_copy_with_force_in_a_server_dry_run_deletes_nothing(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(opaque(), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", "--dry-run=server")

    assert result.stdout == f"secret/x replaced in namespace {team} (server dry run)\n"
    assert api.read("Secret", "x", team) == before


def test_copy_with_force_refuses_a_secret_with_finalizers(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kept = {**opaque(), "metadata": {"name": "x", "finalizers": ["example.com/keep"]}}
    before = api.create(kept, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--force", expect=1)

    after = api.read("Secret", "x", team)
    api.patch("Secret", "x", {"metadata": {"finalizers": None}}, team)
    assert_golden("copy/finalizers", result.stderr, namespace=team)
    assert after == before


NAMES = {"253-letters": "a" * 253, "dot-at-50": f"{'a' * 49}.{'b' * 20}", "dashes-at-50": f"{'a' * 48}--{'b' * 20}"}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_copy_with_force_accepts_every_valid_name(
    name: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = api.create(docker_config_secret(name, {"reg.example": registry_entry()}), home)
    api.create(opaque(name), team)

    pullsecret("copy", name, "--from", home, "-n", team, "--force")

    assert api.read("Secret", name, team)["data"] == source["data"]
