"""Invalid input: each is reported in one clear line, soon, and nothing is written."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, named, registry_entry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program, Result

SOON = 5.0
"""Seconds, on a busy machine; a run that waits for something takes ten or more."""

BOMB = 'a: &a ["x","x","x","x","x","x","x","x","x"]\n' + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
"""Nine to the power of nine strings in a few lines, for a parser that expands them."""

MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{','.join(['*a' + str(n - 1)] * 9)}]}}\n" for n in range(1, 10)
)
HEAD = "apiVersion: v1\nkind: Config\ncurrent-context: c\n"


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


KUBECONFIGS: dict[str, tuple[Callable[[Path], Path | str], str]] = {
    "directory": (lambda path: path, "is a directory"),
    "device without end": (lambda _: "/dev/zero", "it is a device, not a file"),
    "random device": (lambda _: "/dev/urandom", "it is a device, not a file"),
    "50 MB": (lambda path: written(path / "k", HEAD + "#" * 50_000_000), "the file is larger than 16 MiB"),
    "cyclic anchor": (lambda path: written(path / "k", HEAD + "clusters: &a [*a]\n"), "is not"),
    "cyclic mapping": (lambda path: written(path / "k", HEAD + "users: &a {a: *a}\n"), "is not"),
    "bomb": (lambda path: written(path / "k", HEAD + BOMB), "document contains excessive aliasing"),
    "bomb of merges": (lambda path: written(path / "k", HEAD + MERGES), "document contains excessive aliasing"),
    "bomb of brackets": (lambda path: written(path / "k", HEAD + "a: " + "[" * 100_000), "nested too deeply"),
    "bomb of indents": (
        lambda path: written(path / "k", HEAD + "".join(" " * n + "a:\n" for n in range(2_000))),
        "nested too deeply",
    ),
    "tag of Python": (lambda path: written(path / "k", HEAD + "a: !!python/object/apply:os.abort []\n"), "yaml: "),
    "binary": (lambda path: written(path / "k", bytes(range(256)) * 16), "the file is not UTF-8 text"),
    "zeros": (lambda path: written(path / "k", bytes(4096)), "yaml: "),
    "half a file": (lambda path: written(path / "k", HEAD + 'clusters: [{"name": "c", "clus'), "yaml: "),
    "list": (lambda path: written(path / "k", "- a\n- b\n"), "the document is not a mapping"),
    "word": (lambda path: written(path / "k", "kubeconfig\n"), "the document is not a mapping"),
}


def quick(program: Program, *arguments: str | Path) -> Result:
    """Run a command that fails soon."""
    began = time.monotonic()
    result = program(*arguments, expect=1)
    assert time.monotonic() - began < SOON
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result


@pytest.mark.parametrize(("make", "words"), KUBECONFIGS.values(), ids=KUBECONFIGS.keys())
def test_invalid_kubeconfig_is_one_line(
    offline: Program, tmp_path: Path, make: Callable[[Path], Path | str], words: str
) -> None:
    path = make(tmp_path)

    result = quick(offline, "list", f"--kubeconfig={path}")

    (line,) = result.stderr.splitlines()
    assert words in line
    assert len(line) < 400


def long_config(size: int) -> str:
    return json.dumps({"auths": {"registry.example.com": registry_entry(email="x" * size)}})


FILES = {
    "too large": (long_config(1024 * 1024), "is larger than 1 MiB"),
    "no JSON": ("auths:\n  registry.example.com: {}\n", "is not JSON"),
    "half of it": (long_config(0)[:-9], "is not JSON"),
    "list": ("[]", "is not a JSON object"),
    "empty": ("", "is empty"),
    "no registries": ("{}", "has no registry entries"),
    "nested": ("[" * 100_000, "is not JSON"),
    "number": ('{"auths": 1}', '"auths" is not a JSON object'),
}


@pytest.mark.parametrize(("content", "words"), FILES.values(), ids=FILES.keys())
def test_invalid_login_file_is_refused_before_any_request(
    offline: Program, tmp_path: Path, content: str, words: str
) -> None:
    path = written(tmp_path / "config.json", content)

    result = quick(offline, "create", "x", f"--from-file={path}")

    assert words in result.stderr.splitlines()[0]
    assert len(result.stderr) < 400


@pytest.mark.parametrize("path", ["/dev/zero", "/"], ids=["device", "directory"])
@pytest.mark.parametrize("flags", [["--from-file"], ["--from-docker-config"], ["--username=u", "--password-file"]])
def test_credential_file_that_is_not_a_file_is_refused(offline: Program, path: str, flags: list[str]) -> None:
    result = quick(offline, "create", "x", *flags[:-1], f"{flags[-1]}={path}")

    assert path in result.stderr.splitlines()[0]
    assert len(result.stderr.splitlines()) <= 2


def test_source_of_another_type_is_refused_by_name(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(named("Secret", "x", data={".dockerconfigjson": encoded("{}")}), namespace)

    result = quick(pullsecret, "copy", "x", "--from", namespace, "-n", "kube-public")

    assert "has type Opaque and is not a pull secret" in result.stderr
    assert api.find("Secret", "x", "kube-public") is None


def test_source_as_large_as_secrets_can_be_is_copied(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, *others = namespaces(4)
    source = docker_config_secret("x", {"registry.example.com": registry_entry(email="x" * 780_000)})
    api.create(source, home)

    pullsecret("copy", "x", "--from", home, "-n", ",".join(others))

    assert [api.read("Secret", "x", name)["data"] == source["data"] for name in others] == [True] * 3


NONSENSE = "a\x1b[2J\x07b" + "x" * 4000
"""Characters that clear a terminal and ring its bell, and then many more."""

NAMING = {
    "copy's name": ["copy", NONSENSE],
    "copy's new name": ["copy", "x", f"--name={NONSENSE}"],
    "target": ["copy", "x", f"--to={NONSENSE}"],
    "source": ["copy", "x", f"--from={NONSENSE}"],
    "service account": ["copy", "x", f"--serviceaccount={NONSENSE}"],
    "attach's name": ["attach", NONSENSE],
    "detach's namespace": ["detach", "x", f"--namespace={NONSENSE}"],
    "create's name": ["create", NONSENSE, "--username=u", "--password-env=HOME"],
    "registry": ["create", "x", f"--registry={NONSENSE}", "--username=u", "--password-env=HOME"],
    "region": ["create", "x", f"--icr={NONSENSE}", "--password-env=HOME"],
    "variable": ["create", "x", "--username=u", f"--password-env={NONSENSE}"],
    "output": ["list", f"--output={NONSENSE}"],
    "selector": ["list", f"--namespace-selector={NONSENSE}"],
    "command": [NONSENSE],
    "flag": ["list", f"--{NONSENSE}"],
}


def assert_harmless(result: Result) -> None:
    assert "\x1b" not in result.stderr
    assert "\x07" not in result.stderr
    assert len(result.stderr.splitlines()) <= 3


@pytest.mark.parametrize("command", NAMING.values(), ids=NAMING.keys())
def test_invalid_argument_is_a_harmless_line(pullsecret: Program, command: list[str]) -> None:
    assert_harmless(quick(pullsecret, *command))


@pytest.mark.parametrize("flag", ["--context", "--cluster", "--user", "--kubeconfig", "-s", "--token", "--as"])
def test_invalid_connection_flag_is_a_harmless_line(pullsecret: Program, flag: str) -> None:
    assert_harmless(quick(pullsecret, "copy", "x", f"{flag}={NONSENSE}"))
