"""`describe`: everything about a pull secret, and never a password; from one scenario with copies of every kind."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from documents import document_in
from objects import (
    copy_marks,
    deployment,
    docker_config_secret,
    encoded,
    made_up_password,
    named,
    pod,
    registry_entry,
    rule,
    service_account,
)
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

AMAZON = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)


def entries(password: str) -> dict[str, dict[str, str]]:
    """An API key, a token that names its end, and a username that is its password."""
    expiring = base64.b64encode(json.dumps({"payload": password, "expiration": int(SOON.timestamp())}).encode())
    hidden = made_up_password()
    return {
        "reg.example": registry_entry("me", password),
        AMAZON: registry_entry("AWS", expiring.decode()),
        "odd.example": registry_entry(hidden, hidden),
    }


def section(text: str, title: str) -> list[list[str]]:
    """The rows below a key, as words; without the headers of a table."""
    below = re.split(rf"\n{title}:.*\n", text, maxsplit=1)[-1].splitlines()
    rows = [line for index, line in enumerate(below) if all(before.startswith("  ") for before in below[: index + 1])]
    start = 2 if len(rows) > 1 and set(rows[1]) <= {" ", "-"} else 0
    return [row.split() for row in rows[start:]]


def facts(text: str) -> dict[str, str]:
    """The keys that have their value in the same line."""
    lines = [line.partition(":") for line in text.splitlines() if not line.startswith(" ")]
    return {key: value.strip() for key, _, value in lines if value.strip()}


def test_describe_tells_registries_origin_copies_users_and_findings_but_no_password(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, good, stale, forged = namespaces(4)
    password, old = made_up_password(), made_up_password()
    config = entries(password)
    api.create(docker_config_secret("regcred", entries(old)), home)
    pullsecret("copy", "regcred", "--from", home, "-n", stale)
    api.patch("Secret", "regcred", {"data": docker_config_secret("regcred", config)["data"]}, home)
    pullsecret("copy", "regcred", "--from", home, "-n", good)
    marks = copy_marks(f"{home}/regcred", "guessed", f"{forged}/regcred")
    api.create(docker_config_secret("regcred", config, **marks), forged)
    api.create(service_account("puller", ["regcred"]), good)
    template = pod("x", "reg.example/x", "nowhere", pull_secrets=["regcred"])
    api.create(deployment("app", template, replicas=0), good)
    api.create({**template, "metadata": {"name": "standalone"}}, good)

    source = pullsecret("describe", "regcred", "-n", home)
    copies = pullsecret("describe", "reg*", "-n", f"{good},{stale},{forged}")

    assert sorted(section(source.stdout, "Copies")) == sorted(
        [
            [good, "regcred", "up", "to", "date"],
            [stale, "regcred", "stale"],
            [forged, "regcred", "unproven:", "no", "valid", "proof"],
        ]
    )
    assert facts(source.stdout)["Copies"] == "1 up to date, 1 stale, 1 unproven: no valid proof"
    assert section(source.stdout, "Registries") == [
        ["reg.example", "me", "password", "<unknown>"],
        [AMAZON, "AWS", "Amazon", "ECR", "token", f"{SOON:%Y-%m-%dT%H:%M:%SZ}"],
        ["odd.example", "<hidden>", "password", "<unknown>"],
    ]
    first, second, third = copies.stdout.split("\n\n\n")
    by_place = {facts(text)["Namespace"]: text for text in (first, second, third)}
    assert facts(by_place[good])["Origin"] == f"{home}/regcred (up to date)"
    assert facts(by_place[good])["Owner"] == "kubectl-pullsecret"
    assert section(by_place[good], "Used By") == [["serviceaccount/puller"], ["deployment/app"], ["pod/standalone"]]
    assert facts(by_place[stale])["Origin"] == f"{home}/regcred (stale)"
    assert any("PS504" in row for row in section(by_place[stale], "Findings"))
    assert facts(by_place[forged])["Origin"] == f"{home}/regcred (unproven: no valid proof)"
    assert facts(source.stdout)["Used By"] == "<none>"
    for form in ("json", "yaml"):
        document = document_in(pullsecret("describe", "regcred", "-n", good, "-o", form).stdout)
        (item,) = document["items"]
        assert (item["copyState"], item["copiedFrom"]) == ("up to date", f"{home}/regcred")
        assert item["expires"] == f"{SOON:%Y-%m-%dT%H:%M:%SZ}"
        assert [entry["username"] for entry in item["registries"]] == ["me", "AWS", "<hidden>"]
        assert item["usedBy"] == ["deployment/app", "pod/standalone"]
        for planted in (password, old, *(entry["password"] for entry in config.values())):
            shown = source.stdout + copies.stdout + json.dumps(document)
            assert planted not in shown
            assert encoded(planted) not in shown


def test_describe_of_missing_and_other_secrets_fails_and_shows_the_rest(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)
    api.create(named("Secret", "opaque", data={"a": encoded("b")}), namespace)

    result = pullsecret("describe", "regcred", "opaque", "absent", "-n", namespace, expect=1)

    assert facts(result.stdout)["Name"] == "regcred"
    assert set(result.stderr.splitlines()) == {
        f'error: secrets "opaque" in namespace {namespace} is not a pull secret',
        'Error from server (NotFound): secrets "absent" not found',
    }


@pytest.mark.parametrize("command", ["list", "describe", "check"])
def test_name_in_a_namespace_that_does_not_exist_has_one_message(pullsecret: Program, command: str) -> None:
    result = pullsecret(command, "regcred", "-n", "missing", expect=None)

    assert result.status in (1, 2)
    assert [line for line in result.stderr.splitlines() if "not found" in line] == [
        'Error from server (NotFound): namespaces "missing" not found'
    ]


def test_describe_without_permissions_says_what_is_unknown(
    api: Api, pullsecret: Program, namespace: str, restricted: Rights
) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)
    kubeconfig = restricted(Grant(rule("list", "secrets"), namespace=namespace), namespace=namespace)

    result = pullsecret("describe", "regcred", kubeconfig=kubeconfig)

    place = f"in namespace {namespace}"
    assert facts(result.stdout)["Used By"] == "<unknown>"
    assert result.stderr.splitlines() == [
        f"note: not allowed to list all service accounts, pods and workloads {place}; more may use the secrets",
        "note: not allowed to list secrets in all namespaces; copies in other namespaces are not shown",
    ]


@pytest.mark.parametrize("command", ["list", "describe", "check", "sync"])
def test_secret_that_could_not_be_read_is_not_called_missing(
    pullsecret: Program, namespace: str, restricted: Rights, command: str
) -> None:
    result = pullsecret(command, "regcred", kubeconfig=restricted(namespace=namespace), expect=None)

    assert result.status in (1, 2)
    assert 'cannot list resource "secrets"' in result.stderr
    assert not any(phrase in result.stderr for phrase in ("(NotFound)", "no copies"))


@pytest.mark.parametrize("words", [(), ("regcred", "-o", "wide")], ids=["no-name", "unknown-format"])
def test_describe_on_a_wrong_command_line_fails(offline: Program, words: tuple[str, ...]) -> None:
    assert offline("describe", *words, expect=1).stderr.startswith("error: ")
