"""`list`: pull secrets, their registries and the service accounts that use them, and never a password."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from documents import items_in
from objects import all_icr_io, docker_config_secret, encoded, made_up_password, registry_entry, service_account

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

HEADERS = ["NAMESPACE", "NAME", "REGISTRIES", "SERVICEACCOUNTS", "AGE"]


def cells(line: str) -> list[str]:
    """The cells of a row, with at least three spaces between them."""
    return [cell.strip() for cell in line.split("   ") if cell.strip()]


def rows(text: str) -> dict[str, list[str]]:
    """The rows of a table by the secret's name, without namespace, name and age."""
    lines = [cells(line) for line in text.splitlines()]
    return {line[1]: line[2:4] for line in lines}


def auth(text: bytes) -> Object:
    return {"auth": base64.b64encode(text).decode()}


def secret_with(name: str, config: object, kind: str = "kubernetes.io/dockerconfigjson") -> Object:
    key = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}[kind]
    return {"kind": "Secret", "metadata": {"name": name}, "type": kind, "data": {key: encoded(json.dumps(config))}}


def test_list_shows_pull_secrets_only(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("two", {"b.example/x": registry_entry(), "a.example": registry_entry()}), namespace)
    api.create(
        secret_with("legacy", {"https://old.example/v1/": registry_entry()}, "kubernetes.io/dockercfg"), namespace
    )
    api.create({"kind": "Secret", "metadata": {"name": "opaque"}, "data": {"a": encoded("b")}}, namespace)

    result = pullsecret("list", "-n", namespace)

    header, legacy, two = (cells(line) for line in result.stdout.splitlines())
    assert header == HEADERS
    assert legacy[:4] == [namespace, "legacy", "old.example", "<none>"]
    assert two[:4] == [namespace, "two", "b.example/x,a.example", "<none>"]
    assert two[4].endswith("s")
    assert result.stderr == ""


def test_list_shows_the_service_accounts_that_reference_a_secret(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("used", {"reg.example": registry_entry()}), namespace)
    api.create(service_account("puller", ["used", "used", "missing"]), namespace)
    api.create(service_account("other", ["another"]), namespace)
    api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "used"}]}, namespace)

    result = pullsecret("list", "-n", namespace)

    assert rows(result.stdout)["used"] == ["reg.example", "default,puller"]


def test_list_shortens_many_registries_and_wide_does_not(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(all_icr_io(), namespace)

    short, wide = (pullsecret("list", "-n", namespace, *flags).stdout for flags in ((), ("-o", "wide")))

    assert rows(short)["all-icr-io"] == ["icr.io,au.icr.io + 24 more", "<none>"]
    assert len(rows(wide)["all-icr-io"][0].split(",")) == 26


def test_list_wide_adds_type_usernames_and_origin(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(
        docker_config_secret("regcred", {"a.example": registry_entry("me"), "b.example": registry_entry("you")}), home
    )
    pullsecret("copy", "regcred", "--from", home, "-n", team)

    result = pullsecret("list", "-n", team, "-o", "wide")

    header, row = (cells(line) for line in result.stdout.splitlines())
    assert header == [*HEADERS, "TYPE", "USERNAMES", "ORIGIN", "OWNER", "EXPIRY"]
    assert row[5:] == ["kubernetes.io/dockerconfigjson", "me,you", f"{home}/regcred", "kubectl-pullsecret", "<none>"]


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_list_as_a_document_has_no_credentials(api: Api, pullsecret: Program, namespace: str, form: str) -> None:
    made = api.create(docker_config_secret("regcred", {"reg.example": registry_entry("me")}), namespace)
    api.create(service_account("puller", ["regcred"]), namespace)

    result = pullsecret("list", "-n", namespace, "-o", form)

    (item,) = items_in(result.stdout)
    assert item.pop("context")
    assert item == {
        "namespace": namespace,
        "name": "regcred",
        "created": made["metadata"]["creationTimestamp"],
        "type": "kubernetes.io/dockerconfigjson",
        "registries": [{"server": "reg.example", "username": "me"}],
        "malformed": "",
        "serviceAccounts": ["puller"],
        "copiedFrom": "",
        "managed": False,
        "owner": "",
        "expires": "",
        "role": "",
    }


def test_list_of_names_is_accepted_by_kubectl(api: Api, kubectl: Program, pullsecret: Program, namespace: str) -> None:
    for name in ("b", "a"):
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), namespace)

    result = pullsecret("list", "-n", namespace, "-o", "name")

    assert result.stdout == "secret/a\nsecret/b\n"
    assert kubectl("get", *result.stdout.split(), "-n", namespace, "-o", "name").stdout == result.stdout


MALFORMED = {
    "not-base64": ({"auths": {"reg.example": {"auth": "@!"}}}, "<malformed: illegal base64 data at input byte "),
    "no-colon": (
        {"auths": {"reg.example": auth(b"@")}},
        "<malformed: unable to parse auth field, must be formatted as",
    ),
    "number": ({"auths": {"reg.example": 7}}, "<malformed: json: cannot unmarshal number into Go "),
    "auths-is-text": ({"auths": "@"}, "<malformed: json: cannot unmarshal string into Go "),
}


@pytest.mark.parametrize(("config", "shown"), MALFORMED.values(), ids=MALFORMED.keys())
def test_list_shows_a_malformed_secret_with_the_kubelets_error(
    api: Api, pullsecret: Program, namespace: str, config: Object, shown: str
) -> None:
    planted = made_up_password()
    api.create(secret_with("bad", json.loads(json.dumps(config).replace("@", planted))), namespace)
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)

    result = pullsecret("list", "-n", namespace)

    found = rows(result.stdout)
    assert found["bad"][0].startswith(shown)
    assert found["good"][0] == "reg.example"
    assert planted not in result.stdout + result.stderr


ODD = {
    "empty": ({}, "<none>"),
    "no-entries": ({"auths": {}}, "<none>"),
    "empty-key": ({"auths": {"": auth(b"u:p")}}, "<none>"),
    "control-characters": ({"auths": {"reg\x1b[31m\n\t.example": auth(b"u:p")}}, r"reg\x1b[31m\n\t.example"),
    "user-information": ({"auths": {"https://u:secret-word@reg.example": auth(b"u:p")}}, "reg.example"),
}


@pytest.mark.parametrize(("config", "shown"), ODD.values(), ids=ODD.keys())
def test_list_shows_odd_registries_without_control_characters(
    api: Api, pullsecret: Program, namespace: str, config: Object, shown: str
) -> None:
    api.create(secret_with("odd", config), namespace)

    result = pullsecret("list", "-n", namespace)

    assert rows(result.stdout)["odd"][0] == shown
    assert len(result.stdout.splitlines()) == 2
    assert "secret-word" not in result.stdout


@pytest.mark.parametrize("form", ["wide", "json", "yaml"])
def test_list_shows_a_username_that_is_not_text(api: Api, pullsecret: Program, namespace: str, form: str) -> None:
    api.create(secret_with("odd", {"auths": {"reg.example": auth(b"\xff\x1b[1mme:p")}}), namespace)

    result = pullsecret("list", "-n", namespace, "-o", form, env={"PYTHONIOENCODING": "utf-8:strict"})

    assert "reg.example" in result.stdout
    assert "\x1b" not in result.stdout
