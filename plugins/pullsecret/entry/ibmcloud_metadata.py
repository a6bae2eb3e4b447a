"""The metadata that the IBM Cloud CLI reads from a plugin: one JSON document, made from the table of commands.

The SDK defines its shape (ibm-cloud-cli-sdk: plugin/plugin.go), and the SDK's linter its wording
(plugin/plugin_metadata_validator.go).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from pullsecret import __version__
from pullsecret.entry.command_table import COMMANDS

if TYPE_CHECKING:
    from pullsecret.model.command_line import Command, FlagSpec

NAME = "pullsecret"
"""The plugin's name and its namespace; the IBM Cloud CLI renames the file to it."""
DESCRIPTION = "Manage image pull secrets across namespaces of Kubernetes and OpenShift clusters"
SDK = "1.12.1"
OLDEST_HOST = "2.0.0"
"""The oldest version that the linter accepts; nothing here needs a newer one."""

Part: TypeAlias = dict[str, object]


def document() -> str:
    """The document as the IBM Cloud CLI reads it from stdout, without a newline at its end."""
    return json.dumps(metadata(), separators=(",", ":"))


def metadata() -> Part:
    """`PluginMetadata`; private endpoints do not matter, because no API of IBM Cloud is used."""
    return {
        "Name": NAME,
        "Aliases": [],
        "Version": version_part(__version__),
        "MinCliVersion": version_part(OLDEST_HOST),
        "Namespaces": [{"ParentName": "", "Name": NAME, "Aliases": [], "Description": DESCRIPTION, "Stage": ""}],
        "Commands": [_command(name, command) for name, command in COMMANDS.items()],
        "SDKVersion": version_part(SDK),
        "DelegateBashCompletion": True,
        "PrivateEndpointSupported": True,
        "IsAccessFromVPC": True,
        "IsCobraPlugin": False,
    }


def version_part(text: str) -> Part:
    """`VersionType`: three numbers, for `1.2.3rc1`, too."""
    numbers = [
        int("0" + "".join(char for char in part if char.isdigit())) for part in text.partition("rc")[0].split(".")
    ]
    return dict(zip(("Major", "Minor", "Build"), [*numbers, 0, 0], strict=False))


def usage(name: str, command: Command) -> str:
    """The command line with all its flags; the linter wants no placeholders, and values in capitals."""
    return " ".join(("ibmcloud", NAME, name, *filter(None, [command.metavar]), *map(_stated, command.flags)))


def _command(name: str, command: Command) -> Part:
    return {
        "Namespace": NAME,
        "Name": name,
        "Alias": "",
        "Aliases": [],
        "Description": command.summary.partition(";")[0],
        "Usage": usage(name, command),
        "Flags": [_flag(flag) for flag in command.flags],
        "Hidden": False,
        "Stage": "",
    }


def _flag(flag: FlagSpec) -> Part:
    names = dict.fromkeys(spelling.strip("-") for spelling in flag.spellings)
    has_value = bool(flag.metavar) and flag.bare_value is None
    return {"Name": ",".join(names), "Description": flag.help, "HasValue": has_value, "Hidden": False}


def _stated(flag: FlagSpec) -> str:
    value = flag.metavar
    if "|" in value:  # the values themselves are in lower case
        value = flag.name.strip("-").replace("-", "_").upper()
    named = f"{', '.join(flag.spellings)} {value}".strip()
    text = named if flag.bare_value is None else f"{flag.name}[={value}]"
    return f"[{text}]..." if flag.repeatable else f"[{text}]"
