"""The registries and the username of a secret that `create` creates, and its warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import ICR_HOSTS, docker_config_of, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program

PUBLIC, PRIVATE = frozenset(ICR_HOSTS[:13]), frozenset(ICR_HOSTS[13:])
KEY = "--password-env=KEY"


def made_up_key() -> str:
    """Something of an API key's length."""
    return made_up_password()[:42].ljust(44, "0")


def auths_in(api: Api, namespace: str) -> Object:
    auths: Object = docker_config_of(api.read("Secret", "regcred", namespace))["auths"]
    return auths


HOSTS = {
    "one": (("--registry=r.example.com", "--username=iamapikey"), {"r.example.com"}),
    "none-is-docker-hub": (("--username=iamapikey",), {"https://index.docker.io/v1/"}),
    "several": (
        ("--registry=a.example", "--registry=b.example:5000/x", "--username=iamapikey"),
        {"a.example", "b.example:5000/x"},
    ),
    "kubectls-flag-repeated": (
        ("--docker-server=a.example", "--docker-server=b.example", "--docker-username=iamapikey"),
        {"a.example", "b.example"},
    ),
    "regions": (("--icr", "us", "--icr", "global"), {"us.icr.io", "icr.io"}),
    "regions-in-one-word": (("--icr=us,eu-de"), {"us.icr.io", "de.icr.io"}),
    "private-regions": (("--icr=us", "--icr=global", "--private"), {"private.us.icr.io", "private.icr.io"}),
    "all-regions": (("--icr=all",), PUBLIC),
    "all-private": (("--icr=all", "--private"), PRIVATE),
    "region-and-server": (("--icr=us", "--registry=private.us.icr.io"), {"us.icr.io", "private.us.icr.io"}),
    "region-and-stranger": (
        ("--icr=us", "--registry=r.example.com", "--username=iamapikey"),
        {"us.icr.io", "r.example.com"},
    ),
}


@pytest.mark.parametrize(("flags", "hosts"), HOSTS.values(), ids=HOSTS.keys())
def test_create_creates_one_secret_for_all_registries(
    api: Api, pullsecret: Program, namespace: str, flags: tuple[str, ...] | str, hosts: set[str]
) -> None:
    words = (flags,) if isinstance(flags, str) else flags
    key = made_up_key()

    result = pullsecret("create", "regcred", *words, KEY, "-n", namespace, env={"KEY": key})

    assert result.stdout == f"secret/regcred created in namespace {namespace}\n"
    assert auths_in(api, namespace) == dict.fromkeys(hosts, registry_entry("iamapikey", key))
    assert result.stderr == ""


USERS = {
    "api-key": ((), "iamapikey"),
    "own-name": (("--username=iamapikey",), "iamapikey"),
    "trusted-profile": (("--profile-id=Profile-0f0e",), "Profile-0f0e"),
}


@pytest.mark.parametrize(("flags", "username"), USERS.values(), ids=USERS.keys())
def test_create_for_ibm_cloud_has_the_username(
    api: Api, pullsecret: Program, namespace: str, flags: tuple[str, ...], username: str
) -> None:
    key = made_up_key()

    pullsecret("create", "regcred", "--icr=us", *flags, KEY, "-n", namespace, env={"KEY": key})

    assert auths_in(api, namespace) == {"us.icr.io": registry_entry(username, key)}


REFUSED = {
    "unknown-region": ("--icr=mars",),
    "entitled-registry": ("--icr=cp.icr.io",),
    "private-alone": ("--private", "--username=u"),
    "colon-in-username": ("--registry=r.example.com", "--username=u:v"),
    "no-username": ("--registry=r.example.com",),
    "no-username-for-one": ("--icr=us", "--registry=r.example.com"),
    "username-and-profile": ("--icr=us", "--username=u", "--profile-id=Profile-1"),
    "invalid-profile": ("--icr=us", "--profile-id=123"),
    "empty-server": ("--registry=", "--username=u"),
    "server-with-newline": ("--registry=r.example\n", "--username=u"),
}


@pytest.mark.parametrize("row", REFUSED)
def test_create_with_invalid_flags_is_a_usage_error(offline: Program, row: str) -> None:
    result = offline("create", "regcred", *REFUSED[row], KEY, env={"KEY": made_up_key()}, expect=1)

    assert_golden(f"create/{row}", result.stderr)
    assert result.stdout == ""


WRONG = {
    "session-token": ("us.icr.io", "iambearer", "PS303"),
    "refresh-token": ("us.icr.io", "iamrefresh", "PS303"),
    "registry-token": ("icr.io", "token", "PS301"),
    "entitled-name": ("de.icr.io", "cp", "PS301"),
    "profile-with-prefix": ("us.icr.io", "iam-Profile-1", "PS301"),
    "somebody": ("us.icr.io", "puller", "PS301"),
    "ekey": ("cp.icr.io", "ekey", "PS302"),
    "api-key-for-entitled": ("cp.icr.io", "iamapikey", "PS302"),
    "retired": ("registry.ng.bluemix.net", "token", "PS404"),
    "amazon": ("1.dkr.ecr.eu-west-1.amazonaws.com", "AWS", "PS403"),
}


@pytest.mark.parametrize(("server", "username", "code"), WRONG.values(), ids=WRONG.keys())
def test_create_warns_about_an_unexpected_username(
    pullsecret: Program, namespace: str, server: str, username: str, code: str
) -> None:
    flags = (f"--registry={server}", f"--username={username}", KEY, "--check=off", "--dry-run", "-n", namespace)

    result = pullsecret("create", "regcred", *flags, env={"KEY": made_up_key()})

    assert result.stdout == f"secret/regcred created in namespace {namespace} (dry run)\n"
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"warning: secret/regcred: {server}: ")
    assert line.endswith(f" ({code})")


def test_create_warns_once_about_several_registries(pullsecret: Program, namespace: str) -> None:
    result = pullsecret("create", "regcred", "--icr=all", KEY, "--dry-run", "-n", namespace, env={"KEY": "too-short"})

    (line,) = result.stderr.splitlines()
    assert line.startswith(
        "warning: secret/regcred: au.icr.io, br.icr.io, ca.icr.io and 10 more: the password does not look like "
    )
    assert "too-short" not in line
