"""`--append-hash` against the real kubectl."""

from __future__ import annotations

import json
import os
import secrets
import subprocess

import pytest

from pullsecret.model.objects.name_hash import hashed_name


def kubectl_secret(*flags: str) -> dict[str, object]:
    command = ["kubectl", "create", "secret", *flags, "--append-hash", "--dry-run=client", "-o", "json"]
    environ = {**os.environ, "KUBECONFIG": os.devnull}
    made: dict[str, object] = json.loads(subprocess.run(command, capture_output=True, check=True, env=environ).stdout)
    return made


CASES = {
    "one": ("docker-registry", "all-icr-io", "--docker-server=us.icr.io", "--docker-username=iamapikey"),
    "email": ("docker-registry", "x", "--docker-server=h", "--docker-username=u", "--docker-email=a@b.example"),
    "another-type": ("generic", "y", "--type=kubernetes.io/dockercfg", "--from-literal=.dockercfg={}"),
    "type-with-html": ("generic", "y", "--type=a&<b>", "--from-literal=b=1", "--from-literal=a=2"),
    "no-data": ("generic", "nothing"),
}


@pytest.mark.parametrize("flags", CASES.values(), ids=CASES.keys())
def test_hashed_name_equals_kubectls(flags: tuple[str, ...]) -> None:
    password = [f"--docker-password={secrets.token_urlsafe(30)}"] if flags[0] == "docker-registry" else []
    made = kubectl_secret(*flags, *password)
    metadata = made["metadata"]
    assert isinstance(metadata, dict)
    expected = metadata["name"]
    assert hashed_name({**made, "metadata": {"name": flags[1]}}) == expected


@pytest.mark.parametrize("seed", range(8))
def test_hashed_name_equals_kubectls_for_any_password(seed: int) -> None:
    flags = (
        "docker-registry",
        f"s{seed}",
        "--docker-username=u",
        f"--docker-password={secrets.token_urlsafe(seed + 1)}",
    )
    made = kubectl_secret(*flags)
    metadata = made["metadata"]
    assert isinstance(metadata, dict)
    assert hashed_name({**made, "metadata": {"name": f"s{seed}"}}) == metadata["name"]


def test_hashed_name_depends_on_immutable_only_if_it_is_set() -> None:
    secret: dict[str, object] = {"metadata": {"name": "x"}, "type": "Opaque", "data": {"a": "MQ=="}}
    names = {
        hashed_name(secret),
        hashed_name({**secret, "immutable": True}),
        hashed_name({**secret, "immutable": False}),
    }
    assert len(names) == 3
    assert hashed_name({**secret, "immutable": None}) == hashed_name(secret)


def test_hashed_name_has_no_vowels() -> None:
    names = {hashed_name({"metadata": {"name": "x"}, "type": "Opaque", "data": {"a": str(n)}}) for n in range(200)}
    assert len(names) == 200
    assert all(set(name.removeprefix("x-")) <= set("bcdfghkmt245678 9".replace(" ", "")) for name in names)
