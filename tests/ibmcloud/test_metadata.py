"""The document that the IBM Cloud CLI reads when it installs the plugin."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from ibmcloud.host import plugin_file
from program import Program
from pullsecret import __version__
from pullsecret.entry.ibmcloud_metadata import version_part

if TYPE_CHECKING:
    from pathlib import Path

    from ibmcloud.host import Host

VERSIONS = {
    "0.1.0": (0, 1, 0),
    "12.3.45": (12, 3, 45),
    "1.2": (1, 2, 0),
    "1.2.3rc4": (1, 2, 3),
}


UNUSUAL_VERBS = tuple(
    f"WARNING: pullsecret {name}: Command '{name}' does not use a common verb" for name in ("allow-pull", "can-pull")
)
"""The commands are called what they do, which none of the verbs that the linter suggests says."""


def test_metadata_passes_the_linter_of_the_sdk(uninstalled: Host, linter: Path, tmp_path: Path) -> None:
    sent = Program([str(plugin_file(tmp_path))], uninstalled.home)("SendMetadata").stdout

    found = subprocess.run([linter], input=sent, capture_output=True, text=True, check=False)

    warnings = [line for line in found.stdout.splitlines() if not line.startswith(UNUSUAL_VERBS)]
    assert (warnings, found.stderr, found.returncode) == ([], "", 0)


def test_linter_reports_invalid_metadata(linter: Path) -> None:
    metadata = {
        "Name": "pullsecret",
        "MinCliVersion": {"Major": 2, "Minor": 0, "Build": 0},
        "Version": {"Major": 1, "Minor": 0, "Build": 0},
        "Namespaces": [{"Name": "pullsecret"}],
        "Commands": [{"Namespace": "pullsecret", "Name": "copy", "Description": "copies", "Usage": "copy [name]"}],
    }

    found = subprocess.run([linter], input=json.dumps(metadata), capture_output=True, text=True, check=True).stdout
    unknown = subprocess.run([linter], input='{"Nom": ""}', capture_output=True, text=True, check=False)

    assert "ERROR: pullsecret copy: Description" in found
    assert "WARNING: pullsecret copy:" in found
    assert 'unknown field "Nom"' in unknown.stderr


def test_metadata_has_every_command_of_the_help_with_its_flags(ibmcloud: Host, pullsecret: Program) -> None:
    overview = pullsecret("--help", env={"COLUMNS": "120"}).stdout
    options = " ".join(pullsecret("options").stdout.split())
    commands = {command["Name"]: command for command in ibmcloud.metadata["Commands"]}

    assert all(f"\n  {name:<10}   {command['Description']}" in overview for name, command in commands.items())
    listed = overview.partition("\nUsage:\n")[2].partition("\nFlags:\n")[0].partition("\n\n")[2]
    assert set(re.findall(r"^  (\S+)", listed, re.MULTILINE)) == commands.keys()
    for name, command in commands.items():
        text = " ".join(pullsecret(name, "--help").stdout.split()) + options
        assert all(f"--{flag['Name'].rpartition(',')[2]}" in text for flag in command["Flags"] if flag["Name"] != "s")
        assert all(flag["Description"] in text for flag in command["Flags"])


def test_metadata_has_version_and_name_of_the_program(ibmcloud: Host) -> None:
    metadata = ibmcloud.metadata

    assert (metadata["Name"], [one["Name"] for one in metadata["Namespaces"]]) == ("pullsecret", ["pullsecret"])
    assert ".".join(str(metadata["Version"][part]) for part in ("Major", "Minor", "Build")) == __version__


def test_metadata_is_printed_for_exactly_one_word(ibmcloud: Host) -> None:
    refused = ibmcloud.program("SendMetadata", "more", expect=1)

    assert (refused.stdout, refused.stderr.splitlines()[0]) == (
        "",
        'error: unknown command "SendMetadata" for "ibmcloud pullsecret"',
    )


@pytest.mark.parametrize(("text", "numbers"), VERSIONS.items(), ids=VERSIONS.keys())
def test_version_as_three_numbers(text: str, numbers: tuple[int, int, int]) -> None:
    assert tuple(version_part(text).values()) == numbers
