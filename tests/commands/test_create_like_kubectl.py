"""`create` against the real `kubectl create secret docker-registry`: the same flags give the same object."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import MANAGED, made_up_password, registry_entry

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

KUBECTLS = ("create", "secret", "docker-registry")
VISIBLE = "warning: --docker-password is visible in the process list and shell history; use --password-stdin\n"

PASSWORDS = {
    "plain": "@",
    "colons": "a:@:b:",
    "quotes": '"@\'"`',
    "html": "<@>&amp;</@>",
    "spaces": " @ @ ",
    "backslashes": "\\@\\n\\u0041\\\\",
    "utf-8": "pä@\u2028\u00e9e\u0301\U0001f511",
    "control-characters": "a\tb\x01@\x7f\x1b[0m\r",
    "json": '{"apikey": "@"}',
    "3000-characters": "@" + 3000 * "x",
    "dash-first": "-@",
}


def without_our_mark(made: Object) -> Object:
    """The object as kubectl would make it: without our label, and without what the server or a printer fills in."""
    metadata = made["metadata"]
    assert metadata["labels"] == MANAGED
    kept = {key: metadata[key] for key in ("name", "namespace")}
    return {**{key: made[key] for key in ("apiVersion", "kind", "type", "data")}, "metadata": kept}


def without_kubectls_fields(made: Object) -> Object:
    """The same of kubectl's."""
    return without_our_mark({**made, "metadata": {**made["metadata"], "labels": MANAGED}})


@pytest.mark.parametrize("form", PASSWORDS.values(), ids=PASSWORDS.keys())
def test_create_writes_the_same_bytes_as_kubectl_for_any_password(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str, form: str
) -> None:
    password = f"--docker-password={form.replace('@', made_up_password())}"
    flags = ("--docker-server=reg.example.com", "--docker-username=puller", password, "-n", namespace)
    kubectl(*KUBECTLS, "theirs", *flags)

    result = pullsecret("create", "ours", *flags)

    assert result.stdout == f"secret/ours created in namespace {namespace}\n"
    theirs, ours = (api.read("Secret", name, namespace) for name in ("theirs", "ours"))
    assert base64.b64decode(ours["data"][".dockerconfigjson"]) == base64.b64decode(theirs["data"][".dockerconfigjson"])
    assert ours["data"].keys() == theirs["data"].keys()
    assert ours["type"] == theirs["type"]


LINES = {
    "default-server": ("--docker-username=puller",),
    "words-apart": ("--docker-server", "reg.example.com", "--docker-username", "puller"),
    "server-with-path": ("--docker-server=https://reg.example.com/v2/team", "--docker-username=puller"),
    "email": ("--docker-username=puller", "--docker-email=a+b@example.com"),
    "odd-names": ('--docker-username=<r&b> "ü"', "--docker-email=&", "--docker-server=reg-1.example.com:5000"),
    "append-hash": ("--docker-username=puller", "--append-hash"),
    "append-hash-is-true": ("--docker-username=puller", "--append-hash=true"),
    "append-hash-is-false": ("--docker-username=puller", "--append-hash=false"),
}


@pytest.mark.parametrize("flags", LINES.values(), ids=LINES.keys())
def test_create_accepts_kubectls_flags_and_prints_the_same_manifest(
    kubectl: Program, pullsecret: Program, flags: tuple[str, ...]
) -> None:
    password = f"--docker-password={made_up_password()}"
    rest = ("regcred", *flags, password, "--dry-run=client", "-o", "yaml", "-n", "team-a")
    theirs = yaml.safe_load(kubectl(*KUBECTLS, *rest).stdout)

    result = pullsecret("create", *rest, "--create-namespaces")

    ours = [item for item in yaml.safe_load_all(result.stdout) if item["kind"] == "Secret"]
    assert [without_our_mark(item) for item in ours] == [without_kubectls_fields(theirs)]
    assert result.stderr == VISIBLE


