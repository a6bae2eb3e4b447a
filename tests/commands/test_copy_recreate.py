"""--recreate keeps the old secret in a sibling until the new one exists, and restores it if that is refused."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import pytest

from control_plane.api import ApiError
from control_plane.waiting import until
from golden_files import assert_golden
from objects import docker_config_secret, registry_entry
from pullsecret.model.objects.sibling import sibling_name

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

Forbid: TypeAlias = Callable[[str, str], Callable[[], None]]
ADMISSION = "/apis/admissionregistration.k8s.io/v1/validatingadmission"
COPIED = "has(object.metadata.annotations) && 'kubectl-pullsecret/copied-from' in object.metadata.annotations"
NOT_COPIED = f"!({COPIED})"
SIBLING = "has(object.metadata.labels) && 'kubectl-pullsecret/role' in object.metadata.labels"
DRY_RUN = "has(request.dryRun) && request.dryRun"

needs_policies = pytest.mark.needs_kubernetes("1.30")  # the first that serves ValidatingAdmissionPolicy by default


def fixed(name: str = "x") -> Object:
    """A secret that can only be deleted, with other data than the source."""
    return {**docker_config_secret(name, {"old.example": registry_entry()}), "immutable": True}


def content(secret: Object) -> Object:
    """A secret without the fields that change when it is recreated."""
    server_side = ("uid", "resourceVersion", "creationTimestamp", "managedFields")
    kept = {key: value for key, value in secret["metadata"].items() if key not in server_side}
    return {**secret, "metadata": kept}


@pytest.fixture
def forbid(api: Api) -> Iterator[Forbid]:
    """Creates a policy that allows only new secrets for which an expression is true; returns what ends it."""
    made: list[str] = []

    def make(namespace: str, expression: str) -> Callable[[], None]:
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
        probe = docker_config_secret("x", {}, annotations={"kubectl-pullsecret/copied-from": "a/b"})
        until(lambda: is_refused(api, probe, namespace), "the policy to be in force")

        def end() -> None:
            delete(name)
            made.remove(name)
            until(lambda: not is_refused(api, probe, namespace), "the policy to be gone")

        return end

    def delete(name: str) -> None:
        api.request("DELETE", f"{ADMISSION}policies/{name}")
        api.request("DELETE", f"{ADMISSION}policybindings/{name}")

    yield make
    for name in made:
        delete(name)


def is_refused(api: Api, body: Object, namespace: str) -> bool:
    """Whether a policy refuses an object; an accepted one is deleted again."""
    path = f"/api/v1/namespaces/{namespace}/secrets"
    try:
        api.request("POST", path, {"apiVersion": "v1", **body})
    except ApiError as error:
        return error.status == 422
    api.request("DELETE", f"{path}/{body['metadata']['name']}")
    return False


@needs_policies
def test_copy_with_recreate_refused_by_a_policy_never_deletes_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    forbid(team, NOT_COPIED)
    before = api.create(fixed(), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)

    assert "not here" in result.stderr
    assert api.read("Secret", "x", team) == before


@needs_policies
def test_copy_with_recreate_refused_after_the_dry_run_restores_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    forbid(team, f"{NOT_COPIED} || {DRY_RUN}")
    marks = {"labels": {"app": "shop"}, "annotations": {"note": "by hand"}, "finalizers": None}
    before = api.create({**fixed(), "metadata": {"name": "x", **marks}}, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)

    assert "not here" in result.stderr
    assert content(api.read("Secret", "x", team)) == content(before)


def siblings(api: Api, namespace: str) -> list[Object]:
    return api.list("Secret", namespace, labelSelector="kubectl-pullsecret/role=recreate")


@needs_policies
def test_copy_with_recreate_that_cannot_restore_the_old_secret_keeps_it_and_the_next_run_finishes(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    source = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(fixed(), team)
    allow = forbid(team, f"{DRY_RUN} || ({SIBLING})")
    command = ("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate")

    refused = pullsecret(*command, expect=1)
    (kept,) = siblings(api, team)
    checked = pullsecret("check", "-n", team, expect=1)
    allow()
    finished = pullsecret(*command)
    pullsecret("check", "-n", team)

    assert_golden("copy/not-restored", refused.stderr.splitlines()[-1], namespace=team)
    assert kept["data"] == before["data"]
    assert_golden("check/left-over-sibling", checked.stdout, namespace=team)
    assert_golden("copy/finished-later", finished.stderr, namespace=team)
    assert finished.stdout == f"secret/x replaced in namespace {team}\n"
    after = api.read("Secret", "x", team)
    assert (after["data"], after["immutable"]) == (source["data"], True)
    assert siblings(api, team) == []


@needs_policies
def test_copy_without_recreate_finishes_what_an_interrupted_run_left(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(fixed(), team)
    allow = forbid(team, f"{DRY_RUN} || ({SIBLING})")
    pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)
    allow()

    finished = pullsecret("copy", "x", "--from", home, "-n", team)

    assert finished.stdout == f"secret/x replaced in namespace {team}\n"
    assert api.read("Secret", "x", team)["immutable"] is True
    assert siblings(api, team) == []


@needs_policies
def test_sibling_is_listed_with_a_mark_and_used_for_nothing(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(fixed(), team)
    forbid(team, f"{DRY_RUN} || ({SIBLING})")
    pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)
    name = siblings(api, team)[0]["metadata"]["name"]

    listed = pullsecret("list", "-n", team)
    copied = pullsecret("copy", "x*", "--from", team, "--to", home, expect=1)
    named_one = pullsecret("copy", name, "--from", team, "--to", home, expect=1)
    attached = pullsecret("attach", name, "-n", team, expect=1)

    assert_golden("list/sibling", listed.stderr, namespace=team)
    assert f"{name}   old.example   <previous x>" in listed.stdout
    assert_golden("copy/no-sibling-by-pattern", copied.stderr, namespace=team)
    assert_golden("copy/no-sibling-by-name", named_one.stderr, namespace=team)
    assert_golden("attach/no-sibling", attached.stderr, namespace=team)


def test_copy_with_recreate_is_refused_when_the_name_of_the_sibling_is_taken(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(fixed(), team)
    taken = api.create(docker_config_secret(sibling_name("x"), {}), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)

    assert_golden("copy/sibling-name-taken", result.stderr, namespace=team)
    assert api.read("Secret", "x", team) == before
    assert api.read("Secret", sibling_name("x"), team) == taken


@needs_policies
def test_copy_with_recreate_refused_for_its_name_never_deletes_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces, forbid: Forbid
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(fixed(), team)
    forbid(team, f"{NOT_COPIED} || object.metadata.name != 'x'")

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)

    assert "not here" in result.stderr
    assert api.read("Secret", "x", team) == before


def test_copy_with_recreate_beyond_a_quota_keeps_the_old_secret(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(fixed(), team)
    hard = {"count/secrets": "1"}
    api.create({"kind": "ResourceQuota", "metadata": {"name": "one"}, "spec": {"hard": hard}}, team)
    full = {"status": {"hard": hard, "used": {"count/secrets": "1"}}}
    api.patch("ResourceQuota", "one", full, team, subresource="status")

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)

    assert "Error from server (Forbidden)" in result.stderr
    assert api.read("Secret", "x", team) == before


def test_copy_with_recreate_in_a_server_dry_run_deletes_nothing(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(fixed(), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", "--dry-run=server")

    assert result.stdout == f"secret/x replaced in namespace {team} (server dry run)\n"
    assert api.read("Secret", "x", team) == before


def test_copy_with_recreate_refuses_a_secret_with_finalizers(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kept = {**fixed(), "metadata": {"name": "x", "finalizers": ["example.com/keep"]}}
    before = api.create(kept, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite", "--recreate", expect=1)

    after = api.read("Secret", "x", team)
    api.patch("Secret", "x", {"metadata": {"finalizers": None}}, team)
    assert_golden("copy/finalizers", result.stderr, namespace=team)
    assert after == before


NAMES = {"233-letters": "a" * 233, "dot-at-50": f"{'a' * 49}.{'b' * 20}", "dashes-at-50": f"{'a' * 48}--{'b' * 20}"}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_copy_with_recreate_accepts_every_valid_name(
    name: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = api.create(docker_config_secret(name, {"reg.example": registry_entry()}), home)
    api.create(fixed(name), team)

    pullsecret("copy", name, "--from", home, "-n", team, "--overwrite", "--recreate")

    assert api.read("Secret", name, team)["data"] == source["data"]
