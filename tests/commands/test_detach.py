"""detach removes names from service accounts; the other entries keep their order, and the secret is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, references, registry_entry, service_account

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program


def pull_secrets(api: Api, namespace: str, account: str = "default") -> list[str]:
    seen = api.read("ServiceAccount", account, namespace)
    return [entry["name"] for entry in seen.get("imagePullSecrets") or []]


LISTS = {
    "first": (["x", "a", "b"], ["x"], ["a", "b"]),
    "middle": (["default-dockercfg-7xk2p", "x", "b"], ["x"], ["default-dockercfg-7xk2p", "b"]),
    "last-one": (["x"], ["x"], []),
    "several": (["x", "a", "y"], ["x", "y"], ["a"]),
    "duplicates": (["x", "a", "x", "a"], ["x"], ["a", "a"]),
    "pattern": (["default-dockercfg-7xk2p", "x-1", "x", "y-x"], ["x*"], ["default-dockercfg-7xk2p", "y-x"]),
    "like-another": (["x-1", "x"], ["x"], ["x-1"]),
}


@pytest.mark.parametrize(("before", "names", "after"), LISTS.values(), ids=LISTS.keys())
def test_detach_removes_the_names_and_keeps_the_others_in_order(
    before: list[str], names: list[str], after: list[str], api: Api, pullsecret: Program, namespace: str
) -> None:
    api.create(service_account("puller", before), namespace)
    command = ("detach", *names, "-n", namespace, "--serviceaccount", "puller")

    result = pullsecret(*command)
    once = api.read("ServiceAccount", "puller", namespace)
    again = pullsecret(*command)

    assert pull_secrets(api, namespace, "puller") == after
    assert result.stdout == f"serviceaccount/puller patched in namespace {namespace}\n"
    assert again.stdout == f"serviceaccount/puller unchanged in namespace {namespace}\n"
    assert api.read("ServiceAccount", "puller", namespace) == once


def test_detach_keeps_the_secret_and_the_other_list(api: Api, pullsecret: Program, namespace: str) -> None:
    secret = api.create(docker_config_secret("x", {"reg.example": registry_entry()}), namespace)
    account: Object = {**service_account("puller", ["x"]), "secrets": references(["x", "y"])}
    api.create(account, namespace)

    pullsecret("detach", "x", "-n", namespace, "--serviceaccount", "puller")

    assert api.read("Secret", "x", namespace) == secret
    assert api.read("ServiceAccount", "puller", namespace)["secrets"] == references(["x", "y"])


def test_detach_of_a_name_that_is_not_listed_changes_nothing(api: Api, pullsecret: Program, namespace: str) -> None:
    before = api.read("ServiceAccount", "default", namespace)

    result = pullsecret("detach", "never-there", "-n", namespace)

    assert result.stdout == f"serviceaccount/default unchanged in namespace {namespace}\n"
    assert api.read("ServiceAccount", "default", namespace) == before


def test_detach_from_all_service_accounts_removes_every_reference(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    teams = namespaces(9)
    for team in teams:
        api.create(service_account("puller", ["own", "x"]), team)
        api.patch("ServiceAccount", "default", {"imagePullSecrets": references(["x"])}, team)

    result = pullsecret("detach", "x", "--all-serviceaccounts", "-n", ",".join(teams))

    assert [pull_secrets(api, team) for team in teams] == [[]] * 9
    assert [pull_secrets(api, team, "puller") for team in teams] == [["own"]] * 9
    assert result.stderr == "9 namespaces: 9 patched\n"


@pytest.mark.parametrize("mode", ["client", "server"])
def test_detach_in_a_dry_run_writes_nothing(mode: str, api: Api, pullsecret: Program, namespace: str) -> None:
    before = api.patch("ServiceAccount", "default", {"imagePullSecrets": references(["x"])}, namespace)

    result = pullsecret("detach", "x", "-n", namespace, f"--dry-run={mode}")

    assert result.stdout.startswith(f"serviceaccount/default patched in namespace {namespace} (")
    assert api.read("ServiceAccount", "default", namespace) == before


def test_detach_in_a_missing_namespace_fails_there_and_continues(api: Api, pullsecret: Program, namespace: str) -> None:
    api.patch("ServiceAccount", "default", {"imagePullSecrets": references(["x"])}, namespace)

    result = pullsecret("detach", "x", "-n", f"{namespace}-gone,{namespace}", expect=1)

    assert pull_secrets(api, namespace) == []
    assert_golden("detach/missing-namespace", result.stderr, namespace=namespace)


def test_detach_from_a_missing_service_account_fails(pullsecret: Program, namespace: str) -> None:
    result = pullsecret("detach", "x", "-n", namespace, "--serviceaccount", "puller", expect=1)

    assert_golden("detach/missing-service-account", result.stderr, namespace=namespace)
