"""What copy does to an existing secret with the same name: the table of changes and refusals, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import MANAGED, docker_config_secret, encoded, named, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

LABEL = "app.kubernetes.io/managed-by"
LEFTOVER = {"labels": {"app": "shop"}, "annotations": {"note": "by hand"}}


def unmanaged(**change: object) -> Object:
    return {**docker_config_secret("x", {"old.example": registry_entry()}, **LEFTOVER), **change}


def legacy() -> Object:
    """A pull secret of the legacy type."""
    data = {".dockercfg": encoded("{}")}
    return {**docker_config_secret("x", {}, labels={"app": "shop"}), "type": "kubernetes.io/dockercfg", "data": data}


def opaque() -> Object:
    return named("Secret", "x", type="Opaque", data={"key": encoded("value")})


REFUSED = {
    "unmanaged": (unmanaged(), []),
    "another-type": (opaque(), []),
    "another-type-with-all-flags": (opaque(), ["--overwrite", "--recreate"]),
    "legacy": (legacy(), []),
    "immutable": (unmanaged(immutable=True), ["--overwrite"]),
    "immutable-without-flags": (unmanaged(immutable=True), []),
}


@pytest.mark.parametrize("row", REFUSED)
def test_copy_refuses_to_replace_a_secret_without_the_flag_for_it(
    row: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    existing, flags = REFUSED[row]
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(existing, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, *flags, expect=1)

    assert_golden(f"copy/{row}", result.stderr, namespace=team)
    assert result.stdout == ""
    assert api.read("Secret", "x", team) == before


ALLOWED = {
    "unmanaged-overwrite": (unmanaged(), ["--overwrite"], "configured"),
    "unmanaged-both": (unmanaged(), ["--overwrite", "--recreate"], "configured"),
    "legacy-both": (legacy(), ["--overwrite", "--recreate"], "replaced"),
    "immutable-both": (unmanaged(immutable=True), ["--overwrite", "--recreate"], "replaced"),
}


@pytest.mark.parametrize(("there", "flags", "word"), ALLOWED.values(), ids=ALLOWED.keys())
def test_copy_with_the_flag_for_it_replaces_the_data_and_marks_the_secret(
    there: Object, flags: list[str], word: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    before = api.create(there, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, *flags)

    after = api.read("Secret", "x", team)
    assert result.stdout == f"secret/x {word} in namespace {team}\n"
    assert (after["type"], after["data"]) == (source["type"], source["data"])
    assert after["metadata"]["labels"][LABEL] == "kubectl-pullsecret"
    assert (after["metadata"]["uid"] == before["metadata"]["uid"]) == (word == "configured")
    again = pullsecret("copy", "x", "--from", home, "-n", team)
    assert again.stdout == f"secret/x unchanged in namespace {team}\n"


def test_copy_leaves_an_unmanaged_secret_with_the_same_data_alone(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = docker_config_secret("x", {"reg.example": registry_entry()})
    api.create(source, home)
    before = api.create(source, team)

    result = pullsecret("copy", "x", "--from", home, "-n", team)

    assert result.stdout == f"secret/x unchanged in namespace {team}\n"
    assert api.read("Secret", "x", team) == before


def test_copy_with_overwrite_keeps_labels_and_annotations_of_others(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(unmanaged(), team)

    pullsecret("copy", "x", "--from", home, "-n", team, "--overwrite")

    metadata = api.read("Secret", "x", team)["metadata"]
    assert metadata["labels"] == {"app": "shop", **MANAGED}
    assert metadata["annotations"]["note"] == "by hand"


def test_copy_after_rotation_of_an_immutable_secret_requires_recreate(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    command = ("copy", "x", "--from", home, "-n", team)
    api.create({**docker_config_secret("x", {"reg.example": registry_entry()}), "immutable": True}, home)
    pullsecret(*command)
    api.delete("Secret", "x", home)
    rotated = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)

    refused = pullsecret(*command, expect=1)
    recreated = pullsecret(*command, "--recreate")

    assert "is immutable; use --recreate" in refused.stderr
    assert recreated.stdout == f"secret/x replaced in namespace {team}\n"
    made = api.read("Secret", "x", team)
    assert made["data"] == rotated["data"]
    assert made["immutable"] is True


def test_copy_that_is_refused_in_one_namespace_continues_with_the_others(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(4)
    source = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(unmanaged(), teams[1])

    result = pullsecret("copy", "x", "--from", home, "--to", ",".join(teams), "--attach", expect=1)

    assert [api.read("Secret", "x", team)["data"] == source["data"] for team in teams] == [True, False, True]
    attached = [api.read("ServiceAccount", "default", team).get("imagePullSecrets") for team in teams]
    assert attached == [[{"name": "x"}], None, [{"name": "x"}]]
    assert result.stderr.endswith("\n3 namespaces: 2 created, 1 failed\n")
