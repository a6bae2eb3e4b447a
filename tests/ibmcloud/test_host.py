"""The plugin as the IBM Cloud CLI runs it: words, settings, exit statuses."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import docker_config_of, docker_config_secret, registry_entry
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from ibmcloud.host import Host
    from namespaces import Namespaces
    from program import Program

REQUEST = "GET https://"
"""The beginning of the line of a request in a trace."""


def test_copy_as_the_plugin_of_ibmcloud(ibmcloud: Host, api: Api, namespaces: Namespaces) -> None:
    source, target = namespaces(2)
    sent = docker_config_secret("reg", {"reg.example": registry_entry()})
    api.create(sent, source)

    done = ibmcloud("pullsecret", "copy", "reg", "--from", source, "--to", target, "--attach")

    assert docker_config_of(api.read("Secret", "reg", target)) == docker_config_of(sent)
    assert api.read("ServiceAccount", "default", target)["imagePullSecrets"] == [{"name": "reg"}]
    assert done.stdout.startswith(f"secret/reg created in namespace {target}\n")


def test_failure_as_the_plugin_of_ibmcloud_ends_with_1(ibmcloud: Host, namespace: str) -> None:
    failed = ibmcloud("pullsecret", "attach", "none", "-n", namespace, expect=1)

    assert failed.stdout == ""
    assert 'secrets "none" not found' in failed.stderr


def test_help_names_ibmcloud(ibmcloud: Host) -> None:
    text = ibmcloud("pullsecret", "copy", "--help").stdout
    mistaken = ibmcloud("pullsecret", "copy", "--nope", expect=1).stderr

    assert "Usage:\n  ibmcloud pullsecret copy [NAME]... [flags]\n" in text
    assert 'Use "ibmcloud pullsecret options" for' in text
    assert "  ibmcloud pullsecret copy all-icr-io --to team-a" in text
    assert "kubectl pullsecret" not in text
    assert "See 'ibmcloud pullsecret copy --help' for usage." in mistaken


def test_help_names_ibmcloud_by_its_other_name(ibmcloud: Host) -> None:
    assert "\n  ic pullsecret list " in ibmcloud("pullsecret", "list", "-h", env={"IBMCLOUD_CLI": "ic"}).stdout


@pytest.mark.parametrize("word", ["version", "--version"])
def test_version_as_the_plugin_of_ibmcloud(ibmcloud: Host, word: str) -> None:
    assert ibmcloud("pullsecret", word).stdout == f"{__version__}\n"


def test_words_of_a_deeper_namespace_come_first(ibmcloud: Host) -> None:
    printed = ibmcloud.program("-o", "json", env={"IBMCLOUD_PLUGIN_NAMESPACE": "pullsecret version"}).stdout

    assert __version__ in printed


def test_namespace_in_the_legacy_variable(ibmcloud: Host) -> None:
    printed = ibmcloud.program(env={"BLUEMIX_PLUGIN_NAMESPACE": "pullsecret version"}).stdout

    assert printed == f"{__version__}\n"


@pytest.mark.parametrize("name", ["IBMCLOUD_TRACE", "BLUEMIX_TRACE"])
def test_trace_of_ibmcloud_is_on_stderr(ibmcloud: Host, namespace: str, name: str) -> None:
    run = ibmcloud("pullsecret", "list", "-n", namespace, env={"IBMCLOUD_TRACE": "", name: "true"})

    assert REQUEST in run.stderr
    assert "Bearer" not in run.stderr


def test_trace_file_is_readable_by_its_owner_only(ibmcloud: Host, tmp_path: Path, namespace: str) -> None:
    trace = tmp_path / "trace"

    for _ in range(2):
        run = ibmcloud("pullsecret", "list", "-n", namespace, env={"IBMCLOUD_TRACE": str(trace)})
        assert REQUEST not in run.stderr

    assert trace.read_text().count(f"/namespaces/{namespace}/secrets") >= 2
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600


def test_trace_without_a_writable_file_is_on_stderr(ibmcloud: Host, tmp_path: Path, namespace: str) -> None:
    run = ibmcloud("pullsecret", "list", "-n", namespace, env={"IBMCLOUD_TRACE": str(tmp_path)})

    assert REQUEST in run.stderr


def test_trace_in_the_configuration_of_ibmcloud_unless_the_environment_disables_it(
    ibmcloud: Host, namespace: str
) -> None:
    ibmcloud.settings(Trace="true")

    on = ibmcloud("pullsecret", "list", "-n", namespace)
    off = ibmcloud("pullsecret", "list", "-n", namespace, env={"IBMCLOUD_TRACE": "false"})

    assert REQUEST in on.stderr
    assert REQUEST not in off.stderr


def test_trace_level_of_the_user_wins(ibmcloud: Host, namespace: str) -> None:
    run = ibmcloud("pullsecret", "list", "-n", namespace, "-v", "0", env={"IBMCLOUD_TRACE": "true"})

    assert REQUEST not in run.stderr


def test_unreadable_configuration_of_ibmcloud_is_ignored(ibmcloud: Host) -> None:
    ibmcloud.directory.joinpath("config.json").write_text("[")

    assert ibmcloud("pullsecret", "version").stdout == f"{__version__}\n"


def test_quiet_ibmcloud_shows_no_progress(ibmcloud: Host, api: Api, namespaces: Namespaces) -> None:
    source, *targets = namespaces(24)
    api.create(docker_config_secret("reg", {"reg.example": registry_entry()}), source)
    words = ("copy", "reg", "--from", source, "--to", ",".join(targets))

    quiet = ibmcloud("pullsecret", *words, env={"IBMCLOUD_QUIET": "true"})
    talking = ibmcloud("pullsecret", *words)

    assert len(quiet.stderr) < len(talking.stderr)
    assert quiet.stdout.count("created") == 23


def test_output_that_the_locale_cannot_encode_is_escaped(ibmcloud: Host, api: Api, namespace: str) -> None:
    api.create(docker_config_secret("reg", {"reg.example": registry_entry("jürgen")}), namespace)
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    listed = ibmcloud("pullsecret", "list", "-n", namespace, "-o", "wide", env=env)

    assert re.search(r"j(\\xfc|ü)rgen", listed.stdout)  # the standalone binary ignores Python's variables


def test_completion_of_commands_and_flags(ibmcloud: Host) -> None:
    assert ibmcloud.complete("pullsecret") == [command["Name"] for command in ibmcloud.metadata["Commands"]]
    assert ibmcloud.complete("pullsecret", "list", "-o") == ["wide", "name", "json", "yaml"]
    assert "--product-name" in ibmcloud.complete("pullsecret", "entitled", "--generate-bash-completion")
    assert ibmcloud.complete("pullsecret", "bogus") == []


def test_completion_of_names_in_the_cluster(ibmcloud: Host, api: Api, namespace: str) -> None:
    api.create(docker_config_secret("reg", {"reg.example": registry_entry()}), namespace)

    until(lambda: namespace in ibmcloud.complete("pullsecret", "attach", "-n"), "the namespace")
    until(lambda: "reg" in ibmcloud.complete("pullsecret", "attach", "-n", namespace), "the secret")


def test_kubectl_plugin_started_by_ibmcloud_plugins_is_the_one_of_kubectl(offline: Program) -> None:
    env = {"IBMCLOUD_PLUGIN_NAMESPACE": "other", "IBMCLOUD_TRACE": "true"}

    assert "kubectl pullsecret copy" in offline("copy", "--help", env=env).stdout
