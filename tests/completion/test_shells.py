"""TAB in real shells: for `kubectl pullsecret` by kubectl's scripts, for kubectl-pullsecret by its own."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from completion.shells import Shell, commands_in, require
from control_plane.waiting import until
from kubeconfig.files import kubeconfig
from objects import docker_config_secret, registry_entry
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces

SHELLS = ("bash", "zsh", "fish")
CLUSTER = "arn:aws:eks:eu-1:1:cluster/one"
WAYS = ("kubectl pullsecret", "kubectl-pullsecret")


class Start(Protocol):
    """Starts a shell, or returns the one that is running."""

    def __call__(self, name: str) -> Shell: ...


@pytest.fixture(scope="module")
def start(plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """One shell of each kind for all tests of this file: starting one takes longer than a completion."""
    running: dict[str, Shell] = {}
    with ExitStack() as stack:

        def started(name: str) -> Shell:
            if name not in running:
                require(name)
                running[name] = stack.enter_context(new_shell(name, plane, tmp_path_factory.mktemp(name)))
            return running[name]

        yield started


def new_shell(name: str, plane: Cluster, directory: Path) -> Shell:
    """A shell that has read the scripts of kubectl and kubectl-pullsecret, in a directory with a few files."""
    program = Program(pullsecret_command(), directory, plane.admin_kubeconfig)
    kubectl = Program([str(plane.kubectl)], directory, plane.admin_kubeconfig)
    path = commands_in(directory / "bin", plane.kubectl, program, directory / "typed")
    scripts = [directory / "kubectl-script", directory / "our-script"]
    scripts[0].write_text(kubectl("completion", name).stdout)
    scripts[1].write_text(program("completion", name).stdout)
    (directory / "login-of-mine.json").write_text("{}")
    kubeconfig(directory / "other", contexts={"one": {}, "two": {}}, clusters={CLUSTER: {}})
    environment = {**program.environment(), "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
    return Shell(name, directory, environment, scripts)


COMPLETED = {
    "command": ("det\t", ["detach"]),
    "flag": ("copy --all-n\t", ["copy", "--all-namespaces"]),
    "flag-after-a-name": ("attach one --allow\t", ["attach", "one", "--allow-missing"]),
    "enumeration": ("copy -o j\t", ["copy", "-o", "json"]),
    "enumeration-after-equals": ("copy --dry-run=s\t", ["copy", "--dry-run=server"]),
    "two-words": ("li\t--no-h\t", ["list", "--no-headers"]),
    "context": ("copy --kubeconfig other --context o\t", ["copy", "--kubeconfig", "other", "--context", "one"]),
    "cluster-with-colons": (
        "list --kubeconfig other --cluster arn:aws:e\t",
        ["list", "--kubeconfig", "other", "--cluster", CLUSTER],
    ),
    "file": ("create x --from-file login-\t", ["create", "x", "--from-file", "login-of-mine.json"]),
    "file-after-equals": ("create x --from-file=login-\t", ["create", "x", "--from-file=login-of-mine.json"]),
    "no-file-where-none-is-wanted": ("create login-\t", ["create", "login-"]),
}


@pytest.mark.parametrize(("typed", "words"), COMPLETED.values(), ids=COMPLETED.keys())
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SHELLS)
def test_tab_completes(start: Start, name: str, way: str, typed: str, words: list[str]) -> None:
    *host, _ = way.split("pullsecret")
    seen = start(name).run(f"{way} {typed}")

    assert seen == [*(["pullsecret"] if host == ["kubectl "] else []), *words]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SHELLS)
def test_tab_completes_names_of_the_cluster(
    start: Start, api: Api, namespaces: Namespaces, name: str, way: str
) -> None:
    (namespace,) = namespaces(1)
    api.create(docker_config_secret("reg-here", {"reg.example": registry_entry()}), namespace)
    typed = f"{way} copy --from={namespace[:-2]}\t reg\t --to {namespace[:-2]}\t"
    expected = ["copy", f"--from={namespace}", "reg-here", "--to", namespace]

    until(lambda: start(name).run(typed)[-5:] == expected, f"{typed!r} to become {expected}")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SHELLS)
def test_tab_twice_lists_candidates_with_descriptions(plane: Cluster, tmp_path: Path, name: str, way: str) -> None:
    require(name)
    with new_shell(name, plane, tmp_path) as shell:
        screen = shell.press(f"{way} \t\t", "Add pull secrets to service accounts")

    assert "attach" in screen
