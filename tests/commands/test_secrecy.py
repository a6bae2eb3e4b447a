"""A planted credential is only in the cluster: not in any output, format, log, file, argument or environment."""

from __future__ import annotations

import json
import signal
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import docker_config_of, docker_config_secret, encoded, registry_entry, service_account
from planted_passwords import Planted, path_with, write_exec_kubeconfig, write_program
from program import Program

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Result

PASSWORD_FILE = "--password-file=@/password"  # noqa: S105  a flag
NAMES = ("--registry=reg.example", "--username=puller")
SOURCES = {
    "create-file": ("create", "made", *NAMES, PASSWORD_FILE),
    "create-key-file": ("create", "made", *NAMES, "--password-file=@/key.json"),
    "create-stdin": ("create", "made", *NAMES, "--password-stdin"),
    "create-from-file": ("create", "made", "--from-file=@/config.json"),
    "create-from-docker-config": ("create", "made", "--from-docker-config=@/config.json"),
    "create-from-helper": ("create", "made", "--from-docker-config=@/helpers.json", "--registry=reg.example"),
    "create-and-attach": ("create", "made", *NAMES, PASSWORD_FILE, "--attach"),
    "create-append-hash": ("create", "made", *NAMES, PASSWORD_FILE, "--append-hash"),
    "create-recreated": ("create", "legacy", *NAMES, PASSWORD_FILE, "--overwrite", "--recreate"),
    "entitled": ("entitled", "made", "--key-file=@/password"),
    "copy": ("copy", "planted", "--name=made", "--from=HOME"),
    "copy-and-attach": ("copy", "planted", "--name=made", "--from=HOME", "--attach"),
    "attach": ("attach", "planted"),
    "detach": ("detach", "planted"),
}
LOOKS = {
    "list": ("list",),
    "list-wide": ("list", "-o", "wide"),
    "list-json": ("list", "-o", "json"),
    "list-yaml": ("list", "-o", "yaml"),
    "list-name": ("list", "-o", "name"),
    "describe": ("describe", "planted"),
    "describe-json": ("describe", "planted", "-o", "json"),
    "report": ("report",),
    "can-pull": ("can-pull", "reg.example/app", "--serviceaccount=planted"),
    "can-pull-json": ("can-pull", "reg.example/app", "--serviceaccount=planted", "-o", "json"),
    "can-pull-file": ("can-pull", "-f", "@/manifest.yaml"),
    "can-pull-file-json": ("can-pull", "-f", "@/manifest.yaml", "-o", "json"),
}
FORMS = {
    "lines": (),
    "name": ("-o", "name"),
    "json": ("-o", "json"),
    "yaml": ("-o", "yaml"),
    "server-json": ("-o", "json", "--dry-run=server"),
    "client-lines": ("--dry-run=client",),
    "client-name": ("--dry-run", "-o", "name"),
}
MANIFEST = """
apiVersion: v1
kind: Secret
metadata: {name: planted}
type: kubernetes.io/dockerconfigjson
data: {.dockerconfigjson: DATA}
---
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  imagePullSecrets: [{name: planted}]
  containers:
  - {name: good, image: reg.example/app}
  - {name: bad, image: other.example/app}
"""
HELPER = """
test "$1" = get && printf '{"ServerURL":"reg.example","Username":"puller","Secret":%s}' "$(cat '@/secret.json')"
"""


@dataclass(frozen=True)
class ObservedProgram:
    """A program whose children record how they are run, in directories of its own; `sources` holds what is planted."""

    planted: Planted
    program: Program
    directory: Path
    team: str
    home: str

    def run(self, *words: str, expect: int = 0) -> Result:
        """Run with -v=9; every place that the words name is filled in."""
        full = [word.replace("@", str(self.directory / "sources")).replace("HOME", self.home) for word in words]
        piped = self.planted.password if "--password-stdin" in words else None
        return self.program(*full, "-n", self.team, "-v=9", env=self.env, input=piped, expect=expect)

    @property
    def env(self) -> dict[str, str]:
        return {"TMPDIR": str(self.directory / "tmp"), "PATH": path_with(self.directory / "helper")}

    def assert_nothing_left(self) -> None:
        """No credential in what children saw, in temporary files, or at home."""
        plugin = self.directory / "plugin"
        assert "KUBERNETES_EXEC_INFO" in (plugin / "seen").read_text()
        self.planted.assert_not_left_in(plugin, self.directory / "helper", self.directory / "tmp", self.program.home)


