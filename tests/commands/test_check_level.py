"""What check would report prevents that a secret is written or attached, or is a warning: --check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from bad_secrets import api_key, web_token, with_key, with_login, with_text

from golden_files import assert_golden
from objects import docker_config_of, docker_config_secret, made_up_password, registry_entry

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program

STRICT = "nothing was written; without --check=strict only errors prevent the write"
ERRORS = "nothing was written; use --check=off to write it anyway"
WRITING = {
    "create": (
        ("create", "made", "--registry=us.icr.io/v2", "--username=iamapikey", "--password-env=KEY"),
        api_key(),
        "secret/made: us.icr.io/v2: without a trailing slash, /v2 is ",
    ),
    "entitled": (
        ("entitled", "made", "--key-env=KEY"),
        web_token(issued=-999, expires=-99),
        "secret/made: cp.icr.io: the password is a token that expired on ",
    ),
    "from-file": (
        ("create", "made", "--from-file=FILE"),
        "",
        'secret/made: cp.icr.io: username "ekey" logs in but cannot pull; ',
    ),
    "login-file": (
        ("create", "made", "--from-docker-config=FILE"),
        "",
        'secret/made: cp.icr.io: username "ekey" logs in but cannot pull; ',
    ),
}


@pytest.mark.parametrize(("words", "key", "said"), WRITING.values(), ids=WRITING.keys())
def test_new_secret_is_checked(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, words: tuple[str, ...], key: str, said: str
) -> None:

    file = tmp_path / "config.json"
    file.write_text(json.dumps(docker_config_of(with_login("", "cp.icr.io", "ekey", web_token()))))
    line = [word.replace("FILE", str(file)) for word in words] + ["-n", namespace]

    strict = pullsecret(*line, "--check=strict", env={"KEY": key}, expect=1)

    assert strict.stdout == ""
    assert strict.stderr.startswith(f"error: {said}")
    assert strict.stderr.endswith(f"\n{STRICT}\n")
    assert api.find("Secret", "made", namespace) is None
    warned = pullsecret(*line, "--check=off", env={"KEY": key})
    assert warned.stderr.startswith(f"warning: {said}")
    assert warned.stdout == f"secret/made created in namespace {namespace}\n"


def test_copy_checks_its_sources(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    api.create(with_key("a-wrong", "US.icr.io"), home)
    api.create(with_text("a-broken", '{"auths": 7}'), home)
    api.create(docker_config_secret("a-right", {"reg.example.org": registry_entry()}), home)
    line = ("copy", "a-*", "--from", home, "--to", team)

    refused = pullsecret(*line, expect=1)

    first, second, last = refused.stderr.splitlines()
    assert first.startswith(f"error: secret/a-broken in namespace {home} is malformed (json: cannot unmarshal number ")
    assert second.startswith(f"secret/a-wrong in namespace {home}: US.icr.io: matching is case-sensitive")
    assert last == ERRORS
    assert [item["metadata"]["name"] for item in api.list("Secret", team)] == []
    warned = pullsecret(*line, "--check=off")
    assert [line.partition(" ")[0] for line in warned.stderr.splitlines()] == ["warning:", "warning:"]
    assert warned.stdout.count(" created in ") == 3


def test_strict_level_accepts_a_good_secret(api: Api, pullsecret: Program, namespace: str) -> None:
    words = ("create", "made", "--icr=all", "--password-env=KEY", "--check=strict", "-n", namespace)

    result = pullsecret(*words, env={"KEY": api_key()})

    assert result.stderr == ""
    assert api.read("Secret", "made", namespace)


def test_refusal_shows_no_credentials(pullsecret: Program, namespace: str) -> None:
    password = f"{made_up_password()}\n"
    words = (
        "create",
        "made",
        "--registry=r.example",
        "--username=u",
        "--password-stdin",
        "--check=strict",
        "-n",
        namespace,
    )

    result = pullsecret(*words, "-v=9", input=f"{password}\n", expect=1)

    assert "PS306" in result.stderr
    assert password.strip() not in result.stdout + result.stderr


def test_only_errors_prevent_the_write_unless_a_level_is_given(api: Api, pullsecret: Program, namespace: str) -> None:
    words = ("create", "made", "--registry=us.icr.io", "--username=cp", "--password-env=KEY", "-n", namespace)

    warned = pullsecret(*words, env={"KEY": api_key()})

    assert warned.stderr.startswith('warning: secret/made: us.icr.io: username "cp" is for the entitled registry')
    assert api.read("Secret", "made", namespace)


def test_attach_refuses_what_would_stop_pods(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(with_text("broken", '{"auths": 7}'), namespace)
    api.create({"kind": "Secret", "metadata": {"name": "config"}, "stringData": {"a": "b"}}, namespace)
    api.create(docker_config_secret("good", {"reg.example.org": registry_entry()}), namespace)
    line = ("attach", "broken", "config", "good", "-n", namespace)

    refused = pullsecret(*line, expect=1)

    assert attached_names(api, namespace) == ["good"]
    assert_golden("attach/refused-secrets", refused.stderr, namespace=namespace)
    warned = pullsecret(*line, "--check=off")
    assert attached_names(api, namespace) == ["good", "broken", "config"]
    assert_golden("attach/unchecked-secrets", warned.stderr, namespace=namespace)


def test_secret_that_is_mounted_is_not_checked(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create({"kind": "Secret", "metadata": {"name": "config"}, "stringData": {"a": "b"}}, namespace)

    assert pullsecret("attach", "config", "--for=mount", "-n", namespace).stderr == ""


def attached_names(api: Api, namespace: str) -> list[str]:
    account = api.read("ServiceAccount", "default", namespace)
    return [entry["name"] for entry in account.get("imagePullSecrets", [])]
