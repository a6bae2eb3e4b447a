"""copy with few permissions: what is allowed is done, and what is not allowed is reported."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

WRITER = (
    rule("get list create patch", "secrets"),
    rule("get list patch", "serviceaccounts"),
    rule("list", "pods"),
)


def user_of(restricted: Rights, home: str, *teams: str, everywhere: tuple[Grant, ...] = ()) -> Path:
    """A user who is allowed to read the source and to write in the teams' namespaces."""
    return restricted(
        Grant(rule("get list", "secrets"), namespace=home),
        *(Grant(*WRITER, namespace=team) for team in teams),
        Grant(rule("get", "namespaces")),
        *everywhere,
        namespace=home,
    )


def test_copy_that_is_forbidden_in_one_namespace_continues_with_the_others(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, first, closed, last = namespaces(4)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = user_of(restricted, home, first, last)

    result = pullsecret(
        "copy", "x", "--from", home, "--to", f"{first},{closed},{last}", "--attach", kubeconfig=kubeconfig, expect=1
    )

    assert result.stdout.count("created") == 2
    (failure,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert failure.startswith('Error from server (Forbidden): secrets "x" is forbidden: User ')
    assert closed in failure
    assert result.stderr.endswith("\n3 namespaces: 2 created, 1 failed\n")
    assert api.find("Secret", "x", closed) is None


def test_copy_without_permission_to_write_is_forbidden(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    reader = restricted(
        Grant(rule("get list", "secrets"), namespace=home),
        Grant(rule("get", "secrets"), rule("list", "pods"), namespace=team),
    )

    result = pullsecret("copy", "x", "--from", home, "-n", team, kubeconfig=reader, expect=1)

    assert result.stderr.startswith("Error from server (Forbidden): secrets is forbidden: User ")
    assert result.stderr.count("\n") == 1


def test_copy_to_many_namespaces_without_permission_to_list_reads_each_namespace(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, *teams = namespaces(11)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = user_of(restricted, home, *teams)

    result = pullsecret("copy", "x", "--from", home, "-n", ",".join(teams), "--attach", kubeconfig=kubeconfig)

    assert all(api.find("Secret", "x", team) for team in teams)
    assert_golden("copy/not-allowed-to-list", result.stderr)


def test_copy_without_permission_to_list_pods_says_once_what_it_cannot_report(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, *teams = namespaces(3)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = restricted(
        Grant(rule("get", "secrets"), namespace=home),
        *(Grant(rule("get create", "secrets"), namespace=team) for team in teams),
    )

    result = pullsecret("copy", "x", "--from", home, "-n", ",".join(teams), kubeconfig=kubeconfig)

    assert_golden("copy/not-allowed-to-list-pods", result.stderr)


def test_copy_to_all_namespaces_without_permission_to_list_them_suggests_another_way(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = user_of(restricted, home, team)

    for flags in (["-A"], ["-l", f"team={secrets.token_hex(3)}"]):
        result = pullsecret("copy", "x", "--from", home, *flags, kubeconfig=kubeconfig, expect=1)

        user = re.findall(r'User "(.*?)"', result.stderr)[0]
        assert_golden("copy/not-allowed-to-list-namespaces", result.stderr, user=user)


UNREADABLE = {
    "secret": ("x", (), 'secrets "x" is forbidden'),
    "pattern-without-permission-to-list": ("*", (rule("get", "secrets"),), "secrets is forbidden"),
}
"""A source, what a user is allowed to do in its namespace, and the beginning of the server's message."""


@pytest.mark.parametrize(("name", "rules", "message"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_copy_without_permission_to_read_the_source_is_forbidden(
    api: Api,
    pullsecret: Program,
    namespaces: Namespaces,
    restricted: Rights,
    name: str,
    rules: tuple[Object, ...],
    message: str,
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    source = [Grant(*rules, namespace=home)] if rules else []
    kubeconfig = restricted(*source, Grant(*WRITER, namespace=team))

    result = pullsecret("copy", name, "--from", home, "-n", team, kubeconfig=kubeconfig, expect=1)

    assert result.stderr.startswith(f"Error from server (Forbidden): {message}: User ")
    assert result.stdout == ""
    assert api.find("Secret", "x", team) is None
