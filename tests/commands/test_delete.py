"""delete removes managed secrets, detached first; what is used, or somebody else's, stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, pod, registry_entry, service_account
from terminal_user import session

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program


@pytest.fixture
def place(api: Api, pullsecret: Program, namespace: str) -> str:
    """A namespace with managed secrets that its default service account lists, and one of somebody else."""
    for name in ("old", "older"):
        pullsecret("create", name, "-n", namespace, "--registry=r.example", "--username=u", *_PASSWORD, "--attach")
    api.create(docker_config_secret("foreign", {"f.example": registry_entry()}), namespace)
    return namespace


_PASSWORD = ("--password-env=HOME",)


def secrets_in(api: Api, namespace: str) -> set[str]:
    return {item["metadata"]["name"] for item in api.list("Secret", namespace)}


def listed(api: Api, namespace: str) -> list[str]:
    account = api.read("ServiceAccount", "default", namespace)
    return [entry["name"] for entry in account.get("imagePullSecrets") or []]


def using_pod(namespace_secret: str, name: str = "worker") -> Object:
    body = pod(name, "r.example/app:1", "", pull_secrets=(namespace_secret,))
    del body["spec"]["nodeName"]
    return body


def test_delete_detaches_and_deletes(api: Api, pullsecret: Program, place: str) -> None:
    result = pullsecret("delete", "old", "-n", place)
    assert result.stdout == (
        f"serviceaccount/default patched in namespace {place}\nsecret/old deleted in namespace {place}\n"
    )
    assert secrets_in(api, place) == {"older", "foreign"}
    assert listed(api, place) == ["older"]


def test_delete_changes_nothing_for_a_secret_in_use(api: Api, pullsecret: Program, place: str) -> None:
    api.create(using_pod("old"), place)
    before = secrets_in(api, place), listed(api, place)
    result = pullsecret("delete", "old", "-n", place, expect=1)
    assert "is used by pod/worker" in result.stderr
    assert (secrets_in(api, place), listed(api, place)) == before
    pullsecret("delete", "old", "-n", place, "--in-use")
    assert secrets_in(api, place) == {"older", "foreign"}


def test_delete_refuses_what_others_manage(api: Api, pullsecret: Program, place: str) -> None:
    result = pullsecret("delete", "foreign", "-n", place, expect=1)
    assert "is not managed by kubectl-pullsecret; use kubectl to delete it" in result.stderr
    api.create(docker_config_secret("old-previous", {}, labels={"kubectl-pullsecret/role": "previous"}), place)
    result = pullsecret("delete", "old-previous", "-n", place, expect=1)
    assert "keeps the previous credential of secret/old; use rotate --finish to delete it, or kubectl" in result.stderr
    api.delete("Secret", "old-previous", place)
    result = pullsecret("delete", "*", "-n", place, "--yes")
    assert f"note: left out secret/foreign in namespace {place}: not managed by kubectl-pullsecret" in result.stderr
    assert secrets_in(api, place) == {"foreign"}
    assert listed(api, place) == []


def test_delete_keeps_a_secret_whose_service_account_still_lists_it(api: Api, pullsecret: Program, place: str) -> None:
    owned = service_account("puller", ["old"])
    owned["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "Helm"}
    owned["metadata"]["annotations"] = {
        "meta.helm.sh/release-name": "r",
        "meta.helm.sh/release-namespace": place,
    }
    api.create(owned, place, manager="helm")
    result = pullsecret("delete", "old", "-n", place, expect=1)
    assert "was not deleted: a service account still lists it" in result.stderr
    assert "old" in secrets_in(api, place)


def test_delete_of_what_is_not_there(pullsecret: Program, place: str) -> None:
    assert pullsecret("delete", "gone", "-n", place, expect=1).stderr == (
        f'Error from server (NotFound): secrets "gone" not found in namespace {place}\n'
    )
    assert pullsecret("delete", "gone", "-n", place, "--ignore-not-found").stdout == ""


def test_delete_of_a_missing_secret_does_not_keep_the_others(api: Api, pullsecret: Program, place: str) -> None:
    result = pullsecret("delete", "gone", "old", "-n", place, expect=1)
    assert result.stderr.startswith(f'Error from server (NotFound): secrets "gone" not found in namespace {place}\n')
    assert "still lists it" not in result.stderr
    assert secrets_in(api, place) == {"older", "foreign"}
    assert listed(api, place) == ["older"]


def test_delete_of_several_asks(api: Api, pullsecret: Program, place: str) -> None:
    refused = pullsecret("delete", "old", "older", "-n", place, expect=1)
    assert "deleting more than one secret asks for confirmation" in refused.stderr
    denied = session(pullsecret, "delete", "old*", "-n", place, question="[y/N] ", typed="n\n")
    assert denied.status == 1
    assert secrets_in(api, place) == {"old", "older", "foreign"}
    agreed = session(pullsecret, "delete", "old*", "-n", place, question="[y/N] ", typed="y\n")
    assert agreed.status == 0
    assert secrets_in(api, place) == {"foreign"}


def test_delete_in_a_dry_run_writes_nothing(api: Api, pullsecret: Program, place: str) -> None:
    before = secrets_in(api, place), listed(api, place)
    for mode in ("client", "server"):
        result = pullsecret("delete", "old*", "-n", place, f"--dry-run={mode}")
        assert "secret/old deleted" in result.stdout
    assert pullsecret("delete", "old", "-n", place, "--diff", expect=1).stdout
    assert (secrets_in(api, place), listed(api, place)) == before


def test_delete_takes_no_selector_of_objects(pullsecret: Program) -> None:
    assert pullsecret("delete", "x", "-l", "a=b", expect=1).stderr == (
        "error: unknown shorthand flag: 'l' in -l\nuse --namespace-selector to select namespaces by their labels\n"
    )
