"""The output of a run: lines, names, objects, manifests and summaries; and dry runs, which write nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from documents import document_in
from golden_files import assert_golden
from objects import docker_config_secret, encoded, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

DRY_RUNS = {
    "bare": (["--dry-run"], " (dry run)"),
    "client": (["--dry-run=client"], " (dry run)"),
    "server": (["--dry-run=server"], " (server dry run)"),
    "none": (["--dry-run=none"], ""),
}


def state(api: Api, namespace: str) -> list[Object]:
    return [item for kind in ("Secret", "ServiceAccount") for item in api.list(kind, namespace)]


@pytest.mark.parametrize(("flags", "suffix"), DRY_RUNS.values(), ids=DRY_RUNS.keys())
def test_copy_in_a_dry_run_reports_the_changes_and_writes_nothing(
    flags: list[str], suffix: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, fresh, stale = namespaces(3)
    command = ("copy", "x", "--from", home, "--attach")
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    pullsecret(*command, "-n", stale)
    api.patch("Secret", "x", {"data": docker_config_secret("x", {})["data"]}, home)
    before = [state(api, namespace) for namespace in (fresh, stale)]

    result = pullsecret(*command, "-n", f"{fresh},{stale}", *flags)

    assert result.stdout.splitlines() == [
        f"secret/x created in namespace {fresh}{suffix}",
        f"serviceaccount/default patched in namespace {fresh}{suffix}",
        f"secret/x configured in namespace {stale}{suffix}",
        f"serviceaccount/default unchanged in namespace {stale}{suffix}",
    ]
    assert result.stderr.splitlines()[-1] == f"2 namespaces: 1 created, 1 configured{suffix}"
    after = [state(api, namespace) for namespace in (fresh, stale)]
    assert (after == before) == bool(suffix)


def test_copy_in_a_server_dry_run_is_validated_by_the_server(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    hard = {"count/secrets": "0"}
    api.create({"kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": hard}}, team)
    full = {"status": {"hard": hard, "used": {"count/secrets": "0"}}}
    api.patch("ResourceQuota", "none", full, team, subresource="status")
    command = ("copy", "x", "--from", home, "-n", team)

    validated = pullsecret(*command, "--dry-run=server", expect=1)
    assumed = pullsecret(*command, "--dry-run=client")

    assert "exceeded quota: none" in validated.stderr
    assert assumed.stdout == f"secret/x created in namespace {team} (dry run)\n"


def test_copy_with_an_invalid_dry_run_is_a_usage_error(offline: Program) -> None:
    result = offline("copy", "--dry-run=maybe", expect=1)

    assert_golden("copy/invalid-dry-run", result.stderr)


MANIFESTS = {"yaml": "yaml", "json": "json", "upper-case": "YAML"}


@pytest.mark.parametrize("form", MANIFESTS.values(), ids=MANIFESTS.keys())
def test_copy_as_a_manifest_gives_the_same_result_with_kubectl_apply(
    form: str, api: Api, kubectl: Program, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "other"}]}, team)
    command = ("copy", "x", "--from", home, "-n", team, "--attach")

    manifest = pullsecret(*command, "--dry-run=client", "-o", form)
    kubectl("apply", "-f", "-", input=manifest.stdout)

    assert api.read("Secret", "x", team)["data"] == source["data"]
    assert api.read("ServiceAccount", "default", team)["imagePullSecrets"] == [{"name": "other"}, {"name": "x"}]
    again = pullsecret(*command)
    assert [line.split()[1] for line in again.stdout.splitlines()] == ["unchanged", "unchanged"]


def test_copy_as_a_manifest_with_a_new_namespace_can_be_applied(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), namespace)
    made = f"{namespace}-made"

    manifest = pullsecret(
        "copy", "x", "--from", namespace, "-n", made, "--create-namespaces", "--dry-run=client", "-o", "yaml"
    )
    try:
        kubectl("apply", "-f", "-", input=manifest.stdout)
        assert api.read("Secret", "x", made)
    finally:
        api.delete("Namespace", made)


def test_copy_with_output_name_tells_the_namespaces_where_there_are_several(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(3)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)

    result = pullsecret("copy", "x", "--from", home, "-n", ",".join(teams), "--attach", "-o", "name")

    assert result.stdout.splitlines() == [
        f"{team} {name}" for team in teams for name in ("secret/x", "serviceaccount/default")
    ]
    assert pullsecret("copy", "x", "--from", home, "-n", teams[0], "-o", "name").stdout == "secret/x\n"


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_copy_as_a_document_tells_what_became_of_each_object(
    form: str, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, fresh, taken, same = namespaces(4)
    password = made_up_password()
    source = api.create(docker_config_secret("x", {"reg.example": registry_entry(password=password)}), home)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), taken)
    pullsecret("copy", "x", "--from", home, "-n", same)

    places = f"{fresh},{taken},{same}"
    result = pullsecret("copy", "x", "--from", home, "-n", places, "--attach", "-o", form, expect=1)

    document = document_in(result.stdout)
    items = document["items"]
    assert [(item["namespace"], item["kind"], item["name"], item["result"]) for item in items] == [
        (fresh, "Secret", "x", "created"),
        (fresh, "ServiceAccount", "default", "patched"),
        (taken, "Secret", "x", "failed"),
        (same, "Secret", "x", "unchanged"),
        (same, "ServiceAccount", "default", "patched"),
    ]
    assert "use --overwrite" in items[2]["message"]
    assert {key: count for key, count in document["summary"].items() if count} == {
        "namespaces": 3,
        "created": 1,
        "failed": 1,
        "patched": 2,
        "unchanged": 1,
    }
    assert (document["dryRun"], bool(items[0]["context"])) == ("none", True)
    for text in (password, encoded(password), source["data"][".dockerconfigjson"]):
        assert text not in result.stdout


def test_copy_prints_several_objects_as_a_json_list_or_yaml_documents(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(3)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    command = ("copy", "x", "--from", home, "-n", ",".join(teams), "--dry-run=client", "-o")

    listed = json.loads(pullsecret(*command, "json").stdout)
    documents = list(yaml.safe_load_all(pullsecret(*command, "yaml").stdout))

    assert (listed["apiVersion"], listed["kind"]) == ("v1", "List")
    for items in (listed["items"], documents):
        assert {item["metadata"]["namespace"] for item in items} == set(teams)


def test_failed_copy_prints_no_object(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--dry-run=client", "-o", "yaml", expect=1)

    assert result.stdout == ""


def test_copy_with_an_unknown_format_is_a_usage_error(offline: Program) -> None:
    result = offline("copy", "-o", "wide", expect=1)

    assert_golden("copy/unknown-format", result.stderr)


def test_copy_into_several_namespaces_ends_with_a_summary(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, *teams = namespaces(4)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    pullsecret("copy", "x", "--from", home, "-n", teams[1])

    result = pullsecret("copy", "x", "--from", home, "-n", ",".join(teams))

    assert result.stderr == "3 namespaces: 2 created, 1 unchanged\n"
    assert result.stdout.count("\n") == 3
