"""A manifest needs no API server, as with kubectl create, if its namespace is named and nothing else is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from objects import docker_config_of, made_up_password

if TYPE_CHECKING:
    from pathlib import Path

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


def test_manifest_without_a_named_namespace_is_for_that_of_the_context(offline: Program, tmp_path: Path) -> None:
    """No one signs in: the credential plugin of the context does not exist."""
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/nope/login", "interactiveMode": "Never"}
    context = {"cluster": "k", "user": "u", "namespace": "of-the-context"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "c",
        "contexts": [{"name": "c", "context": context}],
        "clusters": [{"name": "k", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "u", "user": {"exec": plugin}}],
    }
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(yaml.safe_dump(config))

    for place, namespace in ((str(kubeconfig), "of-the-context"), ("", "default")):
        env = {"KUBECONFIG": place, "KEY": made_up_password()}
        result = offline(*COMMANDS["create"], *MANIFEST, env=env)

        assert yaml.safe_load(result.stdout)["metadata"]["namespace"] == namespace


def test_manifest_goes_through_a_pipe_and_is_checked_without_a_cluster(offline: Program) -> None:
    """What seals a secret, or commits it, gets all of it from a pipeline that has no kubeconfig."""
    env = {"KUBECONFIG": "", "KEY": made_up_password()}
    words = ("create", "regcred", "--registry", "registry.example.com", "--username", "puller", "--password-env", "KEY")

    made = offline(*words, "--registry", "registry.example.net", "-n", "team-a", *MANIFEST, env=env)

    assert made.stderr == ""
    checked = offline("check", "--from-file", "-", input=made.stdout)
    assert (checked.stdout, checked.stderr) == ("", "no findings in 1 object in standard input\n")
    hashed = offline(*words, "--append-hash", *MANIFEST, env=env)
    assert yaml.safe_load(hashed.stdout)["metadata"]["name"].startswith("regcred-")


def test_copy_needs_the_cluster_of_its_source(offline: Program) -> None:
    result = offline("copy", "x", "--from", "default", "--to", "a", *MANIFEST, env={"KUBECONFIG": ""}, expect=1)

    assert result.stderr.startswith("The connection to the server localhost:8080 was refused")
    assert result.stdout == ""


NEEDY = {
    "all": ("-A", *MANIFEST),
    "pattern": ("-n", "team-*", *MANIFEST),
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
