"""The processes of the programs: what the loader adds does not reach others, and Ctrl-C is one Ctrl-C."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.programs import KUBECTL_PLUGIN, folder, ibmcloud_plugin
from kubeconfig.files import script, simple
from kubeconfig.plugin import V1, credential
from objects import docker_config_secret, registry_entry
from program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces

COUNT = 40
SHELLS_OWN = {"PWD", "OLDPWD", "SHLVL", "_", "KUBERNETES_EXEC_INFO", "KUBECTL_PULLSECRET_DIFF"}


@pytest.fixture(params=["kubectl", "ibmcloud"])
def file(request: pytest.FixtureRequest) -> Path:
    """The program in a folder, and the program in one file."""
    return folder() / KUBECTL_PLUGIN if request.param == "kubectl" else ibmcloud_plugin()


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The directory in which the program in one file unpacks itself."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    return directory


@pytest.mark.parametrize("given", [None, "/some/where"], ids=["unset", "set"])
def test_credential_plugins_get_the_user_s_environment(
    plane: Cluster, tmp_path: Path, namespace: str, file: Path, given: str | None
) -> None:
    answer, environment = tmp_path / "answer", tmp_path / "environment"
    answer.write_text(credential({"token": plane.access.token}))
    plugin = script(tmp_path / "plugin", f"env > {environment}", f"cat {answer}")
    user = {"exec": {"apiVersion": V1, "command": str(plugin), "interactiveMode": "Never"}}
    server = {"server": plane.access.server, "certificate-authority": str(plane.access.ca)}
    program = Program([str(file)], tmp_path, simple(tmp_path / "config", server, user))
    env = {} if given is None else {"LD_LIBRARY_PATH": given}

    program("list", "-n", namespace, env=env)

    assert_variables(environment, program, env)


def test_credential_helpers_and_diff_programs_get_the_user_s_environment(
    plane: Cluster, tmp_path: Path, namespace: str, file: Path
) -> None:
    of_helper, of_diff = tmp_path / "of-helper", tmp_path / "of-diff"
    answer = json.dumps({"Username": "u", "Secret": secrets.token_hex(8)})
    script(tmp_path / "docker-credential-own", f"env > {of_helper}", f"echo '{answer}'")
    script(tmp_path / "our-diff", f"env > {of_diff}", "exit 1")
    login = tmp_path / "login.json"
    login.write_text('{"credHelpers":{"reg.example":"own"}}')
    program = Program([str(file)], tmp_path, plane.admin_kubeconfig)
    env = {
        "LD_LIBRARY_PATH": "/some/where",
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
        "KUBECTL_EXTERNAL_DIFF": "our-diff",
    }
    words = [f"--from-docker-config={login}", "--registry", "reg.example", "-n", namespace]

    program("create", "x", *words, "--diff", env=env, expect=1)

    for variables in (of_helper, of_diff):
        assert_variables(variables, program, env)


def assert_variables(file: Path, program: Program, env: dict[str, str]) -> None:
    """A child has no other variables than the user's and its shell's."""
    variables = dict(line.partition("=")[::2] for line in file.read_text().splitlines())
    own = program.environment(env=env)
    assert {name: variables.get(name) for name in own} == own
    assert variables.get("LD_LIBRARY_PATH") == env.get("LD_LIBRARY_PATH")
    assert set(variables) <= {*own} | SHELLS_OWN


@pytest.fixture
def silent_server() -> Iterator[socket.socket]:
    """A server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    """Do what a terminal does: send the signal to all processes of the group."""
    os.killpg(process.pid, signal.SIGINT)


def start(program: Program, *words: str, env: dict[str, str]) -> subprocess.Popen[str]:
    """Start a program in a group of its own, with pipes."""
    pipe = subprocess.PIPE
    own = program.environment(env=env)
    return subprocess.Popen(
        [*program.command, *words], env=own, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def test_ctrl_c_while_waiting_for_the_server_is_one_message(
    tmp_path: Path, temporary: Path, silent_server: socket.socket, file: Path
) -> None:
    server = {"server": f"http://127.0.0.1:{silent_server.getsockname()[1]}"}
    program = Program([str(file)], tmp_path, simple(tmp_path / "config", server, {}))
    env = {"TMPDIR": str(temporary)}

    with start(program, "list", "-n", "n", env=env) as running, silent_server.accept()[0] as connection:
        assert connection.recv(1)
        press_ctrl_c(running)
        stdout, stderr = running.communicate(timeout=60)

    assert (stdout, stderr, running.returncode) == ("", "note: interrupted; no changes were made\n", 130)
    assert list(temporary.iterdir()) == []


def test_ctrl_c_between_writes_lets_the_run_report_what_was_done(
    plane: Cluster, api: Api, namespaces: Namespaces, tmp_path: Path, temporary: Path, file: Path
) -> None:
    source, *targets = namespaces(COUNT + 1)
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), source)
    program = Program([str(file)], tmp_path, plane.admin_kubeconfig)
    words = ("copy", "x", "--from", source, "--to", ",".join(targets), "--parallel", "1")

    with start(program, *words, env={"TMPDIR": str(temporary)}) as running:
        assert running.stdout
        running.stdout.readline()
        press_ctrl_c(running)
        _, stderr = running.communicate(timeout=60)

    done = [namespace for namespace in targets if api.find("Secret", "x", namespace)]
    assert running.returncode == 130, stderr
    assert stderr.splitlines()[-1] == f"{COUNT} namespaces: {len(done)} created, {COUNT - len(done)} skipped"
    assert "Traceback" not in stderr
    assert list(temporary.iterdir()) == []
