"""What is copied from the source, what is not, and how the copy is updated later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from objects import MANAGED, all_icr_io, copy_marks, docker_config_of, docker_config_secret, encoded, registry_entry
from program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from namespaces import Namespaces

ANNOTATIONS = {"kubectl-pullsecret/copied-from", "kubectl-pullsecret/proof"}


def legacy_secret(name: str) -> Object:
    return {
        "kind": "Secret",
        "metadata": {"name": name},
        "type": "kubernetes.io/dockercfg",
        "data": {".dockercfg": encoded(json.dumps({"reg.example": registry_entry()}))},
    }


def version_of(api: Api, name: str, namespace: str) -> str:
    found: str = api.read("Secret", name, namespace)["metadata"]["resourceVersion"]
    return found


def test_copy_has_the_same_data_and_records_its_source(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    source = api.create(all_icr_io(), home)

    result = pullsecret("copy", "--from", home, "--to", team)

    assert result.stdout == f"secret/all-icr-io created in namespace {team}\n"
    assert result.stderr == ""
    made = api.read("Secret", "all-icr-io", team)
    assert made["type"] == "kubernetes.io/dockerconfigjson"
    assert made["data"] == source["data"]
    marks = copy_marks(f"{home}/all-icr-io", source["metadata"]["uid"], f"{team}/all-icr-io")
    assert {key: made["metadata"][key] for key in marks} == marks


def test_copy_does_not_take_over_metadata_of_the_source(
    api: Api, kubectl: Program, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    owner = api.create({"kind": "ConfigMap", "metadata": {"name": "owner"}}, home)["metadata"]
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["uid"]}
    manifest = docker_config_secret(
        "regcred",
        {"reg.example": registry_entry()},
        namespace=home,
        labels={"app": "shop", "argocd.argoproj.io/instance": "shop"},
        annotations={"note": "by hand"},
        finalizers=["example.com/keep"],
        ownerReferences=[reference],
    )
    kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", **manifest}))
    source = api.read("Secret", "regcred", home)

    pullsecret("copy", "regcred", "--from", home, "-n", team)

    made = api.read("Secret", "regcred", team)
    api.patch("Secret", "regcred", {"metadata": {"finalizers": None}}, home)
    assert "kubectl.kubernetes.io/last-applied-configuration" in source["metadata"]["annotations"]
    assert set(made["metadata"]["annotations"]) == ANNOTATIONS
    assert made["metadata"]["labels"] == MANAGED
    assert {"finalizers", "ownerReferences"}.isdisjoint(made["metadata"])
    assert made["metadata"]["uid"] != source["metadata"]["uid"]
    assert made["metadata"]["resourceVersion"] != source["metadata"]["resourceVersion"]
    assert [entry["manager"] for entry in made["metadata"]["managedFields"]] == ["pullsecret"]


def test_copy_keeps_the_legacy_type_and_immutability(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    legacy = api.create(legacy_secret("legacy"), home)
    api.create({**docker_config_secret("fixed", {"reg.example": registry_entry()}), "immutable": True}, home)

    pullsecret("copy", "legacy", "fixed", "--from", home, "-n", team)

    made = api.read("Secret", "legacy", team)
    assert (made["type"], made["data"]) == ("kubernetes.io/dockercfg", legacy["data"])
    assert "immutable" not in made
    assert api.read("Secret", "fixed", team)["immutable"] is True


def test_copy_a_second_time_writes_nothing(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, *teams = namespaces(3)
    api.create(all_icr_io(), home)
    command = ("copy", "--from", home, "--to", ",".join(teams), "--attach")
    pullsecret(*command)
    objects = [("Secret", "all-icr-io"), ("ServiceAccount", "default")]
    before = [api.read(kind, name, team) for team in teams for kind, name in objects]

    result = pullsecret(*command)

    assert [api.read(kind, name, team) for team in teams for kind, name in objects] == before
    assert sorted(result.stdout.splitlines()) == sorted(
        f"{what} unchanged in namespace {team}"
        for team in teams
        for what in ("secret/all-icr-io", "serviceaccount/default")
    )
    assert result.stderr == "2 namespaces: 2 unchanged\n"


def test_copy_after_a_key_rotation_updates_every_copy_in_place(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(4)
    api.create(all_icr_io(), home)
    command = ("copy", "--from", home, "--to", ",".join(teams))
    pullsecret(*command)
    uids = [api.read("Secret", "all-icr-io", team)["metadata"]["uid"] for team in teams]
    rotated = api.patch("Secret", "all-icr-io", {"data": all_icr_io()["data"]}, home)

    result = pullsecret(*command)

    copies = [api.read("Secret", "all-icr-io", team) for team in teams]
    assert [copy["data"] for copy in copies] == [rotated["data"]] * 3
    assert [copy["metadata"]["uid"] for copy in copies] == uids
    assert sorted(result.stdout.splitlines()) == [f"secret/all-icr-io configured in namespace {team}" for team in teams]
    assert result.stderr == "3 namespaces: 3 configured\n"


def test_copy_keeps_labels_and_annotations_of_others(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(all_icr_io(), home)
    pullsecret("copy", "--from", home, "-n", team)
    marks = {"labels": {"app": "shop"}, "annotations": {"note": "ours, too"}}
    api.patch("Secret", "all-icr-io", {"metadata": marks}, team)
    api.patch("Secret", "all-icr-io", {"data": all_icr_io()["data"]}, home)

    pullsecret("copy", "--from", home, "-n", team)

    metadata = api.read("Secret", "all-icr-io", team)["metadata"]
    assert metadata["labels"] == {"app": "shop", **MANAGED}
    assert set(metadata["annotations"]) == {"note", *ANNOTATIONS}


def test_copy_of_a_recreated_source_with_the_same_data_is_unchanged(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = all_icr_io()
    api.create(source, home)
    pullsecret("copy", "--from", home, "-n", team)
    before = version_of(api, "all-icr-io", team)
    api.delete("Secret", "all-icr-io", home)
    api.create(source, home)

    result = pullsecret("copy", "--from", home, "-n", team)

    assert result.stdout == f"secret/all-icr-io unchanged in namespace {team}\n"
    assert version_of(api, "all-icr-io", team) == before


def test_copy_without_flags_copies_all_icr_io_from_default_to_the_contexts_namespace(
    api: Api, namespace: str, icr_in_default: Object, admin_in_namespace: Program
) -> None:
    result = admin_in_namespace("copy")

    assert result.stdout == f"secret/all-icr-io created in namespace {namespace}\n"
    assert docker_config_of(api.read("Secret", "all-icr-io", namespace)) == docker_config_of(icr_in_default)


@pytest.fixture
def icr_in_default(api: Api) -> Iterator[Object]:
    """The secret all-icr-io in namespace default, deleted after the test."""
    yield api.create(all_icr_io(), "default")
    api.delete("Secret", "all-icr-io", "default")


@pytest.fixture
def admin_in_namespace(plane: Cluster, pullsecret: Program, namespace: str) -> Program:
    """The program for an administrator whose context is in the test's namespace."""
    return Program(pullsecret.command, pullsecret.home, plane.admin_kubeconfig_in(namespace))
