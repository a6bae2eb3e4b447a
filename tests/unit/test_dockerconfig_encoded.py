"""`.dockerconfigjson` against the real kubectl."""

from __future__ import annotations

import base64
import json
import os
import random
import secrets
import subprocess

import pytest

from pullsecret.model.images.dockerconfig import Registries, RegistryEntry, encoded, registries_of

HUB = "https://index.docker.io/v1/"
SHORT = secrets.token_urlsafe(9)

PASSWORDS = {
    "plain": SHORT,
    "colons": f":{SHORT}:x:",
    "quotes": f"\"{SHORT}'`",
    "backslashes": f"\\{SHORT}\\n\\",
    "html": f"<{SHORT}>&amp;",
    "spaces": f" {SHORT} ",
    "newline": f"{SHORT}\n",
    "controls": f"\t\r\b\f\x01\x1f\x7f{SHORT}",
    "two-byte": f"ü{SHORT}é",
    "four-byte": f"{SHORT}\U0001f511",
    "line-separators": f"{SHORT}\u2028\u2029",
    "byte-order-mark": f"\ufeff{SHORT}",
    "not-utf-8": os.fsdecode(b"\xff\xfe" + SHORT.encode() + b"\xed\xa0\x80\xc3"),
    "3000-characters": secrets.token_urlsafe(3000)[:3000],
}

ALPHABET = [chr(code) for code in (*range(1, 128), 0xE9, 0x2028, 0x2029, 0xFFFD, 0xFFFF, 0x1F511, 0xDC80, 0xDCFF)]


def random_text(seed: int) -> str:
    choice = random.Random(seed)  # noqa: S311  the same strings in every run
    return "".join(choice.choices(ALPHABET, k=choice.randint(1, 60)))


def kubectl_bytes(entry: RegistryEntry) -> bytes:
    """The data that kubectl writes, without a server and a kubeconfig."""
    command = ["kubectl", "create", "secret", "docker-registry", "x", "--dry-run=client", "-o", "json"]
    flags = [f"--docker-server={entry.server}", f"--docker-username={entry.username}"]
    flags += [f"--docker-password={entry.password}", f"--docker-email={entry.email}"]
    environ = {**os.environ, "KUBECONFIG": os.devnull}
    done = subprocess.run([*command, *flags], capture_output=True, check=True, env=environ)
    return base64.b64decode(json.loads(done.stdout)["data"][".dockerconfigjson"])


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS.keys())
def test_encoded_is_kubectls_bytes(password: str) -> None:
    entry = RegistryEntry(server="us.icr.io", username="iamapikey", password=password)
    assert encoded([entry]) == kubectl_bytes(entry)


@pytest.mark.parametrize("seed", range(24))
def test_encoded_is_kubectls_bytes_for_random_text(seed: int) -> None:
    parts = {name: random_text(seed * 10 + index) for index, name in enumerate(("server", "username", "password"))}
    entry = RegistryEntry(**parts, email=random_text(seed * 10 + 3) if seed % 2 else "")
    assert encoded([entry]) == kubectl_bytes(entry)


def test_encoded_sorts_servers_by_bytes() -> None:
    servers = ["us.icr.io", "\uffff", "\U0001f511", "US.icr.io", "cp.icr.io"]
    entries = [RegistryEntry(server=server, username="u", password=SHORT) for server in servers]
    order = list(json.loads(encoded(entries))["auths"])
    assert order == ["US.icr.io", "cp.icr.io", "us.icr.io", "\uffff", "\U0001f511"]


def test_encoded_keeps_the_last_of_two_entries_for_one_server() -> None:
    entries = [RegistryEntry(server="h", username=name, password=SHORT) for name in ("first", "last")]
    assert json.loads(encoded(entries))["auths"]["h"]["username"] == "last"


@pytest.mark.parametrize("password", PASSWORDS.values(), ids=PASSWORDS.keys())
def test_encoded_entries_are_read_back(password: str) -> None:
    entry = RegistryEntry(server=HUB, username="iamapikey", password=password, email="a@b.example")
    data = {".dockerconfigjson": base64.b64encode(encoded([entry])).decode()}
    assert registries_of({"type": "kubernetes.io/dockerconfigjson", "data": data}) == Registries(entries=(entry,))
