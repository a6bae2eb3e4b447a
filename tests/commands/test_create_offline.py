"""A manifest needs no API server, as with kubectl create, if its namespace is named and nothing else is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from objects import docker_config_of, made_up_password

if TYPE_CHECKING:
    from program import Program

COMMANDS = {
    "create": ("create", "x", "--docker-server=reg.example", "--docker-username=puller", "--password-env=KEY"),
    "entitled": ("entitled", "x", "--key-env=KEY"),
}
MANIFEST = ("--dry-run=client", "-o", "yaml")


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS.keys())
def test_manifest_for_named_namespaces_needs_no_server(offline: Program, words: tuple[str, ...]) -> None:
    env = {"KUBECONFIG": "", "KEY": f"eyJ{made_up_password()}.x.x"}

    result = offline(*words, "-n", "team-a,team-b", *MANIFEST, "--exclude", "*-b", env=env)

    (secret,) = yaml.safe_load_all(result.stdout)
    assert (secret["kind"], secret["metadata"]["name"], secret["metadata"]["namespace"]) == ("Secret", "x", "team-a")
    (entry,) = docker_config_of(secret)["auths"].values()
    assert entry["password"] == env["KEY"]
    assert result.stderr == ""


def test_dry_run_without_a_server_says_that_nothing_was_compared(offline: Program) -> None:
    env = {"KUBECONFIG": "", "KEY": made_up_password()}

    result = offline(*COMMANDS["create"], "-n", "team-a", "--dry-run=client", env=env)

    assert result.stdout == "secret/x created in namespace team-a (dry run)\n"
    assert result.stderr.startswith("note: existing objects were not read: The connection to the server localhost:8080")


NEEDY = {
    "all": ("-A", *MANIFEST),
    "pattern": ("-n", "team-*", *MANIFEST),
    "not-named": MANIFEST,
    "attach": ("-n", "team-a", "--attach", *MANIFEST),
    "create-namespaces": ("-n", "team-a", "--create-namespaces", *MANIFEST),
    "server": ("-n", "team-a", "--dry-run=server"),
}


@pytest.mark.parametrize("flags", NEEDY.values(), ids=NEEDY.keys())
def test_what_depends_on_the_cluster_needs_it(offline: Program, flags: tuple[str, ...]) -> None:
    env = {"KUBECONFIG": "", "KEY": made_up_password()}

    result = offline(*COMMANDS["create"], *flags, env=env, expect=1)

    assert result.stderr.startswith("The connection to the server localhost:8080 was refused")
    assert result.stdout == ""