@pytest.mark.parametrize("form", ["", ".dockerconfigjson="], ids=["path", "key-and-path"])
@pytest.mark.parametrize("hash_flags", [(), ("--append-hash",)], ids=["", "append-hash"])
def test_create_from_file_keeps_its_bytes_as_kubectl_does(
    api: Api,
    kubectl: Program,
    pullsecret: Program,
    namespaces: Namespaces,
    tmp_path: Path,
    form: str,
    hash_flags: tuple[str, ...],
) -> None:
    theirs, ours = namespaces(2)
    file = tmp_path / "config.json"
    content = {"auths": {"reg.example.com": registry_entry()}, "kept": ["ü", {"<&>": None}]}
    file.write_text(json.dumps(content, indent=3) + "\n \n")
    rest = ("regcred", f"--from-file={form}{file}", *hash_flags)
    kubectl(*KUBECTLS, *rest, "-n", theirs)

    pullsecret("create", *rest, "-n", ours)

    (made,), (expected,) = api.list("Secret", ours), api.list("Secret", theirs)
    assert base64.b64decode(made["data"][".dockerconfigjson"]) == file.read_bytes()
    assert made["data"] == expected["data"]
    assert made["metadata"]["name"] == expected["metadata"]["name"]


def test_create_append_hash_finds_the_secret_that_kubectl_created(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    flags = ("--docker-username=puller", f"--docker-password={made_up_password()}", "--append-hash", "-n", namespace)
    made = kubectl(*KUBECTLS, "regcred", *flags).stdout.split()[0]

    result = pullsecret("create", "regcred", *flags)

    assert result.stdout == f"{made} unchanged in namespace {namespace}\n"
    assert [f"secret/{item['metadata']['name']}" for item in api.list("Secret", namespace)] == [made]


def test_create_append_hash_attaches_the_hashed_name(api: Api, pullsecret: Program, namespace: str) -> None:
    env = {"PASSWORD": made_up_password()}
    flags = ("--username=puller", "--password-env=PASSWORD", "--append-hash", "--attach", "-n", namespace)

    result = pullsecret("create", "regcred", *flags, env=env)

    (secret,) = api.list("Secret", namespace)
    name = secret["metadata"]["name"]
    assert name.startswith("regcred-")
    assert result.stdout == (
        f"secret/{name} created in namespace {namespace}\nserviceaccount/default patched in namespace {namespace}\n"
    )
    assert api.read("ServiceAccount", "default", namespace)["imagePullSecrets"] == [{"name": name}]


def test_create_manifest_of_a_dry_run_works_with_kubectl_apply(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    env = {"PASSWORD": made_up_password()}
    line = ("create", "regcred", "--username=puller", "--password-env=PASSWORD", "-n", namespace)
    manifest = pullsecret(*line, "--dry-run=client", "-o", "yaml", env=env).stdout
    assert api.list("Secret", namespace) == []

    kubectl("apply", "-f", "-", input=manifest)

    assert pullsecret(*line, env=env).stdout == f"secret/regcred unchanged in namespace {namespace}\n"


NEEDLESS = {
    "no-name": ((), "error: exactly one NAME is required, got 0"),
    "two-names": (("a", "b"), "error: exactly one NAME is required, got 2"),
}


@pytest.mark.parametrize(("names", "line"), NEEDLESS.values(), ids=NEEDLESS.keys())
def test_create_without_one_name_is_kubectls_usage_error(
    kubectl: Program, pullsecret: Program, names: tuple[str, ...], line: str
) -> None:
    flags = ("--docker-username=puller", f"--docker-password={made_up_password()}")
    theirs = kubectl(*KUBECTLS, *names, *flags, expect=1)

    ours = pullsecret("create", *names, *flags, expect=1)

    assert ours.stderr.splitlines()[0] == theirs.stderr.splitlines()[0] == line
    assert ours.stderr.splitlines()[1] == "See 'kubectl pullsecret create --help' for usage."
