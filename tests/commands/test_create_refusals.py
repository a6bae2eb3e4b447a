"""What `create` and `entitled` do to an existing secret, row by row, and what a second run does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import MANAGED, docker_config_of, docker_config_secret, encoded, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program

LINES = {
    "create": ("create", "regcred", "--registry=cp.icr.io", "--username=cp", "--password-env=KEY"),
    "entitled": ("entitled", "regcred", "--key-env=KEY"),
}
KEY = f"eyJ{made_up_password()}.{made_up_password()}.{made_up_password()}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the table: what exists, the flags, and the result; `refusal` is the section of the golden file."""

    existing: Object | None
    flags: tuple[str, ...] = ()
    done: str = ""
    refusal: str = ""
    keeps_uid: bool = True


def unmanaged(**rest: object) -> Object:
    """A pull secret with a label of another owner."""
    return {**docker_config_secret("regcred", {"cp.icr.io": registry_entry("cp")}, labels={"owner": "them"}), **rest}


BOTH = ("--overwrite", "--recreate")
LEGACY = {"type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded("{}")}}
OPAQUE = {"type": "Opaque", "data": {"a": encoded("b")}}
OURS = docker_config_secret("regcred", {"cp.icr.io": registry_entry("cp")}, labels=MANAGED)

TABLE = {
    "nothing": Row(existing=None, done="created"),
    "ours": Row(existing=OURS, done="configured"),
    "unmanaged": Row(existing=unmanaged(), refusal="unmanaged"),
    "unmanaged-overwrite": Row(existing=unmanaged(), flags=("--overwrite",), done="configured"),
    "unmanaged-overwrite-is-false": Row(existing=unmanaged(), flags=("--overwrite=false",), refusal="unmanaged"),
    "unmanaged-both": Row(existing=unmanaged(), flags=BOTH, done="configured"),
    "other-type": Row(existing=unmanaged(**OPAQUE), refusal="other-type"),
    "other-type-both": Row(existing=unmanaged(**OPAQUE), flags=BOTH, refusal="other-type"),
    "legacy-both": Row(existing=unmanaged(**LEGACY), flags=BOTH, done="replaced", keeps_uid=False),
    "immutable": Row(existing=unmanaged(immutable=True), refusal="immutable-unmanaged"),
    "immutable-overwrite": Row(existing=unmanaged(immutable=True), flags=("--overwrite",), refusal="immutable"),
    "immutable-both": Row(existing=unmanaged(immutable=True), flags=BOTH, done="replaced", keeps_uid=False),
    "immutable-of-ours": Row(existing={**OURS, "immutable": True}, refusal="immutable-of-ours"),
}


ROWS = [
    *(("create", name) for name in TABLE),
    *(("entitled", name) for name in ("nothing", "ours", "unmanaged", "unmanaged-overwrite", "legacy-both")),
]
"""Both commands share the code: all rows for one of them, one row per result for the other."""


@pytest.mark.parametrize(("command", "name"), ROWS, ids=["-".join(row) for row in ROWS])
def test_existing_secret_is_replaced_or_refused(
    api: Api, pullsecret: Program, namespace: str, command: str, name: str
) -> None:
    line, row = LINES[command], TABLE[name]
    manager = "pullsecret" if name in ("ours", "immutable-of-ours") else ""
    before = api.create(row.existing, namespace, manager=manager) if row.existing else None

    result = pullsecret(*line, *row.flags, "-n", namespace, env={"KEY": KEY}, expect=1 if row.refusal else 0)

    after = api.read("Secret", "regcred", namespace)
    if row.refusal:
        assert_golden(f"{command}/{row.refusal}", result.stderr, namespace=namespace)
        assert result.stdout == ""
        assert after == before
        return
    assert result.stdout == f"secret/regcred {row.done} in namespace {namespace}\n"
    assert_golden(f"create/{name if row.done == 'replaced' else 'allowed'}", result.stderr)
    assert docker_config_of(after)["auths"] == {"cp.icr.io": registry_entry("cp", KEY)}
    assert after["metadata"]["labels"].items() >= MANAGED.items()
    if before:
        assert (after["metadata"]["uid"] == before["metadata"]["uid"]) is row.keeps_uid
        assert after["metadata"]["labels"] == {**before["metadata"].get("labels", {}), **MANAGED}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_unmanaged_secret_with_the_same_content_is_unchanged(
    api: Api, pullsecret: Program, namespace: str, line: tuple[str, ...]
) -> None:
    printed = pullsecret(*line, "--dry-run=client", "-o", "json", "-n", namespace, env={"KEY": KEY}).stdout
    before = api.create(unmanaged(data=json.loads(printed)["data"]), namespace)

    result = pullsecret(*line, "-n", namespace, env={"KEY": KEY})

    assert result.stdout == f"secret/regcred unchanged in namespace {namespace}\n"
    assert api.read("Secret", "regcred", namespace) == before


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_second_run_writes_nothing(
    api: Api, pullsecret: Program, namespaces: Namespaces, line: tuple[str, ...]
) -> None:
    places = namespaces(2)
    words = (*line, "--attach", "-n", ",".join(places))
    pullsecret(*words, env={"KEY": KEY})
    before = [api.list(kind, place) for kind in ("Secret", "ServiceAccount") for place in places]

    result = pullsecret(*words, env={"KEY": KEY})

    assert sorted(result.stdout.splitlines()) == sorted(
        f"{what} unchanged in namespace {place}"
        for place in places
        for what in ("secret/regcred", "serviceaccount/default")
    )
    assert result.stderr == "2 namespaces: 2 unchanged\n"
    assert [api.list(kind, place) for kind in ("Secret", "ServiceAccount") for place in places] == before


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_rotated_password_updates_the_secret_only(
    api: Api, pullsecret: Program, namespace: str, line: tuple[str, ...]
) -> None:
    pullsecret(*line, "--attach", "-n", namespace, env={"KEY": KEY})
    account = api.read("ServiceAccount", "default", namespace)
    rotated = f"eyJ{made_up_password()}.{made_up_password()}.x"

    result = pullsecret(*line, "--attach", "-n", namespace, env={"KEY": rotated})

    assert result.stdout.splitlines() == [
        f"secret/regcred configured in namespace {namespace}",
        f"serviceaccount/default unchanged in namespace {namespace}",
    ]
    assert docker_config_of(api.read("Secret", "regcred", namespace))["auths"] == {
        "cp.icr.io": registry_entry("cp", rotated)
    }
    assert api.read("ServiceAccount", "default", namespace) == account


def test_refused_secret_is_not_attached(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(unmanaged(), namespace)

    result = pullsecret(*LINES["create"], "--attach", "-n", namespace, env={"KEY": KEY}, expect=1)

    assert result.stdout == ""
    assert "imagePullSecrets" not in api.read("ServiceAccount", "default", namespace)


def test_refusal_in_one_namespace_does_not_stop_the_others(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    first, refusing, last = namespaces(3)
    api.create(unmanaged(), refusing)
    targets = ("-n", f"{first},{refusing}", "-n", f"{last},missing-{last}")

    result = pullsecret(*LINES["create"], *targets, env={"KEY": KEY}, expect=1)

    assert sorted(result.stdout.splitlines()) == [
        f"secret/regcred created in namespace {first}",
        f"secret/regcred created in namespace {last}",
    ]
    assert result.stderr.splitlines()[-1] == "4 namespaces: 2 created, 2 failed"
    assert f'error: secrets "regcred" already exists in namespace {refusing}' in result.stderr
    assert f'Error from server (NotFound): namespaces "missing-{last}" not found\n' in result.stderr


def test_missing_namespace_is_created_first_with_create_namespaces(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    there = namespaces(1)[0]
    missing = f"{there}-new"
    words = ("--create-namespaces", "--attach", "-n", f"{there},{missing}")

    result = pullsecret(*LINES["create"], *words, env={"KEY": KEY})

    try:
        lines = [line for line in result.stdout.splitlines() if missing in line]
        assert lines == [
            f"namespace/{missing} created",
            f"secret/regcred created in namespace {missing}",
            f"serviceaccount/default patched in namespace {missing}",
        ]
        assert api.read("ServiceAccount", "default", missing)["imagePullSecrets"] == [{"name": "regcred"}]
    finally:
        api.delete("Namespace", missing)
