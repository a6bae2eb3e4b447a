"""Completion of names from the kubeconfig and from a real cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from completion.kubectl_oracle import NO_FILES, Offer, tab
from control_plane.waiting import until
from kubeconfig.files import kubeconfig, simple
from objects import deployment, docker_config_secret, named, pod, registry_entry, rule, service_account
from rights import Grant, Rights

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces
    from program import Program

CLUSTER = "arn:aws:eks:eu-1:1:cluster/one"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A kubeconfig with unusual names, and without a server."""
    contexts: dict[str, dict[str, str]] = {
        "prod": {},
        "prod/team-a": {},
        "stage": {},
        "with blank": {},
        "line\nend": {},
    }
    return kubeconfig(tmp_path / "config", contexts=contexts, clusters={CLUSTER: {}}, users={"carla": {}, "carl": {}})


def offered(program: Program, *words: str, kubeconfig: Path | None = None) -> list[str]:
    """The names from the cluster; repeated, because a busy machine may exceed the time limit."""

    def offer() -> Offer | None:
        answer = tab(program, *words, kubeconfig=kubeconfig)
        assert answer.directive == NO_FILES
        return answer if answer.values else None

    return until(offer, f"names for {words}").values


KUBECONFIG_NAMES = {
    "contexts": (["copy", "--context", "pr"], ["prod", "prod/team-a"]),
    "contexts-after-equals": (["copy", "--context=s"], ["stage"]),
    "contexts-without-those-that-are-not-one-word": (["list", "--context", ""], ["prod", "prod/team-a", "stage"]),
    "contexts-of-the-source": (["copy", "--from-context", "st"], ["stage"]),
    "clusters-with-colons": (["list", "--cluster", "arn:aws:e"], [CLUSTER]),
    "users": (["list", "--user", "carl"], ["carl", "carla"]),
    "contexts-of-several-clusters": (["list", "--contexts", "stage,pr"], ["stage,prod", "stage,prod/team-a"]),
    "contexts-to-exclude": (["list", "--all-contexts", "--exclude-context", "st"], ["stage"]),
    "contexts-before-the-command": (["--context", "st"], ["stage"]),
}


@pytest.mark.parametrize(("words", "names"), KUBECONFIG_NAMES.values(), ids=KUBECONFIG_NAMES.keys())
def test_completion_of_kubeconfig_names(offline: Program, file: Path, words: list[str], names: list[str]) -> None:
    assert tab(offline, *words, kubeconfig=file).values == names


def test_completion_of_contexts_from_the_given_kubeconfig(offline: Program, file: Path) -> None:
    assert tab(offline, "copy", "--kubeconfig", str(file), "--context", "st").values == ["stage"]
    assert tab(offline, "copy", "--from-kubeconfig", str(file), "--from-context", "st").values == ["stage"]
    assert tab(offline, "copy", "--from-kubeconfig", str(file), "--context", "st").values == []


