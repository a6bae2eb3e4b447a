"""copy with less than a cluster administrator's rights: what may be done is done, and what may not is told."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from objects import docker_config_secret, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

WRITER = (
    rule("get list create patch", "secrets"),
    rule("get list patch", "serviceaccounts"),
    rule("list", "pods"),
)


def user_of(restricted: Rights, home: str, *teams: str, everywhere: tuple[Grant, ...] = ()) -> Path:
    """A user who may read the source and write in the teams' namespaces."""
    return restricted(
        Grant(rule("get list", "secrets"), namespace=home),
        *(Grant(*WRITER, namespace=team) for team in teams),
        Grant(rule("get", "namespaces")),
        *everywhere,
        namespace=home,
    )


def test_copy_for_whom_one_namespace_is_closed_does_the_others(
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


def test_copy_for_who_may_read_but_not_write_says_what_is_forbidden(
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


def test_copy_to_many_namespaces_without_the_right_to_list_asks_each_and_says_so_once(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, *teams = namespaces(11)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = user_of(restricted, home, *teams)

    result = pullsecret("copy", "x", "--from", home, "-n", ",".join(teams), "--attach", kubeconfig=kubeconfig)

    assert all(api.find("Secret", "x", team) for team in teams)
    assert result.stderr.splitlines() == [
        "note: not allowed to list secrets in all namespaces; reading each namespace separately",
        "note: not allowed to list serviceaccounts in all namespaces; reading each namespace separately",
        "10 namespaces: 10 created",
    ]


def test_copy_without_the_right_to_see_pods_says_once_what_it_cannot_tell(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, *teams = namespaces(3)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = restricted(
        Grant(rule("get", "secrets"), namespace=home),
        *(Grant(rule("get create", "secrets"), namespace=team) for team in teams),
    )

    result = pullsecret("copy", "x", "--from", home, "-n", ",".join(teams), kubeconfig=kubeconfig)

    assert result.stderr.splitlines() == [
        "note: not allowed to list pods; cannot report waiting pods",
        "2 namespaces: 2 created",
    ]


def test_copy_everywhere_without_the_right_to_list_namespaces_says_how_else(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = user_of(restricted, home, team)

    for flags in (["-A"], ["-l", f"team={secrets.token_hex(3)}"]):
        result = pullsecret("copy", "x", "--from", home, *flags, kubeconfig=kubeconfig, expect=1)

        assert result.stderr.startswith("Error from server (Forbidden): namespaces is forbidden: User ")
        assert "specify namespaces explicitly: -n team-a,team-b" in result.stderr


def test_copy_of_a_source_that_may_not_be_read_is_forbidden_before_anything_else(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = restricted(Grant(*WRITER, namespace=team))

    result = pullsecret("copy", "x", "--from", home, "-n", team, kubeconfig=kubeconfig, expect=1)

    assert result.stderr.startswith('Error from server (Forbidden): secrets "x" is forbidden: User ')
    assert api.find("Secret", "x", team) is None


def test_copy_of_a_pattern_without_the_right_to_list_its_namespace_is_forbidden(
    api: Api, pullsecret: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    kubeconfig = restricted(Grant(rule("get", "secrets"), namespace=home), Grant(*WRITER, namespace=team))

    result = pullsecret("copy", "*", "--from", home, "-n", team, kubeconfig=kubeconfig, expect=1)

    assert result.stderr.startswith("Error from server (Forbidden): secrets is forbidden: User ")
    assert result.stdout == ""