@pytest.fixture
def observed(api: Api, pullsecret: Program, namespaces: Namespaces, tmp_path: Path) -> ObservedProgram:
    planted = Planted()
    team, home = namespaces(2)
    secret = docker_config_secret("planted", {planted.server: registry_entry(planted.username, planted.password)})
    for place in (team, home):
        api.create(secret, place)
    api.create(service_account("planted", ["planted"]), team)
    legacy = {"type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded("{}")}}
    api.create({"kind": "Secret", "metadata": {"name": "legacy"}, **legacy}, team)
    plant(planted, tmp_path)
    kubeconfig = write_exec_kubeconfig(tmp_path, pullsecret.kubeconfig)
    return ObservedProgram(planted, Program(pullsecret.command, pullsecret.home, kubeconfig), tmp_path, team, home)


def plant(planted: Planted, directory: Path) -> None:
    """The files that credentials are taken from, and a helper that knows one."""
    sources = directory / "sources"
    for path in (sources, directory / "tmp"):
        path.mkdir()
    (sources / "password").write_text(planted.password)
    (sources / "key.json").write_text(json.dumps({"apikey": planted.password}))
    (sources / "secret.json").write_text(json.dumps(planted.password))
    (sources / "config.json").write_text(planted.config)
    (sources / "manifest.yaml").write_text(MANIFEST.replace("DATA", planted.data))
    (sources / "helpers.json").write_text('{"credHelpers": {"reg.example": "recorder"}}')
    write_program(directory / "helper" / "docker-credential-recorder", HELPER.replace("@", str(sources)))


@pytest.mark.parametrize("words", SOURCES.values(), ids=SOURCES.keys())
def test_writing_command_prints_no_credential(api: Api, observed: ObservedProgram, words: tuple[str, ...]) -> None:
    result = observed.run(*words)

    observed.planted.assert_not_printed(result)
    observed.assert_nothing_left()
    if words[1] == "made":
        (made,) = (item for item in api.list("Secret", observed.team) if item["metadata"]["name"].startswith("made"))
        (entry,) = docker_config_of(made)["auths"].values()
        assert entry["password"] == observed.planted.password


def test_rotation_prints_neither_the_old_nor_the_new_credential(observed: ObservedProgram) -> None:
    other = Planted()
    (observed.directory / "sources" / "other").write_text(other.password)
    rotate = ("rotate", "planted", "--from=HOME", "--overwrite", "--verify=off", "--check=off")
    there, back = (*rotate, "--password-file=@/other"), (*rotate, PASSWORD_FILE)
    runs = (
        (*there, "--diff"),
        there,
        (*rotate[:4], "--status", "-o", "json"),
        (*rotate[:3], "--finish"),
        (*back, "-o", "json"),
        (*rotate[:4], "--undo"),
    )
    for words in runs:
        result = observed.run(*words, expect=1 if "--diff" in words else 0)

        for planted in (observed.planted, other):
            planted.assert_not_printed(result)
    observed.assert_nothing_left()


@pytest.mark.parametrize("words", LOOKS.values(), ids=LOOKS.keys())
def test_no_list_shows_a_credential(observed: ObservedProgram, words: tuple[str, ...]) -> None:
    result = observed.run(*words)

    assert "planted" in result.stdout
    observed.planted.assert_not_printed(result)
    observed.assert_nothing_left()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_no_output_format_shows_a_credential(observed: ObservedProgram, form: tuple[str, ...]) -> None:
    for words in (SOURCES["create-and-attach"], SOURCES["copy"]):
        result = observed.run(*words, "--overwrite", *form)

        assert "made" in result.stdout
        observed.planted.assert_not_printed(result)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_manifest_of_a_client_dry_run_has_the_data_and_nothing_else(observed: ObservedProgram, form: str) -> None:
    # --attach needs the cluster, and so the exec plugin that sees the environment; without it, none is contacted.
    result = observed.run(*SOURCES["create-file"], "--attach", "--dry-run=client", "-o", form)

    observed.planted.assert_not_printed(result, but_data=True)
    documents = yaml.safe_load_all(result.stdout)
    (manifest,) = [
        item for document in documents for item in document.get("items", [document]) if item["kind"] == "Secret"
    ]
    assert manifest["data"] == {".dockerconfigjson": observed.planted.data}
    observed.assert_nothing_left()


FAILING = {
    "two-places": ("create", "made", *NAMES, PASSWORD_FILE, "--password-stdin"),
    "whole-password-as-name": ("create", "Made", *NAMES, PASSWORD_FILE),
    "password-file-as-login-file": ("create", "made", "--from-docker-config=@/password"),
    "password-file-as-config": ("create", "made", "--from-file=@/password"),
    "config-as-key-file": ("create", "made", *NAMES, "--password-file=@/config.json"),
    "refused": ("create", "planted", "--registry=other.example", "--username=u", PASSWORD_FILE),
    "unknown-flag": ("create", "made", *NAMES, PASSWORD_FILE, "--nope"),
    "missing-account": ("create", "made", *NAMES, PASSWORD_FILE, "--serviceaccount=missing"),
}


@pytest.mark.parametrize("words", FAILING.values(), ids=FAILING.keys())
def test_no_failure_shows_a_credential(observed: ObservedProgram, words: tuple[str, ...]) -> None:
    result = observed.run(*words, expect=1)

    observed.planted.assert_not_printed(result)


def test_interrupted_run_shows_no_credential(observed: ObservedProgram, namespaces: Namespaces) -> None:
    places = namespaces(12)
    words = [word.replace("@", str(observed.directory / "sources")) for word in SOURCES["create-file"]]
    flags = ("-n", ",".join(places), "--parallel=1", "-v=9")
    running = observed.program.start(*words, *flags, env=observed.env)
    with running:
        first = running.stdout.readline() if running.stdout else ""
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)

    assert first.startswith("secret/made created in namespace ")
    assert running.returncode in (130, 0)  # 0: it was done before the signal came
    observed.planted.assert_absent(stdout + stderr, "the streams")
    assert "Traceback" not in stderr
    observed.assert_nothing_left()


def test_child_processes_get_no_token_as_an_argument(observed: ObservedProgram) -> None:
    """--token is in our own arguments, where the user put it, and goes nowhere from there."""
    token = observed.planted.password.replace('"', "")

    result = observed.run("list", f"--token={token}", expect=1)

    assert token not in result.stderr
    assert "Unauthorized" in result.stderr


def test_full_standard_output_is_one_line(observed: ObservedProgram) -> None:
    words = [word.replace("@", str(observed.directory / "sources")) for word in SOURCES["create-file"]]
    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device
        done = subprocess.run(
            [*observed.program.command, *words, "-n", observed.team],
            env=observed.program.environment(env=observed.env),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == "error: write standard output: no space left on device\n"
