"""Manifests for Kyverno, External Secrets and nodes: the API server accepts each field, by their own definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.waiting import until
from golden_files import assert_golden
from objects import made_up_password
from owners.programs import current_definitions
from program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api
    from control_plane.given import Cluster

STRICT = ("apply", "--dry-run=server", "--validate=strict", "-f", "-")


@pytest.fixture(scope="module")
def strict(plane: Cluster, api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Runs kubectl on a cluster with the engines' definitions."""
    kubectl = Program([str(plane.kubectl)], tmp_path_factory.mktemp("home"), plane.admin_kubeconfig)
    files = [word for path in current_definitions() for word in ("-f", str(path))]
    kubectl("apply", "--server-side", *files)
    groups = ("policies.kyverno.io", "external-secrets.io")
    until(lambda: all(is_served(api, group) for group in groups), "the definitions to be served", within=60)
    yield kubectl
    kubectl("delete", "--wait=false", *files)


def is_served(api: Api, group: str) -> bool:
    """Whether both kinds of a group are served."""
    found = api.request("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
    ours = [item for item in found if item["spec"]["group"] == group]
    conditions = ({one["type"] for one in item.get("status", {}).get("conditions") or []} for item in ours)
    return len(ours) >= 2 and all("Established" in types for types in conditions)


LINES = {
    "kyverno": ("kyverno", "all-icr-io"),
    "kyverno-with-flags": (
        "kyverno",
        "regcred",
        "--from=tools",
        "--exclude=sandbox-*,x",
        "--serviceaccount=default,build",
    ),
    "external-secrets": ("external-secrets", "all-icr-io"),
    "external-secrets-with-flags": ("external-secrets", "regcred", "--from=default", "--exclude=sandbox"),
    "containerd-hosts": (
        "containerd-hosts",
        "--registry=docker.io",
        "--mirror=https://mirror.example.com",
        "--image=r.example/pullsecret:1",
        "-n=default",
    ),
    "containerd-hosts-with-flags": (
        "containerd-hosts",
        "--registry=docker.io,registry.example.com:5000,_default",
        "--mirror=https://mirror.example.com/v2/hub,registry.example.com:5000=http://192.0.2.7:5000",
        '--header=X-Site: "quoted"',
        "--capabilities=resolve,pull,push",
        "--no-upstream",
        "--insecure",
        "--config-path=/opt/runtime/etc/certs.d",
        "--containerd-config=/opt/runtime/etc/config.toml",
        "--node-selector=pool=a,example.com/zone=",
        "--image=r.example/pullsecret:1",
        "--image-pull-secret=regcred",
        "-n=kube-system",
    ),
    "containerd-hosts-remove": ("containerd-hosts", "--remove", "--image=r.example/pullsecret:1", "-n=default"),
}


@pytest.mark.parametrize("name", LINES)
def test_manifests_are_accepted_strictly(pullsecret: Program, strict: Program, name: str) -> None:
    manifest = pullsecret("generate", *LINES[name]).stdout

    accepted = strict(*STRICT, input=manifest)

    assert accepted.stdout.count("(server dry run)") == len(list(yaml.safe_load_all(manifest)))
    assert_golden(f"generate/{name}", manifest)


UNKNOWN = {"kyverno": ("synchronize", "inStep"), "external-secrets": ("refreshInterval", "refreshEach")}
"""For a kind, a field and what it is replaced by."""


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_field_is_refused(pullsecret: Program, strict: Program, name: str) -> None:
    manifest = pullsecret("generate", *LINES[name]).stdout.replace(*UNKNOWN[name])

    refused = strict(*STRICT, input=manifest, expect=1)

    assert f'unknown field "spec.{"evaluation." if name == "kyverno" else "externalSecretSpec."}' in refused.stderr


REFUSED = {
    "pattern": (("external-secrets", "x", "--exclude=a-*"), ""),
    "accounts": (("external-secrets", "x", "--serviceaccount=build"), ""),
    "two names": (("kyverno", "x", "y"), ""),
    "no name": (("kyverno",), ""),
    "flag of another kind": (
        ("kyverno", "x", "--schedule=@daily"),
        "the flags of cronjob cannot be used with kyverno\n",
    ),
    "flag of pods": (
        ("kyverno", "x", "--image=y"),
        "--image, --image-pull-secret and -n cannot be used with kyverno\n",
    ),
    "flag of a command before --": (
        ("rbac", "copy", "x", "-n", "a"),
        "--image, --image-pull-secret and -n cannot be used with rbac\nput the command and its flags after --",
    ),
    "flag of new namespaces": (
        ("containerd-hosts", "--from=x"),
        "--serviceaccount, --exclude and --from cannot be used with containerd-hosts\nsee the flags of each kind",
    ),
    "flag of nodes": (("kyverno", "x", "--remove"), "the flags of containerd-hosts cannot be used with kyverno\n"),
    "nodes without a namespace": (("containerd-hosts", "--remove", "--image=y"), "containerd-hosts requires -n with"),
    "nodes with a pattern": (("containerd-hosts", "--image=y", "-n=kube-*"), "containerd-hosts requires -n with"),
    "nodes without an image": (("containerd-hosts", "-n=x"), "containerd-hosts requires --image\n"),
    "nodes without registries": (
        ("containerd-hosts", "--image=y", "-n=x"),
        "containerd-hosts requires --registry, and",
    ),
    "nodes with a name": (("containerd-hosts", "x", "--image=y", "-n=x"), "containerd-hosts takes no NAME, got 1\n"),
    "roles of no command": (("rbac",), "rbac requires a command\nput the command and its flags after --"),
}


@pytest.mark.parametrize(("words", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_generated_is_refused(offline: Program, words: tuple[str, ...], reason: str) -> None:
    refused = offline("generate", *words, expect=1)

    assert refused.stdout == ""
    assert refused.stderr.startswith(f"error: {reason}")


LINES_WITH_A_PASSWORD = {
    "accepted": ("-n", "a", "--username=u"),
    "unknown flag": ("--nope",),
    "invalid value": ("-n", "a", "--dry-run=x"),
    "without a namespace": ("--username=u",),
}


@pytest.mark.parametrize("rest", LINES_WITH_A_PASSWORD.values(), ids=LINES_WITH_A_PASSWORD)
def test_password_on_the_line_of_another_command_is_not_printed(offline: Program, rest: tuple[str, ...]) -> None:
    password = made_up_password()

    result = offline("generate", "rbac", "--", "create", "x", f"--docker-password={password}", *rest, expect=None)

    assert password not in result.stdout + result.stderr
    assert result.stdout or result.stderr.startswith("error: ")
