"""Runs of attach: dry runs, manifests, missing permissions, new namespaces."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, named, references, registry_entry, rule, service_account
from rights import Grant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


def put_secret(api: Api, namespace: str) -> None:
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), namespace)


def pull_secrets(api: Api, namespace: str, account: str = "default") -> list[str]:
    seen = api.read("ServiceAccount", account, namespace)
    return [entry["name"] for entry in seen.get("imagePullSecrets") or []]


@pytest.fixture
def new_namespace(api: Api) -> Iterator[str]:
    """A namespace created just now, whose service account may not exist yet."""
    name = f"just-made-{secrets.token_hex(4)}"
    api.create(named("Namespace", name))
    yield name
    api.delete("Namespace", name)


def test_attach_in_a_new_namespace_waits_for_the_service_account(
    api: Api, pullsecret: Program, new_namespace: str
) -> None:
    pullsecret("attach", "x", "-n", new_namespace, "--allow-missing")

    assert pull_secrets(api, new_namespace) == ["x"]


def test_attach_waits_only_for_the_default_service_account(pullsecret: Program, namespace: str) -> None:
    started = time.monotonic()

    result = pullsecret("attach", "x", "-n", namespace, "--allow-missing", "--serviceaccount", "none", expect=1)

    assert time.monotonic() - started < 10
    assert_golden("attach/no-wait-for-other-service-accounts", result.stderr, namespace=namespace)


def test_attach_with_an_invalid_wait_is_a_usage_error(offline: Program) -> None:
    result = offline("attach", "x", "--wait", "soon", expect=1)

    assert_golden("attach/invalid-wait", result.stderr)


@pytest.mark.parametrize("mode", ["client", "server"])
def test_attach_in_a_dry_run_writes_nothing(mode: str, api: Api, pullsecret: Program, namespace: str) -> None:
    put_secret(api, namespace)
    before = api.read("ServiceAccount", "default", namespace)

    result = pullsecret("attach", "x", "-n", namespace, f"--dry-run={mode}")

    words = {"client": "dry run", "server": "server dry run"}
    assert result.stdout == f"serviceaccount/default patched in namespace {namespace} ({words[mode]})\n"
    assert api.read("ServiceAccount", "default", namespace) == before


def test_attach_as_a_manifest_is_what_kubectl_applies(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    put_secret(api, namespace)
    account: Object = {**service_account("puller", ["other"]), "secrets": references(["mounted"])}
    api.create(account, namespace)
    command = ("attach", "x", "-n", namespace, "--serviceaccount", "puller")

    manifest = pullsecret(*command, "--dry-run=client", "-o", "yaml")
    kubectl("apply", "-f", "-", input=manifest.stdout)

    after = api.read("ServiceAccount", "puller", namespace)
    assert pull_secrets(api, namespace, "puller") == ["other", "x"]
    assert after["secrets"] == [{"name": "mounted"}]
    assert pullsecret(*command).stdout == f"serviceaccount/puller unchanged in namespace {namespace}\n"


def test_attach_with_o_name_prints_the_service_account(api: Api, pullsecret: Program, namespace: str) -> None:
    put_secret(api, namespace)

    assert pullsecret("attach", "x", "-n", namespace, "-o", "name").stdout == "serviceaccount/default\n"


def test_attach_that_is_forbidden_in_one_namespace_continues_with_the_others(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    first, closed, last = namespaces(3)
    for namespace in (first, closed, last):
        put_secret(api, namespace)
    rights = (rule("get", "secrets"), rule("get patch", "serviceaccounts"), rule("list", "pods"))
    kubeconfig = restricted(
        Grant(rule("get", "namespaces")), *(Grant(*rights, namespace=namespace) for namespace in (first, last))
    )

    result = pullsecret("attach", "x", "-n", f"{first},{closed},{last}", kubeconfig=kubeconfig, expect=1)

    assert [pull_secrets(api, namespace) for namespace in (first, closed, last)] == [["x"], [], ["x"]]
    (failure,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert failure.startswith('Error from server (Forbidden): secrets "x" is forbidden: ')
    assert result.stderr.endswith("\n3 namespaces: 2 patched, 1 failed\n")


def test_attach_to_all_service_accounts_reads_each_namespace_without_permission_to_list_all(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    *teams, closed = namespaces(10)
    for namespace in (*teams, closed):
        put_secret(api, namespace)
    rights = (rule("get", "secrets"), rule("get list patch", "serviceaccounts"), rule("list", "pods"))
    kubeconfig = restricted(
        Grant(rule("get", "namespaces", "secrets")), *(Grant(*rights, namespace=namespace) for namespace in teams)
    )
    command = ("attach", "x", "--all-serviceaccounts", "-n", ",".join([*teams, closed]))

    result = pullsecret(*command, kubeconfig=kubeconfig, expect=1)

    assert [pull_secrets(api, namespace) for namespace in teams] == [["x"]] * 9
    assert result.stderr.count("note: not allowed to list serviceaccounts in all namespaces") == 1
    assert result.stderr.endswith("\n10 namespaces: 9 patched, 1 failed\n")


def test_copy_with_serviceaccount_implies_attach(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    put_secret(api, home)
    api.create(service_account("puller", ["own"]), team)

    result = pullsecret("copy", "x", "--from", home, "-n", team, "--serviceaccount", "puller")

    assert result.stdout.splitlines() == [
        f"secret/x created in namespace {team}",
        f"serviceaccount/puller patched in namespace {team}",
    ]
    assert (pull_secrets(api, team, "puller"), pull_secrets(api, team)) == (["own", "x"], [])
