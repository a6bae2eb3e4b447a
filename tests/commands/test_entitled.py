"""`entitled`: the pull secret for entitled IBM software, under the names that it is looked up by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from terminal_user import session

from objects import docker_config_of, made_up_password, registry_entry

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program

USING = "note: using the key in IBM_ENTITLEMENT_KEY\n"
NEWLINE = "note: stripped the trailing newline from the key\n"
UNLIKELY = (
    "warning: secret/entitled-cp-icr-io: cp.icr.io: the password does not look like an entitlement key: "
    "those begin with eyJ and have three parts between dots (PS305)\n"
)


def made_up_key() -> str:
    """Something with an entitlement key's three parts."""
    return f"eyJ{made_up_password()}.{made_up_password()}.{made_up_password()}"


NAMES = {
    "default": ((), "entitled-cp-icr-io", "cp.icr.io"),
    "name": (("mine",), "mine", "cp.icr.io"),
    "product-name": (("--product-name",), "ibm-entitlement-key", "cp.icr.io"),
    "staging": (("--staging",), "entitled-cp-icr-io", "cp.stg.icr.io"),
    "staging-name": (("mine", "--staging"), "mine", "cp.stg.icr.io"),
}


@pytest.mark.parametrize(("words", "name", "server"), NAMES.values(), ids=NAMES.keys())
def test_entitled_makes_the_secret_for_user_cp(
    api: Api, pullsecret: Program, namespace: str, words: tuple[str, ...], name: str, server: str
) -> None:
    key = made_up_key()

    result = pullsecret("entitled", *words, "--key-env=KEY", "-n", namespace, env={"KEY": key})

    assert result.stdout == f"secret/{name} created in namespace {namespace}\n"
    assert result.stderr == ""
    secret = api.read("Secret", name, namespace)
    assert secret["type"] == "kubernetes.io/dockerconfigjson"
    assert docker_config_of(secret)["auths"] == {server: registry_entry("cp", key)}


def test_entitled_takes_the_key_of_the_environment_and_says_so(api: Api, pullsecret: Program, namespace: str) -> None:
    key = made_up_key()

    result = pullsecret("entitled", "-n", namespace, env={"IBM_ENTITLEMENT_KEY": key})

    assert result.stderr == USING
    secret = api.read("Secret", "entitled-cp-icr-io", namespace)
    assert docker_config_of(secret)["auths"] == {"cp.icr.io": registry_entry("cp", key)}


SOURCES = {
    "stdin": (("--key-stdin",), ""),
    "stdin-with-newline": (("--key-stdin",), NEWLINE),
    "file": (("--key-file=key",), ""),
    "file-as-stdin": (("--key-file=-",), ""),
    "variable": (("--key-env=OTHER",), ""),
}


@pytest.mark.parametrize("name", SOURCES)
def test_entitled_key_from_a_place_named_comes_before_the_environment(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, name: str
) -> None:
    flags, said = SOURCES[name]
    key = made_up_key()
    file = tmp_path / "key"
    file.write_text(f"{key}\n")
    words = [flag.replace("=key", f"={file}") for flag in flags]
    env = {"IBM_ENTITLEMENT_KEY": made_up_key(), "OTHER": key}

    result = pullsecret(
        "entitled", *words, "-n", namespace, env=env, input=f"{key}\n" if name.endswith("newline") else key
    )

    assert result.stderr == said
    secret = api.read("Secret", "entitled-cp-icr-io", namespace)
    assert docker_config_of(secret)["auths"]["cp.icr.io"]["password"] == key


def test_entitled_asks_a_person_and_shows_nothing_of_the_key(api: Api, pullsecret: Program, namespace: str) -> None:
    key = made_up_key()

    ended = session(pullsecret, "entitled", "-n", namespace, question="Entitlement key: ", typed=f"{key}\n")

    assert ended.status == 0, ended.screen
    assert ended.screen == "Entitlement key: \r\n"
    secret = api.read("Secret", "entitled-cp-icr-io", namespace)
    assert docker_config_of(secret)["auths"]["cp.icr.io"]["password"] == key


BROKEN = {"blank": "@ @", "tab": "@\t@", "newline": "@\n@", "blank-at-its-end": "@ "}


@pytest.mark.parametrize("form", BROKEN.values(), ids=BROKEN.keys())
def test_entitled_key_with_white_space_in_it_is_refused(
    api: Api, pullsecret: Program, namespace: str, form: str
) -> None:
    key = form.replace("@", made_up_key())

    result = pullsecret("entitled", "--key-env=KEY", "-n", namespace, env={"KEY": key}, expect=1)

    assert result.stderr == "error: the entitlement key holds white space: copy it again in one piece\n"
    assert api.list("Secret", namespace) == []


UNLIKE = {"word": "@", "two-parts": "eyJ@.@", "other-beginning": "abc@.@.@"}


@pytest.mark.parametrize("form", UNLIKE.values(), ids=UNLIKE.keys())
def test_entitled_key_that_looks_like_none_is_taken_with_a_warning(
    pullsecret: Program, namespace: str, form: str
) -> None:
    env = {"KEY": form.replace("@", made_up_password())}

    result = pullsecret("entitled", "--key-env=KEY", "-n", namespace, env=env)

    assert result.stdout == f"secret/entitled-cp-icr-io created in namespace {namespace}\n"
    assert result.stderr == UNLIKELY


def test_entitled_attaches_in_every_namespace_chosen(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    places = namespaces(2)
    for place in places:
        api.create({"kind": "ServiceAccount", "metadata": {"name": "robot"}}, place)
    accounts = ("--serviceaccount=robot", "--serviceaccount=default")

    result = pullsecret(
        "entitled", "--product-name", "--key-env=KEY", *accounts, "-n", ",".join(places), env={"KEY": made_up_key()}
    )

    assert len(result.stdout.splitlines()) == 6
    assert result.stderr == "2 namespaces: 2 created\n"
    for place in places:
        for account in ("robot", "default"):
            found = api.read("ServiceAccount", account, place)
            assert found["imagePullSecrets"] == [{"name": "ibm-entitlement-key"}]


SENSELESS = {
    "two-names": (("a", "b", "--key-stdin"), "error: exactly one NAME is required, got 2\n"),
    "name-and-product-name": (("a", "--product-name"), "error: NAME and --product-name cannot be used together\n"),
    "two-places": (("--key-stdin", "--key-env=X"), "error: --key-stdin and --key-env cannot be used together\n"),
    "no-place": ((), "error: no key given and stdin is not a terminal\n"),
    "not-set": (("--key-env=NOT_SET",), "error: environment variable NOT_SET is not set\n"),
    "value-in-a-flag": (("--docker-password=x",), "Error: unknown flag: --docker-password\n"),
    "another-server": (("--docker-server=x",), "Error: unknown flag: --docker-server\n"),
}


@pytest.mark.parametrize(("words", "said"), SENSELESS.values(), ids=SENSELESS.keys())
def test_entitled_that_makes_no_sense_is_refused(pullsecret: Program, words: tuple[str, ...], said: str) -> None:
    result = pullsecret("entitled", *words, input="", expect=1)

    assert result.stderr.startswith(said)
    assert len(result.stderr.splitlines()) == (1 if "NOT_SET" in said else 2)
    assert result.stdout == ""
