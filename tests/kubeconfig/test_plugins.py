"""Exec credential plugins: what they receive, what they may print, and that their failure is fatal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.files import kubeconfig
from kubeconfig.kubectl_oracle import ask_us, ask_us_apart, kubectl_error, python_path
from kubeconfig.plugin import V1, V1BETA1, credential
from objects import made_up_password
from pullsecret.cluster.login import execplugin

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Certificate
    from kubeconfig.conftest import Both, PluginConfig
    from kubeconfig.plugin import Plugin


@pytest.mark.parametrize("version", [V1, V1BETA1])
def test_token(both: Both, plugin_config: PluginConfig, plugin: Plugin, version: str) -> None:
    plugin.says(credential({"token": "t"}, version))

    assert both.request(plugin_config(apiVersion=version)).identity == (("authorization", "Bearer t"),)


@pytest.mark.parametrize("token", ["", "t"], ids=["alone", "with a token"])
def test_client_certificate(
    both: Both, plugin_config: PluginConfig, plugin: Plugin, client_certificate: Certificate, token: str
) -> None:
    pair = {
        "clientCertificateData": client_certificate.path.read_text(),
        "clientKeyData": client_certificate.key.read_text(),
    }
    plugin.says(credential({"token": token, **pair}))

    asked = both.request(plugin_config())
    assert asked.certificate == "carla"
    assert bool(asked.identity) == bool(token)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(credential({"token": "t"}, V1BETA1), id="another version"),
        pytest.param(json.dumps({"kind": "ExecCredential", "apiVersion": V1}), id="no status"),
        pytest.param(credential({}), id="empty status"),
        pytest.param(credential({"clientCertificateData": "x"}), id="certificate without key"),
    ],
)
def test_invalid_output_is_fatal_with_the_same_message(
    both: Both, plugin_config: PluginConfig, plugin: Plugin, answer: str
) -> None:
    plugin.says(answer)

    both.error(plugin_config())


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("hello", id="not JSON"),
        pytest.param("", id="nothing"),
        pytest.param('["S3CRET"]', id="not an object"),
        pytest.param('{"token": "S3CRET"}', id="no kind"),
        pytest.param(credential({"token": ["S3CRET"]}), id="token of another type"),
        pytest.param(credential({"token": "S3CRET", "expirationTimestamp": "soon"}), id="not a time"),
        pytest.param(
            credential({"clientCertificateData": "S3CRET", "clientKeyData": "S3CRET"}), id="not a certificate"
        ),
    ],
)
def test_malformed_output_is_fatal_and_not_shown(
    both: Both, plugin_config: PluginConfig, plugin: Plugin, answer: str
) -> None:
    plugin.says(answer)

    theirs, ours = both.errors(plugin_config())
    for error in theirs, ours:
        assert error.startswith("Unable to connect to the server: getting credentials: ")
    assert "S3CRET" not in ours


def test_failure_is_fatal_with_the_same_message_and_its_stderr_is_shown(
    both: Both, plugin_config: PluginConfig, plugin: Plugin, environ: dict[str, str]
) -> None:
    plugin.says("", before="echo 'log in first' >&2; exit 7")
    theirs, ours = kubectl_error(plugin_config(), environ=environ), ask_us_apart(plugin_config(), environ=environ).error

    assert set(theirs.splitlines()) == set(ours.splitlines())
    assert ours.startswith("log in first\n")
    assert ours.endswith("failed with exit code 7")
    assert not both.servers[0].taken()


def test_killed_plugin_is_fatal_with_the_same_message(both: Both, plugin_config: PluginConfig, plugin: Plugin) -> None:
    plugin.says("", before="kill -9 $$")

    both.error(plugin_config())


@pytest.mark.parametrize("hint", ["", "Get it at\n\thttps://example.com"], ids=["without hint", "with hint"])
def test_missing_program_is_reported_with_its_hint(both: Both, plugin_config: PluginConfig, hint: str) -> None:
    both.error(plugin_config(command="not-there", installHint=hint))


@pytest.mark.parametrize("entry", ["", ".", "here"])
def test_program_in_a_relative_entry_of_path_is_not_run(
    both: Both,
    plugin_config: PluginConfig,
    plugin: Plugin,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
) -> None:
    (plugin.directory / "here").symlink_to(".")
    monkeypatch.chdir(plugin.directory)
    environ["PATH"] = f"{entry}:{environ['PATH']}"

    both.error(plugin_config(command="plugin"))
    assert plugin.runs == 0


def test_missing_path_is_fatal_with_the_same_message(both: Both, plugin_config: PluginConfig) -> None:
    both.error(plugin_config(command="/not/there"))


def test_relative_path_is_against_the_file(both: Both, plugin_config: PluginConfig) -> None:
    both.request(plugin_config(command="./plugin"))


def test_always_interactive_needs_a_terminal(both: Both, plugin_config: PluginConfig) -> None:
    both.error(plugin_config(interactiveMode="Always"))


def test_plugin_receives_the_same_as_from_kubectl(
    plugin: Plugin, tmp_path: Path, cluster: dict[str, Any], environ: dict[str, str]
) -> None:
    plugin.says(before='printf "%s\\n%s\\n%s\\n" "$KUBERNETES_EXEC_INFO" "$GREETING" "$*" > received')
    extension = {"name": V1.removesuffix("/v1") + "/exec", "extension": {"audience": "x", "n": 1, "day": "2020-01-01"}}
    exec_ = {
        "apiVersion": V1,
        "command": str(plugin.path),
        "interactiveMode": "IfAvailable",
        "provideClusterInfo": True,
        "args": ["one", "two words"],
        "env": [{"name": "GREETING", "value": "hello"}],
    }
    file = kubeconfig(
        tmp_path / "config",
        clusters={"c": {**cluster, "tls-server-name": "localhost", "extensions": [extension]}},
        users={"u": {"exec": exec_}},
        contexts={"x": {"cluster": "c", "user": "u"}},
        current="x",
    )

    def received(error: str) -> list[Any]:
        assert not error
        info, *rest = [line for line in (tmp_path / "received").read_text().splitlines() if line]
        return [json.loads(info), *rest]

    theirs = received(kubectl_error(f"--kubeconfig={file}", environ=environ))
    assert received(ask_us(f"--kubeconfig={file}", environ=environ).error) == theirs
    assert theirs[0]["spec"]["cluster"]["config"] == {"audience": "x", "n": 1, "day": "2020-01-01"}
    assert theirs[1:] == ["hello", "one two words"]


@pytest.mark.parametrize(("mode", "expected"), [("Never", "nothing"), ("IfAvailable", "typed"), ("Always", "typed")])
def test_terminal_is_passed_only_to_an_interactive_plugin(
    plugin_config: PluginConfig, plugin: Plugin, environ: dict[str, str], mode: str, expected: str
) -> None:
    plugin.says(before='read line || line=nothing; echo "$line" > got')
    ours, terminal = pty.openpty()
    try:
        os.write(ours, b"typed\n")
        _run_apart(plugin_config(interactiveMode=mode), environ, terminal)
    finally:
        os.close(ours)
        os.close(terminal)

    assert (plugin.directory / "got").read_text().strip() == expected


def test_pipe_is_not_passed_to_plugins(plugin_config: PluginConfig, plugin: Plugin, environ: dict[str, str]) -> None:
    plugin.says(before='read line || line=nothing; echo "$line" > got')
    reading, writing = os.pipe()
    try:
        os.write(writing, b"password\n")
        _run_apart(plugin_config(interactiveMode="IfAvailable"), environ, reading)
        assert os.read(reading, 100) == b"password\n"
    finally:
        os.close(reading)
        os.close(writing)

    assert (plugin.directory / "got").read_text() == "nothing\n"


def test_passwords_for_registries_are_not_passed_on(
    plugin_config: PluginConfig, plugin: Plugin, environ: dict[str, str]
) -> None:
    plugin.says("", before="env > got; exit 1")
    passwords = {"IBM_ENTITLEMENT_KEY": made_up_password(), "MINE": made_up_password()}
    command = [
        sys.executable,
        "-c",
        "from pullsecret.entry.kubectl import run; run()",
        "create",
        "s",
        "--docker-server=h.io",
    ]
    command += ["-n=a", "--docker-username=u", "--password-env=MINE", plugin_config()]
    done = subprocess.run(
        command, env={**environ, **python_path(), **passwords}, capture_output=True, text=True, timeout=60, check=False
    )

    assert "getting credentials" in done.stderr
    got = (plugin.directory / "got").read_text()
    assert "PATH=" in got
    assert not any(word in got for word in (*passwords, *passwords.values()))


@pytest.mark.parametrize(
    ("before", "why"),
    [
        pytest.param("exec cat /dev/zero", "printed more than 1 MiB", id="endless output"),
        pytest.param("exec sleep 60", "no response within 0.2 seconds", id="never ends"),
    ],
)
def test_plugin_without_end_is_stopped(
    both: Both, plugin_config: PluginConfig, plugin: Plugin, monkeypatch: pytest.MonkeyPatch, before: str, why: str
) -> None:
    if "seconds" in why:
        monkeypatch.setattr(execplugin, "_SECONDS", 0.2)
    plugin.says("", before=before)

    assert ask_us(plugin_config(), environ=dict(os.environ)).error == (
        f"Unable to connect to the server: getting credentials: exec: executable {plugin.path} failed: {why}"
    )
    assert not both.servers[0].taken()


def test_child_of_a_plugin_that_keeps_its_output_open_is_not_waited_for(
    both: Both, plugin_config: PluginConfig, plugin: Plugin
) -> None:
    plugin.says(credential({"token": "t"}), before="sleep 9 &")

    assert not ask_us(plugin_config(), environ=dict(os.environ)).error
    assert both.servers[0].taken()[0].identity == (("authorization", "Bearer t"),)


def _run_apart(flag: str, environ: dict[str, str], stdin: int) -> None:
    command = [sys.executable, "-m", "kubeconfig.kubectl_oracle", flag]
    subprocess.run(command, env={**environ, **python_path()}, stdin=stdin, timeout=60, check=True)
