"""The entry point for the IBM Cloud CLI, which runs it as its plugin `pullsecret`.

The IBM Cloud CLI runs a copy of the file named `pullsecret` with the command and its arguments; the namespace is in the
environment. It also runs `SendMetadata` when it installs the plugin, and `SendCompletion` for completion.
Source: IBM-Cloud/ibm-cloud-cli-sdk, plugin/ and docs/plugin_developer_guide.md.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from pullsecret.entry.early_interrupt import end_silently
from pullsecret.system.home import ibmcloud_home

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

TRACE_LEVEL: Final = "--v=6"
"""A trace of the IBM Cloud CLI shows what -v=6 does: each request, never a body."""


def run() -> None:
    """Run the process's command line and end it with the exit status."""
    end_silently()
    words = sys.argv[1:]
    if words == ["SendMetadata"]:
        send_metadata()
    if words[:1] == ["SendCompletion"]:
        send_completion(words[1:])
    from pullsecret.entry.process import begin_process, run_main

    begin_process()
    words = command_line(words, os.environ)
    apply_host_settings(os.environ)
    run_main(words, program_name(os.environ))


def send_metadata() -> NoReturn:
    """Print the document and nothing else."""
    from pullsecret.entry.ibmcloud_metadata import document

    try:
        sys.stdout.write(document())
        sys.stdout.flush()
    except OSError:
        os._exit(1)
    os._exit(0)


def send_completion(words: Sequence[str]) -> NoReturn:
    """Print the candidates for the next word, one on each line; the shell script of the IBM Cloud CLI filters them.

    The incomplete word is not passed on, so that flags are candidates, too, where names are.
    """
    from pullsecret.entry.complete import find_next_words, print_and_exit
    from pullsecret.entry.ibmcloud_metadata import NAME

    words = [word for word in words if word != "--generate-bash-completion"]
    words = words[1:] if words[:1] == [NAME] else words
    print_and_exit(lambda: "".join(f"{value}\n" for value in find_next_words(words)), otherwise="")


def command_line(words: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The words as kubectl would pass them, with the settings of the IBM Cloud CLI as flags; the user's flags win."""
    namespace = (environ.get("IBMCLOUD_PLUGIN_NAMESPACE") or environ.get("BLUEMIX_PLUGIN_NAMESPACE") or "").split()
    words = [*namespace[1:], *words]
    from pullsecret.entry.command_table import COMMANDS

    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        return words
    known = {flag.name for flag in command.flags}
    settings = []
    if is_on(host_setting("QUIET", environ)) and "--quiet" in known:
        settings.append("--quiet")
    if trace_target(environ) and "--v" in known:
        settings.append(TRACE_LEVEL)
    return [words[0], *settings, *words[1:]]


def apply_host_settings(environ: Mapping[str, str]) -> None:
    """Apply the settings of the IBM Cloud CLI for traces and colors; as the tool of a program (MCP), never prompt."""
    is_program = bool(host_setting("MCP_ENABLED", environ))
    color = host_setting("COLOR", environ) or read_host_config(environ).get("ColorEnabled", "")
    if is_program or color.lower() == "false":
        os.environ["NO_COLOR"] = "1"
    if is_program and sys.stdin.isatty():
        os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    path = trace_target(environ)
    if path and not is_on(path):
        from contextlib import suppress

        from pullsecret.report.streams import log

        with suppress(OSError):  # then the trace goes to stderr, as the SDK's does
            log.write_to(path)


def program_name(environ: Mapping[str, str]) -> str:
    """What the user typed to start the plugin: `ibmcloud pullsecret`, or the other name of the IBM Cloud CLI."""
    host = os.path.basename(environ.get("IBMCLOUD_CLI") or environ.get("BLUEMIX_CLI") or "ibmcloud")  # noqa: PTH119
    return f"{host.removesuffix('.exe')} pullsecret"


def trace_target(environ: Mapping[str, str]) -> str:
    """Where traces go: "" for nowhere, `true` for stderr, or a file (SDK: bluemix/trace/trace.go)."""
    text = host_setting("TRACE", environ) or read_host_config(environ).get("Trace", "")
    return "" if text.lower() == "false" else text


def is_on(text: str) -> bool:
    """Whether a setting is true."""
    return text.lower() == "true"


def host_setting(name: str, environ: Mapping[str, str]) -> str:
    """A setting from the environment, by its current or its legacy name."""
    return environ.get(f"IBMCLOUD_{name}") or environ.get(f"BLUEMIX_{name}") or ""


def read_host_config(environ: Mapping[str, str]) -> dict[str, str]:
    """Read these settings from config.json; none if it cannot be read. The credentials in it are not kept."""
    import json

    try:
        with open(os.path.join(config_home(environ), "config.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    wanted = content if isinstance(content, dict) else {}
    return {key: value for key in ("ColorEnabled", "Trace") if isinstance(value := wanted.get(key), str)}


def config_home(environ: Mapping[str, str]) -> str:
    """The directory of the IBM Cloud CLI (SDK: bluemix/configuration/config_helpers/helpers.go)."""
    if whole := environ.get("IBMCLOUD_CONFIG_HOME"):
        return whole
    home = environ.get("IBMCLOUD_HOME") or environ.get("BLUEMIX_HOME") or ibmcloud_home(environ)
    today = os.path.join(home, ".ibmcloud")  # noqa: PTH118
    return today if os.path.isdir(today) else os.path.join(home, ".bluemix")  # noqa: PTH112, PTH118