def test_completion_with_an_unreadable_kubeconfig_is_empty(offline: Program, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("{")

    assert tab(offline, "copy", "--context", "", kubeconfig=broken) == Offer(described={}, directive=NO_FILES)


def test_completion_of_namespaces(pullsecret: Program, namespaces: Namespaces) -> None:
    one, two = namespaces(2)
    begin = one[:-1]

    assert offered(pullsecret, "copy", "-n", begin) == [one, two]
    assert offered(pullsecret, "copy", f"--to={begin}") == [one, two]
    assert offered(pullsecret, "copy", "--from", begin) == [one, two]
    assert offered(pullsecret, "list", "--namespace", f"{one},{begin}") == [f"{one},{two}"]
    assert offered(pullsecret, "list", "-n", one, "-n", begin) == [two]


def test_completion_of_namespaces_without_a_terminating_one(
    pullsecret: Program, api: Api, namespaces: Namespaces
) -> None:
    one, two = namespaces(2)
    api.create({**named("ConfigMap", "holds"), "metadata": {"name": "holds", "finalizers": ["test/holds"]}}, one)
    api.delete("Namespace", one)
    try:
        assert offered(pullsecret, "copy", "-n", one[:-1]) == [two]
    finally:
        api.patch("ConfigMap", "holds", {"metadata": {"finalizers": None}}, one)


def test_completion_of_pull_secrets_from_the_source_for_copy_and_else_the_target(
    pullsecret: Program, api: Api, namespaces: Namespaces
) -> None:
    source, target = namespaces(2)
    api.create(docker_config_secret("reg-source", {"reg.example": registry_entry()}), source)
    api.create(docker_config_secret("reg-target", {"reg.example": registry_entry()}), target)
    api.create({**named("Secret", "reg-opaque"), "type": "Opaque"}, target)

    assert offered(pullsecret, "copy", "--from", source, "--to", target, "reg") == ["reg-source"]
    assert offered(pullsecret, "attach", "-n", target, "reg") == ["reg-target"]
    assert offered(pullsecret, "detach", f"-n{source},{target}", "reg") == ["reg-source", "reg-target"]
    assert offered(pullsecret, "list", "-n", source, "-n", target, "reg-source", "reg") == ["reg-target"]
    assert {"reg-source", "reg-target"} <= set(offered(pullsecret, "list", "-A", "reg"))
    assert tab(pullsecret, "delete", "-n", target, "--code-engine-project", "shop", "reg").values == []


def test_completion_of_service_accounts_of_the_images_project(
    pullsecret: Program, api: Api, namespaces: Namespaces
) -> None:
    images, target = namespaces(2)
    api.create(service_account("builder-of-images"), images)
    words = ("create", "x", "--internal-registry", "-n", target, "--from", images, "--token-serviceaccount")

    assert offered(pullsecret, *words, "bu") == ["builder-of-images"]


def test_completion_of_service_accounts_of_the_target(
    plane: Cluster, pullsecret: Program, api: Api, namespace: str
) -> None:
    api.create(service_account("puller"), namespace)

    assert offered(pullsecret, "attach", "x", "-n", namespace, "--serviceaccount", "") == ["default", "puller"]
    assert offered(pullsecret, "copy", "--to", namespace, "--serviceaccount", "default,") == ["default,puller"]
    here = plane.admin_kubeconfig_in(namespace)
    assert offered(pullsecret, "entitled", "--serviceaccount=p", kubeconfig=here) == ["puller"]


def test_completion_of_names_from_the_source_cluster(
    plane: Cluster, offline: Program, api: Api, namespace: str
) -> None:
    api.create(docker_config_secret("far", {"reg.example": registry_entry()}), namespace)
    there = ("--from-kubeconfig", str(plane.admin_kubeconfig))

    assert offered(offline, "copy", *there, "--from", namespace) == [namespace]
    assert offered(offline, "copy", *there, "--from", namespace, "fa") == ["far"]
    assert tab(offline, "copy", *there, "-n", namespace).values == []


def test_completion_of_names_with_connection_flags(plane: Cluster, offline: Program, namespace: str) -> None:
    access = plane.access
    flags = ["--server", access.server, "--certificate-authority", str(access.ca), "--token", access.token]

    assert offered(offline, "list", *flags, "-n", namespace) == [namespace]
    assert offered(offline, "create", "-s", *flags[1:], "-n", namespace) == [namespace]


def test_completion_of_forbidden_names_is_empty(pullsecret: Program, restricted: Rights, namespace: str) -> None:
    few = restricted(Grant(rule("list", "serviceaccounts"), namespace=namespace), namespace=namespace)

    assert tab(pullsecret, "copy", "-n", "", kubeconfig=few).values == []
    assert offered(pullsecret, "attach", "x", "--serviceaccount", "", kubeconfig=few) == ["default"]


def test_completion_of_names_without_a_server_is_empty(offline: Program, tmp_path: Path) -> None:
    unreachable = simple(tmp_path / "config", {"server": "https://127.0.0.1:1"}, {"token": "none"})

    assert tab(offline, "copy", "-n", "", kubeconfig=unreachable).values == []


def test_completion_of_pending_pods_and_workloads(api: Api, plane: Cluster, offline: Program, namespace: str) -> None:
    template = pod("web", "reg.example/a:1", "no-such-node")
    api.create(template, namespace)
    api.create(deployment("web", template, replicas=0), namespace)
    words = ("doctor", "-n", namespace)

    assert offered(offline, *words, "", kubeconfig=plane.admin_kubeconfig) == ["deployment/web", "web"]
    assert offered(offline, *words, "dep", kubeconfig=plane.admin_kubeconfig) == ["deployment/web"]
