"""The command line in all the forms that kubectl accepts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from program import Program

FORMS = {
    "long": ("list", "--namespace", "@"),
    "long-equals": ("list", "--namespace=@"),
    "short": ("list", "-n", "@"),
    "short-equals": ("list", "-n=@"),
    "short-joined": ("list", "-n@"),
    "before-the-command": ("-n", "@", "list"),
    "equals-before-the-command": ("--namespace=@", "list"),
    "around-the-command": ("--request-timeout=20s", "list", "-n", "@"),
    "bool-before-the-command": ("--disable-compression", "list", "-n@"),
    "bool-off-before-the-command": ("--no-headers=false", "list", "-n@"),
    "optional-value-before-the-command": ("--insecure-skip-tls-verify=false", "list", "-n@"),
    "between-names": ("list", "regcred", "-n", "@", "regcred"),
    "after-names": ("list", "regcred", "-n=@"),
    "names-after-dashes": ("list", "-n", "@", "--", "regcred"),
    "value-like-a-command": ("-l", "list", "list", "-l", "kubernetes.io/metadata.name=@"),
    "twice-the-last-counts": ("list", "-o", "json", "-n@", "-o", ""),
    "off-again": ("list", "-n@", "--no-headers", "--no-headers=false"),
    "several-namespaces": ("list", "-n", "@,default", "-ndefault", "-n=kube-system,"),
    "empty-value": ("list", "-n@", "--context=", "--cluster", ""),
    "quiet-verbosity": ("list", "-v=0", "-n@"),
    "verbosity-joined": ("list", "-v0", "--v=0", "-n@"),
}


@pytest.mark.parametrize("words", FORMS.values(), ids=FORMS.keys())
def test_flags_in_every_form_that_kubectl_accepts(
    api: Api, pullsecret: Program, namespace: str, words: tuple[str, ...]
) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)

    result = pullsecret(*(word.replace("@", namespace) for word in words))

    assert [namespace, "regcred"] in [line.split()[:2] for line in result.stdout.splitlines()]
    assert result.stderr == ""


@pytest.fixture
def line() -> tuple[str, ...]:
    return ("create", "regcred", "--username=u", f"--docker-password={made_up_password()}")


DRY = {
    "none": (("--dry-run=none",), ""),
    "not-given": ((), ""),
    "bare": (("--dry-run",), " (dry run)"),
    "client": (("--dry-run=client",), " (dry run)"),
    "server": (("--dry-run=server",), " (server dry run)"),
    "bare-in-front": (("--dry-run", "--attach=false"), " (dry run)"),
}


@pytest.mark.parametrize(("flags", "suffix"), DRY.values(), ids=DRY.keys())
def test_dry_run_in_every_spelling(
    api: Api, pullsecret: Program, namespace: str, line: tuple[str, ...], flags: tuple[str, ...], suffix: str
) -> None:
    result = pullsecret(*line, *flags, "-n", namespace)

    assert result.stdout == f"secret/regcred created in namespace {namespace}{suffix}\n"
    assert len(api.list("Secret", namespace)) == (0 if suffix else 1)


def test_bare_dry_run_does_not_take_the_next_word(pullsecret: Program, namespace: str, line: tuple[str, ...]) -> None:
    result = pullsecret("--dry-run", *line, "-n", namespace)

    assert result.stdout.endswith(" (dry run)\n")


BOOLS = {
    "on": (("--overwrite",), True),
    "true": (("--overwrite=true",), True),
    "T": (("--overwrite=T",), True),
    "1": (("--overwrite=1",), True),
    "false": (("--overwrite=false",), False),
    "0": (("--overwrite=0",), False),
    "last-counts": (("--overwrite=false", "--overwrite"), True),
    "off-again": (("--overwrite", "--overwrite=false"), False),
}


@pytest.mark.parametrize(("flags", "is_on"), BOOLS.values(), ids=BOOLS.keys())
def test_switch_in_every_spelling(
    api: Api, pullsecret: Program, namespace: str, line: tuple[str, ...], flags: tuple[str, ...], *, is_on: bool
) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)

    result = pullsecret(*line, *flags, "-n", namespace, expect=0 if is_on else 1)

    assert ("configured" in result.stdout) is is_on


CONNECTIONS = {
    "kubeconfig": ("--kubeconfig=@FILE", "-n@NS"),
    "context": ("--kubeconfig=@FILE", "--context=test", "-n@NS"),
    "cluster-and-user": ("--kubeconfig=@FILE", "--cluster=test", "--user=test", "-n@NS"),
    "server-and-authority": ("-s=@SERVER", "--certificate-authority=@CA", "--token=@TOKEN", "-n@NS"),
    "server-long": ("--server=@SERVER", "--certificate-authority=@CA", "--token=@TOKEN", "-n@NS"),
    "insecure": ("-s", "@SERVER", "--insecure-skip-tls-verify", "--token=@TOKEN", "-n@NS"),
    "tls-server-name": ("--kubeconfig=@FILE", "--tls-server-name=kubernetes.default.svc", "-n@NS"),
    "as": ("--kubeconfig=@FILE", "--as=somebody", "--as-group=system:masters", "--as-uid=7", "-n@NS"),
}


@pytest.mark.parametrize("command", ["list", "create"])
@pytest.mark.parametrize("flags", CONNECTIONS.values(), ids=CONNECTIONS.keys())
def test_connection_flag_reaches_the_cluster_without_kubeconfig(
    api: Api, pullsecret: Program, offline: Program, namespace: str, command: str, flags: tuple[str, ...]
) -> None:
    config = json.loads(pullsecret.kubeconfig.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    values = {
        "@FILE": str(pullsecret.kubeconfig),
        "@SERVER": cluster["server"],
        "@CA": cluster.get("certificate-authority", ""),
        "@TOKEN": user["token"],
        "@NS": namespace,
    }
    for mark, value in values.items():
        flags = tuple(flag.replace(mark, value) for flag in flags)
    words = ("list",) if command == "list" else ("create", "x", "--username=u", "--password-env=P")

    result = offline(*flags, *words, env={"P": made_up_password()})

    if command == "list":
        assert result.stderr == f"No pull secrets found in namespace {namespace}.\n"
    else:
        assert api.read("Secret", "x", namespace)


def test_server_of_create_is_the_cluster_and_not_the_registry(pullsecret: Program, namespace: str) -> None:
    words = ("create", "x", "--username=u", "--password-env=P", "--registry=reg.example", "-n", namespace)

    refused = pullsecret(*words, "--server", "https://127.0.0.1:1", env={"P": made_up_password()}, expect=1)

    assert refused.stderr.startswith("The connection to the server 127.0.0.1:1 was refused")
