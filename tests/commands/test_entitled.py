"""`entitled`: the pull secret for entitled IBM software, under the names that IBM products expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_of, made_up_password, registry_entry
from terminal_user import session

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program


def made_up_key() -> str:
    """A key with the three parts of an entitlement key."""
    return f"eyJ{made_up_password()}.{made_up_password()}.{made_up_password()}"


NAMES = {
    "default": ((), "entitled-cp-icr-io", "cp.icr.io"),
    "name": (("mine",), "mine", "cp.icr.io"),
    "product-name": (("--product-name",), "ibm-entitlement-key", "cp.icr.io"),
    "staging": (("--staging",), "entitled-cp-icr-io", "cp.stg.icr.io"),
    "staging-name": (("mine", "--staging"), "mine", "cp.stg.icr.io"),
}


@pytest.mark.parametrize(("words", "name", "server"), NAMES.values(), ids=NAMES.keys())
def test_entitled_creates_the_secret_for_username_cp(
    api: Api, pullsecret: Program, namespace: str, words: tuple[str, ...], name: str, server: str
) -> None:
    key = made_up_key()

    result = pullsecret("entitled", *words, "--key-env=KEY", "-n", namespace, env={"KEY": key})

    assert result.stdout == f"secret/{name} created in namespace {namespace}\n"
    assert result.stderr == ""
    secret = api.read("Secret", name, namespace)
    assert secret["type"] == "kubernetes.io/dockerconfigjson"
    assert docker_config_of(secret)["auths"] == {server: registry_entry("cp", key)}


def test_entitled_uses_the_key_in_the_environment_and_says_so(api: Api, pullsecret: Program, namespace: str) -> None:
    key = made_up_key()

    result = pullsecret("entitled", "-n", namespace, env={"IBM_ENTITLEMENT_KEY": key})

    assert_golden("entitled/key-in-the-environment", result.stderr)
    secret = api.read("Secret", "entitled-cp-icr-io", namespace)
    assert docker_config_of(secret)["auths"] == {"cp.icr.io": registry_entry("cp", key)}


SOURCES = {
    "stdin": ("--key-stdin",),
    "stdin-with-newline": ("--key-stdin",),
    "file": ("--key-file=key",),
    "file-as-stdin": ("--key-file=-",),
    "variable": ("--key-env=OTHER",),
}


@pytest.mark.parametrize("name", SOURCES)
def test_entitled_key_from_a_flag_takes_precedence_over_the_environment(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, name: str
) -> None:
    key = made_up_key()
    file = tmp_path / "key"
    file.write_text(f"{key}\n")
    words = [flag.replace("=key", f"={file}") for flag in SOURCES[name]]
    env = {"IBM_ENTITLEMENT_KEY": made_up_key(), "OTHER": key}

    result = pullsecret(
        "entitled", *words, "-n", namespace, env=env, input=f"{key}\n" if name.endswith("newline") else key
    )

    if name == "stdin-with-newline":
        assert_golden("entitled/stripped-newline", result.stderr)
    else:
        assert result.stderr == ""
    secret = api.read("Secret", "entitled-cp-icr-io", namespace)
    assert docker_config_of(secret)["auths"]["cp.icr.io"]["password"] == key


def test_entitled_prompts_without_echo(api: Api, pullsecret: Program, namespace: str) -> None:
    key = made_up_key()

    ended = session(
        pullsecret, "entitled", "-n", namespace, question="Entitlement key for cp at cp.icr.io: ", typed=f"{key}\n"
    )

    assert ended.status == 0, ended.screen
    assert ended.screen == "Entitlement key for cp at cp.icr.io: \r\n"
    secret = api.read("Secret", "entitled-cp-icr-io", namespace)
    assert docker_config_of(secret)["auths"]["cp.icr.io"]["password"] == key


BROKEN = {"blank": "@ @", "tab": "@\t@", "newline": "@\n@", "blank-at-its-end": "@ "}


@pytest.mark.parametrize("form", BROKEN.values(), ids=BROKEN.keys())
def test_entitled_key_with_whitespace_is_refused(api: Api, pullsecret: Program, namespace: str, form: str) -> None:
    key = form.replace("@", made_up_key())

    result = pullsecret("entitled", "--key-env=KEY", "-n", namespace, env={"KEY": key}, expect=1)

    assert_golden("entitled/whitespace", result.stderr)
    assert api.list("Secret", namespace) == []


UNLIKE = {"word": "@", "two-parts": "eyJ@.@", "other-beginning": "abc@.@.@"}


@pytest.mark.parametrize("form", UNLIKE.values(), ids=UNLIKE.keys())
def test_entitled_warns_about_a_key_with_an_unexpected_format(pullsecret: Program, namespace: str, form: str) -> None:
    env = {"KEY": form.replace("@", made_up_password())}

    result = pullsecret("entitled", "--key-env=KEY", "-n", namespace, env=env)

    assert result.stdout == f"secret/entitled-cp-icr-io created in namespace {namespace}\n"
    assert_golden("entitled/unexpected-format", result.stderr)


def test_entitled_attaches_in_every_selected_namespace(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    places = namespaces(2)
    for place in places:
        api.create({"kind": "ServiceAccount", "metadata": {"name": "puller"}}, place)
    accounts = ("--serviceaccount=puller", "--serviceaccount=default")

    result = pullsecret(
        "entitled", "--product-name", "--key-env=KEY", *accounts, "-n", ",".join(places), env={"KEY": made_up_key()}
    )

    assert len(result.stdout.splitlines()) == 6
    assert result.stderr == "2 namespaces: 2 created\n"
    for place in places:
        for account in ("puller", "default"):
            found = api.read("ServiceAccount", account, place)
            assert found["imagePullSecrets"] == [{"name": "ibm-entitlement-key"}]


INVALID = {
    "two-names": ("a", "b", "--key-stdin"),
    "name-and-product-name": ("a", "--product-name"),
    "two-sources": ("--key-stdin", "--key-env=X"),
    "no-source": (),
    "not-set": ("--key-env=NOT_SET",),
    "value-in-a-flag": ("--docker-password=x",),
    "another-server": ("--docker-server=x",),
}


@pytest.mark.parametrize("row", INVALID)
def test_entitled_with_invalid_flags_is_a_usage_error(pullsecret: Program, row: str) -> None:
    result = pullsecret("entitled", *INVALID[row], input="", expect=1)

    assert_golden(f"entitled/{row}", result.stderr)
    assert result.stdout == ""
