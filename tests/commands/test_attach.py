"""attach appends names to the lists of the selected service accounts, each name once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, references, registry_entry, service_account

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

OTHERS = ["default-dockercfg-7xk2p", "all-icr-io", "zeta"]
DOUBLED = ["one", "two", "one"]


def put_secrets(api: Api, namespace: str, *names: str) -> None:
    for name in names:
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), namespace)


def lists_of(api: Api, namespace: str, account: str = "default") -> tuple[list[str], list[str]]:
    """The names in imagePullSecrets, and those in secrets."""
    seen = api.read("ServiceAccount", account, namespace)
    return names_in(seen, "imagePullSecrets"), names_in(seen, "secrets")


def names_in(account: Object, field: str) -> list[str]:
    return [entry["name"] for entry in account.get(field) or []]


def test_attach_appends_new_names_and_keeps_everything(api: Api, pullsecret: Program, namespace: str) -> None:
    put_secrets(api, namespace, "b", "a")
    change: Object = {
        "metadata": {"labels": {"app": "shop"}, "annotations": {"note": "by hand"}},
        "imagePullSecrets": references(OTHERS),
        "secrets": [{"name": "default-dockercfg-7xk2p"}, {"name": "token", "namespace": "elsewhere"}],
    }
    before = api.patch("ServiceAccount", "default", change, namespace)

    result = pullsecret("attach", "b", "a", "-n", namespace)

    after = api.read("ServiceAccount", "default", namespace)
    assert result.stdout == f"serviceaccount/default patched in namespace {namespace}\n"
    assert names_in(after, "imagePullSecrets") == [*OTHERS, "b", "a"]
    assert after["secrets"] == before["secrets"]
    assert after["metadata"]["labels"] == before["metadata"]["labels"]
    assert after["metadata"]["annotations"] == before["metadata"]["annotations"]


LISTS = {"absent": [], "there": ["new"], "in-the-middle": ["a", "new", "z"], "not-there": ["a", "z"]}


@pytest.mark.parametrize("before", LISTS.values(), ids=LISTS.keys())
def test_attach_twice_adds_the_secret_once_and_writes_nothing_the_second_time(
    before: list[str], api: Api, pullsecret: Program, namespace: str
) -> None:
    put_secrets(api, namespace, "new")
    api.patch("ServiceAccount", "default", {"imagePullSecrets": references(before)}, namespace)

    pullsecret("attach", "new", "new", "-n", namespace)
    once = api.read("ServiceAccount", "default", namespace)
    again = pullsecret("attach", "new", "-n", namespace)

    assert names_in(once, "imagePullSecrets") == (before if "new" in before else [*before, "new"])
    assert again.stdout == f"serviceaccount/default unchanged in namespace {namespace}\n"
    assert api.read("ServiceAccount", "default", namespace) == once


def test_attach_to_a_list_with_duplicates_keeps_and_reports_them(api: Api, pullsecret: Program, namespace: str) -> None:
    put_secrets(api, namespace, "new")
    api.create(service_account("puller", DOUBLED), namespace)

    result = pullsecret("attach", "new", "-n", namespace, "--serviceaccount", "puller")

    assert lists_of(api, namespace, "puller")[0] == [*DOUBLED, "new"]
    assert_golden("attach/duplicates", result.stderr, namespace=namespace)


FOR_VALUES = {
    "default": ([], (["x"], [])),
    "pull": (["--for", "pull"], (["x"], [])),
    "mount": (["--for=mount"], ([], ["x"])),
    "both": (["--for=pull,mount"], (["x"], ["x"])),
    "both-reversed": (["--for", "mount,pull"], (["x"], ["x"])),
}


@pytest.mark.parametrize(("flags", "lists"), FOR_VALUES.values(), ids=FOR_VALUES.keys())
def test_attach_and_detach_edit_the_list_that_for_selects(
    flags: list[str], lists: tuple[list[str], list[str]], api: Api, pullsecret: Program, namespace: str
) -> None:
    put_secrets(api, namespace, "x")

    pullsecret("attach", "x", "-n", namespace, *flags)
    attached = lists_of(api, namespace)
    pullsecret("detach", "x", "-n", namespace, *flags)

    assert attached == lists
    assert lists_of(api, namespace) == ([], [])


def test_attach_for_an_unknown_list_is_a_usage_error(offline: Program) -> None:
    result = offline("attach", "x", "--for", "push", expect=1)

    assert_golden("attach/unknown-list", result.stderr)


@pytest.mark.parametrize(
    "words", [["--serviceaccount", "a,b"], ["--serviceaccount=a", "--serviceaccount=b"]], ids=["comma", "repeated"]
)
def test_attach_to_named_service_accounts_edits_those_only(
    words: list[str], api: Api, pullsecret: Program, namespace: str
) -> None:
    put_secrets(api, namespace, "x")
    for name in ("a", "b", "c"):
        api.create(service_account(name), namespace)

    pullsecret("attach", "x", "-n", namespace, *words)

    assert [lists_of(api, namespace, name)[0] for name in ("a", "b", "c", "default")] == [["x"], ["x"], [], []]


@pytest.mark.parametrize("count", [2, 10], ids=["few-namespaces", "many-namespaces"])
def test_attach_to_all_service_accounts_edits_each_one_in_every_namespace(
    count: int, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    names = namespaces(count)
    for namespace in names:
        put_secrets(api, namespace, "x")
        api.create(service_account("puller", ["own"]), namespace)

    result = pullsecret("attach", "x", "-n", ",".join(names), "--all-serviceaccounts")

    for namespace in names:
        assert lists_of(api, namespace)[0] == ["x"]
        assert lists_of(api, namespace, "puller")[0] == ["own", "x"]
    assert result.stdout.count("patched") == 2 * count
    assert result.stderr == f"{count} namespaces: {count} patched\n"


def test_attach_to_named_and_all_service_accounts_is_a_usage_error(offline: Program) -> None:
    result = offline("attach", "x", "--serviceaccount", "a", "--all-serviceaccounts", expect=1)

    assert_golden("attach/named-and-all-service-accounts", result.stderr)


def test_attach_without_a_name_is_a_usage_error(offline: Program) -> None:
    assert_golden("attach/without-name", offline("attach", expect=1).stderr)


def test_attach_of_a_missing_secret_is_an_error_and_attaches_the_others(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    put_secrets(api, namespace, "x")

    result = pullsecret("attach", "gone", "x", "-n", namespace, expect=1)

    assert_golden("attach/missing-secret", result.stderr, namespace=namespace)
    assert lists_of(api, namespace)[0] == ["x"]


def test_attach_of_missing_secrets_only_writes_nothing(api: Api, pullsecret: Program, namespace: str) -> None:
    before = api.read("ServiceAccount", "default", namespace)

    result = pullsecret("attach", "gone", "-n", namespace, expect=1)

    assert result.stdout == ""
    assert api.read("ServiceAccount", "default", namespace) == before


def test_attach_of_a_missing_secret_with_allow_missing_adds_it(api: Api, pullsecret: Program, namespace: str) -> None:
    result = pullsecret("attach", "later", "-n", namespace, "--allow-missing")

    assert lists_of(api, namespace)[0] == ["later"]
    assert result.stderr == ""


def test_attach_to_a_missing_service_account_fails_there_and_continues(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    with_robot, without = namespaces(2)
    for namespace in (with_robot, without):
        put_secrets(api, namespace, "x")
    api.create(service_account("puller"), with_robot)

    result = pullsecret("attach", "x", "-n", f"{without},{with_robot}", "--serviceaccount", "puller", expect=1)

    assert lists_of(api, with_robot, "puller")[0] == ["x"]
    assert_golden("attach/missing-service-account", result.stderr, namespace=without)


def test_attach_creates_the_namespace_first_with_create_namespaces(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    made = f"{namespaces(1)[0]}-made"

    result = pullsecret("attach", "x", "-n", made, "--create-namespaces", "--allow-missing")

    assert result.stdout.splitlines() == [
        f"namespace/{made} created",
        f"serviceaccount/default patched in namespace {made}",
    ]
    assert api.read("ServiceAccount", "default", made)["imagePullSecrets"] == [{"name": "x"}]
    api.delete("Namespace", made)
