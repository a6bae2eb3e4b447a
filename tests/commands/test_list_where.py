"""The namespaces and names that `list` shows, its messages, and its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from documents import document_in
from golden_files import assert_golden
from objects import docker_config_secret, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces
    from program import Program, Result
    from rights import Rights


def shown(result: Result) -> list[tuple[str, ...]]:
    """Namespace and name of each row."""
    return [tuple(line.split()[:2]) for line in result.stdout.splitlines()[1:]]


def requests(result: Result) -> list[str]:
    """The requested paths, from the log of -v=6."""
    return [line.split()[1] for line in result.stderr.splitlines() if line.startswith("GET ")]


def put(api: Api, *places: str, name: str = "regcred") -> None:
    for place in places:
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), place)


def test_list_without_target_shows_the_namespace_of_the_context(
    plane: Cluster, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    here, there = namespaces(2)
    put(api, here, there)

    result = pullsecret("list", kubeconfig=plane.admin_kubeconfig_in(here))

    assert shown(result) == [(here, "regcred")]


def test_list_shows_the_selected_namespaces_in_order(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    team = {"team": "listed"}
    first, second, third = namespaces(3, labels=team)
    put(api, third, first, second)
    put(api, second, name="another")
    everything = [(first, "regcred"), (second, "another"), (second, "regcred"), (third, "regcred")]

    by_name = pullsecret("list", "-n", f"{third},{first}", "-n", second)
    by_label = pullsecret("list", "-l", "team=listed", "--exclude", f"*{first[-1]}")
    by_secret = pullsecret("list", "another", "-l", "team=listed")
    by_patterns = pullsecret("list", "secret/an*,nothing*", "-n", f"{first[:-1]}*")
    everywhere = pullsecret("list", "-A")

    assert shown(by_name) == everything
    assert shown(by_label) == everything[1:]
    assert shown(by_secret) == shown(by_patterns) == [(second, "another")]
    assert [row for row in shown(everywhere) if row[0] in (first, second, third)] == everything


def test_list_without_headers_has_rows_only(api: Api, pullsecret: Program, namespace: str) -> None:
    put(api, namespace)

    flags = ("--no-headers", "--no-headers=false")

    bare, turned_off = (pullsecret("list", "-n", namespace, flag).stdout for flag in flags)

    assert bare.startswith(f"{namespace}   regcred   reg.example   <none>   ")
    assert turned_off.startswith("NAMESPACE   ")


EMPTY = {
    "nothing-in-a-namespace": (),
    "nothing-in-two-namespaces": ("-n", "kube-public"),
    "all-namespaces-excluded": ("--exclude=*",),
    "no-namespace-with-the-label": ("-l", "nobody=has-this"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_list_without_a_result_succeeds_with_a_message(pullsecret: Program, namespace: str, name: str) -> None:
    targets = () if name == "no-namespace-with-the-label" else ("-n", namespace)

    result = pullsecret("list", *targets, *EMPTY[name])

    assert result.stdout == ""
    assert_golden(f"list/{name}", result.stderr, namespace=namespace)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_list_of_nothing_as_a_document_has_no_items(pullsecret: Program, namespace: str, form: str) -> None:
    result = pullsecret("list", "-n", namespace, "-o", form)

    assert document_in(result.stdout) == {
        "apiVersion": "kubectl-pullsecret/v1",
        "kind": "PullSecretList",
        "items": [],
        "imageGrants": [],
        "errors": [],
    }


def test_list_of_a_missing_name_shows_the_others_and_fails(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    put(api, namespace)

    result = pullsecret("list", "regcred", "missing", "-n", namespace, expect=1)

    assert shown(result) == [(namespace, "regcred")]
    theirs = kubectl("get", "secret", "missing", "-n", namespace, expect=1)
    assert result.stderr.splitlines()[0] == theirs.stderr.splitlines()[-1]


def test_list_of_a_missing_namespace_shows_the_others_and_fails(api: Api, pullsecret: Program, namespace: str) -> None:
    put(api, namespace)

    result = pullsecret("list", "-n", f"{namespace},missing-{namespace}", expect=1)

    assert shown(result) == [(namespace, "regcred")]
    assert_golden("list/missing-namespace", result.stderr, namespace=namespace)


@pytest.mark.cluster_wide  # it counts pages of what the whole cluster has
def test_list_sends_as_many_requests_for_12_namespaces_as_for_24(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    dozen = namespaces(12, labels={"half": "first", "whole": "both"})
    others = namespaces(12, labels={"whole": "both"})
    put(api, *dozen, *others)

    few, many = (pullsecret("list", "-v=6", "-l", label) for label in ("half=first", "whole=both"))
    by_name = pullsecret("list", "-v=6", "-n", ",".join(dozen))

    assert len(shown(few)) == len(shown(by_name)) == 12
    assert len(shown(many)) == 24
    assert len(requests(few)) == len(requests(many)) == len(requests(by_name)) == 4
    assert not any("/namespaces/" in path for path in requests(many))


def test_list_requests_pull_secrets_only(pullsecret: Program, namespace: str) -> None:
    """The server selects by type; other secrets are not sent."""
    result = pullsecret("list", "-v=6", "-n", namespace)

    asked = [path for path in requests(result) if "/secrets" in path]
    assert sorted(path.partition("fieldSelector=")[2].partition("&")[0] for path in asked) == [
        "type%3Dkubernetes.io%2Fdockercfg",
        "type%3Dkubernetes.io%2Fdockerconfigjson",
    ]


def test_list_without_permission_for_some_namespaces_shows_the_others_and_fails(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    places = namespaces(10)
    put(api, *places)
    may = rule("list", "secrets"), rule("list", "serviceaccounts")
    kubeconfig = restricted(*(Grant(*may, namespace=place) for place in places[:2]))

    result = pullsecret("list", "-n", ",".join(places), kubeconfig=kubeconfig, expect=1)

    assert shown(result) == [(place, "regcred") for place in places[:2]]
    lines = result.stderr.splitlines()
    assert sum("not allowed to list secrets in all namespaces" in line for line in lines) == 1
    assert all(f'in the namespace "{place}"' in result.stderr for place in places[2:])
    assert not any(f'in the namespace "{place}"' in result.stderr for place in places[:2])


def test_list_without_permission_for_service_accounts_says_what_is_incomplete(
    api: Api, pullsecret: Program, namespace: str, restricted: Rights
) -> None:
    put(api, namespace)
    kubeconfig = restricted(Grant(rule("list", "secrets"), namespace=namespace), namespace=namespace)

    result = pullsecret("list", kubeconfig=kubeconfig)

    assert shown(result) == [(namespace, "regcred")]
    assert_golden("list/service-accounts-forbidden", result.stderr, namespace=namespace)
