"""Started by the IBM Cloud CLI as its plug-in `pullsecret`.

It runs a copy of one file under the name `pullsecret`, with the command's name and arguments but without the namespace,
which is in the environment, and asks twice for more: SendMetadata when it installs the plug-in, SendCompletion on TAB.
Source: IBM-Cloud/ibm-cloud-cli-sdk, plugin/ and docs/plugin_developer_guide.md.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

TRACE_LEVEL: Final = "--v=6"
"""What a trace of the host's shows is what -v=6 does: each request, and never a body."""


def run() -> None:
    """Run the process's command line and end it: with 0 as asked, 1 for any failure, 130 when interrupted."""
    words = sys.argv[1:]
    if words == ["SendMetadata"]:
        send_metadata()
    if words[:1] == ["SendCompletion"]:
        send_completion(words[1:])
    from pullsecret.entry.process import begin, exit_process

    begin()
    words = command_line(words, os.environ)
    follow_host(os.environ)
    from pullsecret.main import main

    exit_process(main(words, program_name(os.environ)))


def send_metadata() -> NoReturn:
    """Print the document and nothing else."""
    from pullsecret.entry.ibmcloud_metadata import document

    sys.stdout.write(document())
    sys.stdout.flush()
    os._exit(0)


def send_completion(words: Sequence[str]) -> NoReturn:
    """Print the candidates for the word behind these, a line each; the host's shell script chooses by what is typed.

    That word itself is not told, so that where names may stand flags are offered, too.
    """
    from pullsecret.entry.complete import anything_after, leave_with
    from pullsecret.entry.ibmcloud_metadata import NAME

    words = [word for word in words if word != "--generate-bash-completion"]
    words = words[1:] if words[:1] == [NAME] else words
    leave_with(lambda: "".join(f"{value}\n" for value in anything_after(words)), otherwise="")


def command_line(words: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The words as kubectl would give them, with the host's settings as flags before the user's own, which win."""
    namespace = (environ.get("IBMCLOUD_PLUGIN_NAMESPACE") or environ.get("BLUEMIX_PLUGIN_NAMESPACE") or "").split()
    words = [*namespace[1:], *words]
    from pullsecret.entry.command_table import COMMANDS

    command = COMMANDS.get(words[0]) if words else None
    if command is None:
        return words
    known = {flag.name for flag in command.flags}
    settings = []
    if is_on(host_says("QUIET", environ)) and "--quiet" in known:
        settings.append("--quiet")
    if trace(environ) and "--v" in known:
        settings.append(TRACE_LEVEL)
    return [words[0], *settings, *words[1:]]


def follow_host(environ: Mapping[str, str]) -> None:
    """Take over where traces go, and whether there are colors; a tool for programs (MCP) asks nobody anything."""
    is_program = bool(host_says("MCP_ENABLED", environ))
    color = host_says("COLOR", environ) or settings(environ).get("ColorEnabled", "")
    if is_program or color.lower() == "false":
        os.environ["NO_COLOR"] = "1"
    if is_program and sys.stdin.isatty():
        os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    path = trace(environ)
    if path and not is_on(path):
        from contextlib import suppress

        from pullsecret.report.streams import log

        with suppress(OSError):  # then it goes to stderr, as the SDK's does
            log.write_to(path)


def program_name(environ: Mapping[str, str]) -> str:
    """What the user typed to get here: `ibmcloud pullsecret`, or the other name of the host's."""
    host = os.path.basename(environ.get("IBMCLOUD_CLI") or environ.get("BLUEMIX_CLI") or "ibmcloud")  # noqa: PTH119
    return f"{host} pullsecret"


def trace(environ: Mapping[str, str]) -> str:
    """Where the host wants its trace: "" for nowhere, `true` for stderr, else a file (SDK: bluemix/trace/trace.go)."""
    text = host_says("TRACE", environ) or settings(environ).get("Trace", "")
    return "" if text.lower() == "false" else text


def is_on(text: str) -> bool:
    """Whether a setting of the host's says yes."""
    return text.lower() == "true"


def host_says(name: str, environ: Mapping[str, str]) -> str:
    """A variable of the host's, under its name of today or of old."""
    return environ.get(f"IBMCLOUD_{name}") or environ.get(f"BLUEMIX_{name}") or ""


def settings(environ: Mapping[str, str]) -> dict[str, str]:
    """What the host's config.json says of these; nothing when it cannot be read. The login in it is not kept."""
    import json

    try:
        with open(os.path.join(config_home(environ), "config.json"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    wanted = content if isinstance(content, dict) else {}
    return {key: value for key in ("ColorEnabled", "Trace") if isinstance(value := wanted.get(key), str)}


def config_home(environ: Mapping[str, str]) -> str:
    """The host's directory (SDK: bluemix/configuration/config_helpers/helpers.go)."""
    if whole := environ.get("IBMCLOUD_CONFIG_HOME"):
        return whole
    home = environ.get("IBMCLOUD_HOME") or environ.get("BLUEMIX_HOME") or os.path.expanduser("~")  # noqa: PTH111
    today = os.path.join(home, ".ibmcloud")  # noqa: PTH118
    return today if os.path.isdir(today) else os.path.join(home, ".bluemix")  # noqa: PTH112, PTH118
