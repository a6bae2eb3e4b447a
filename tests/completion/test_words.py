"""Completion without a cluster: commands, flags, and values that are known in advance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from completion.kubectl_oracle import FILES, NO_FILES, tab
from pullsecret.commands.app import COMMAND_FUNCTIONS

if TYPE_CHECKING:
    from pathlib import Path

    from program import Program

COMMANDS = list(COMMAND_FUNCTIONS)
CONNECTION = {"--kubeconfig", "--context", "--token", "--as", "--request-timeout"}

WORDS = {
    "nothing-yet": ([""], COMMANDS),
    "command-begun": (["co"], ["copy", "completion"]),
    "command-after-a-flag-with-value": (["--context", "prod", "det"], ["detach"]),
    "command-after-a-flag-with-equals": (["-n=a", "ver"], ["verify", "version"]),
    "command-after-a-flag-without-value": (["--disable-compression", "li"], ["list"]),
    "help-of-a-command": (["help", "at"], ["attach"]),
    "unknown-command": (["bogus", ""], []),
    "unknown-command-flags": (["bogus", "--"], []),
    "flag-begun": (["copy", "--from-"], ["--from-context", "--from-kubeconfig"]),
    "flag-between-names": (
        [
            "attach",
            "one",
            "--all-s",
        ],
        ["--all-serviceaccounts"],
    ),
    "flag-known-by-two-names": (["create", "x", "--docker-u"], ["--docker-username"]),
    "flag-given-is-not-offered-again": (["copy", "--from-context", "x", "--from-"], ["--from-kubeconfig"]),
    "flag-given-by-its-short-name": (["list", "-o", "wide", "--out"], []),
    "flag-given-within-letters": (["copy", "-Aq", "--qui"], []),
    "flag-repeatable-is-offered-again": (["copy", "--to", "a", "--to"], ["--to", "--token"]),
    "short-flag-begun": (["copy", "-n"], ["-n"]),
    "flags-over": (["create", "--", "--"], []),
    "enumeration": (["copy", "--dry-run="], ["none", "client", "server"]),
    "enumeration-begun": (["copy", "--output", "j"], ["json"]),
    "enumeration-after-equals": (["copy", "--output=y"], ["yaml"]),
    "way-to-verify": (["create", "--verify="], ["strict", "lenient"]),
    "enumeration-short": (["list", "-o", ""], ["wide", "name", "json", "yaml"]),
    "enumeration-short-after-equals": (["list", "-o=w"], ["wide"]),
    "enumeration-after-letters": (["copy", "-qo=n"], ["name"]),
    "enumeration-of-lists": (["attach", "x", "--for", ""], ["pull", "mount", "pull,mount", "push", "push,pull"]),
    "value-of-its-own-needs-equals": (["attach", "--dry-run", "--dr"], []),
    "roles": (["create", "x", "--role", ""], ["Reader", "Writer", "Manager"]),
    "registry-regions": (["create", "x", "--registry-region", "eu"], ["eu-de", "eu-es", "eu-gb"]),
    "placeholders-are-no-values": (["create", "x", "--service-id", ""], []),
    "truth": (["copy", "--overwrite="], ["true", "false"]),
    "truth-with-a-word": (["copy", "--insecure-skip-tls-verify=f"], ["false"]),
    "regions": (["create", "x", "--icr", "u"], ["uk", "us"]),
    "regions-in-a-list": (["create", "x", "--icr", "us,d"], ["us,de"]),
    "region-named-already": (["create", "x", "--icr", "ca,ca"], ["ca,ca2"]),
    "region-named-by-another-flag": (["create", "x", "--icr", "us", "--icr", "u"], ["uk"]),
    "kind-of-manifest": (["generate", "rb"], ["rbac"]),
    "kind-of-manifest-once": (["generate", "rbac", ""], []),
    "shells": (["completion", ""], ["bash", "zsh", "fish", "powershell", "kubectl"]),
    "codes-of-findings": (["check", "--explain", "PS10"], [f"PS10{number}" for number in range(1, 8)]),
    "one-shell-is-enough": (["completion", "bash", ""], []),
    "new-name": (["create", ""], []),
    "free-text": (["copy", "--token", ""], []),
    "unknown-flag": (["copy", "--nope="], []),
    "version-takes-no-name": (["version", ""], []),
}

FILES_WANTED = {
    "kubeconfig": ["copy", "--kubeconfig", ""],
    "kubeconfig-after-equals": ["copy", "--kubeconfig=./x"],
    "kubeconfig-before-the-command": ["--kubeconfig", ""],
    "source-kubeconfig": ["copy", "--from-kubeconfig", ""],
    "certificate": ["list", "--client-certificate", "a"],
    "password": ["create", "x", "--password-file", ""],
    "whole-secret": ["create", "x", "--from-file", ""],
    "login": ["create", "x", "--from-docker-config="],
    "key": ["entitled", "--key-file", ""],
}


@pytest.mark.parametrize(("words", "offered"), WORDS.values(), ids=WORDS.keys())
def test_completion_of_words(offline: Program, words: list[str], offered: list[str]) -> None:
    offer = tab(offline, *words)

    assert offer.values == offered
    assert offer.directive == NO_FILES


@pytest.mark.parametrize("words", FILES_WANTED.values(), ids=FILES_WANTED.keys())
def test_completion_of_files_is_left_to_the_shell(offline: Program, words: list[str]) -> None:
    offer = tab(offline, *words)

    assert (offer.values, offer.directive) == ([], FILES)


def test_completion_of_flags_is_that_of_the_help(offline: Program) -> None:
    text = offline("create", "--help").stdout + offline("options").stdout
    lines = re.findall(r"(?m)^ +(-[-a-zA-Z]+(?:, -[-a-zA-Z]+)*)", text)
    spellings = {word for line in lines for word in line.split(", ")}

    offer = tab(offline, "create", "x", "-")

    assert set(offer.values) == spellings
    assert " ".join(offer.described["--username"].split()) in " ".join(text.split())


def test_completion_of_flags_before_the_command_is_those_of_all_commands(offline: Program) -> None:
    offer = tab(offline, "--")

    assert set(offer.values) > {*CONNECTION, "--namespace", "--help", "--version"}
    assert not {"--overwrite", "--attach", "--to"} & set(offer.values)


def test_completion_of_commands_with_the_summaries_of_the_help(offline: Program) -> None:
    overview = offline("--help", env={"COLUMNS": "120"}).stdout

    offer = tab(offline, "")

    assert all(f"  {command:<10}   {about}\n" in overview for command, about in offer.described.items())


@pytest.mark.parametrize("name", ["kubectl_complete-pullsecret", "a link with blanks/kubectl_complete-pullsecret"])
def test_completion_by_the_name_that_kubectl_looks_for(offline: Program, tmp_path: Path, name: str) -> None:
    link = tmp_path / name
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(offline.command[-1])
    offline.command = [*offline.command[:-1], str(link)]

    result = offline("copy", "--dry-run=c")

    assert (result.stdout, result.stderr) == ("client\n:4\n", "")


def test_completion_without_any_word_is_commands(offline: Program) -> None:
    assert tab(offline).values == COMMANDS
