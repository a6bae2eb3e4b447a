"""Starts the controllers of Kyverno and of External Secrets on the tests' cluster, with their definitions."""

from __future__ import annotations

import os
import socket
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from control_plane.process import Process
from control_plane.waiting import until
from objects import named
from owners.programs import EXTERNAL_SECRETS, KYVERNO, KYVERNO_ADMISSION, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from control_plane.api import Api, Object
    from program import Program

NAMESPACE = "kyverno"
CONFIGS = {"INIT_CONFIG": "kyverno", "METRICS_CONFIG": "kyverno-metrics"}
NAMES = ("KYVERNO_SERVICEACCOUNT_NAME", "KYVERNO_DEPLOYMENT", "KYVERNO_POD_NAME")
KYVERNO_VARIABLES = {**CONFIGS, **dict.fromkeys(NAMES, "kyverno-background-controller"), "KYVERNO_NAMESPACE": NAMESPACE}
"""What the chart of Kyverno sets for its background controller."""
KYVERNO_DEFINITIONS = ("kyverno", "policies.kyverno.io", "reports")
EXTERNAL_SECRETS_DEFINITIONS = ("secretstores", "clustersecretstores", "externalsecrets", "clusterexternalsecrets")


@contextmanager
def kyverno_controller(
    kubectl: Program, api: Api, directory: Path, kubeconfig: Callable[[], Path] | None = None
) -> Iterator[Process]:
    """Run Kyverno's background controller without its webhooks, as the administrator unless there is a kubeconfig.

    The kubeconfig is asked for when the definitions and the namespace are there.
    """
    definitions = sources(KYVERNO) / "config" / "crds"
    for name in KYVERNO_DEFINITIONS:
        kubectl("apply", "--server-side", "-f", definitions / name)
    until(lambda: are_served(api), "the API server to serve the definitions", within=60)
    if api.find("Namespace", NAMESPACE) is None:  # modules share a cluster
        api.create(named("Namespace", NAMESPACE))
        for name in CONFIGS.values():
            api.create(named("ConfigMap", name), NAMESPACE)
    config = kubeconfig() if kubeconfig else kubectl.kubeconfig
    flags = ["--disableMetrics=true", "--controllerRuntimeMetricsAddress=0", f"--kubeconfig={config}"]
    with running([KYVERNO.built(), *flags], directory / "kyverno.log", KYVERNO_VARIABLES) as process:
        yield process


@contextmanager
def kyverno_admission(kubeconfig: Path, directory: Path) -> Iterator[Process]:
    """Run Kyverno's admission controller: the API server calls its webhooks on this machine."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken, closing(socket.create_server(("", 0))) as metrics:
        port, metrics_port = taken.getsockname()[1], metrics.getsockname()[1]
    service = "kyverno-admission-controller"
    variables = {**KYVERNO_VARIABLES, **dict.fromkeys(NAMES, service), "KYVERNO_SVC": "kyverno-svc"}
    flags = (
        f"--kubeconfig={kubeconfig}",
        f"--serverIP=127.0.0.1:{port}",
        "--webhookServerHost=127.0.0.1",
        f"--webhookServerPort={port}",
        "--caSecretName=kyverno-ca",
        "--tlsSecretName=kyverno-tls",
        f"--backgroundServiceAccountName=system:serviceaccount:{NAMESPACE}:kyverno-background-controller",
        "--reportsServiceAccountName=none",
        "--controllerRuntimeMetricsAddress=0",
        f"--metricsPort={metrics_port}",
    )
    with running([KYVERNO_ADMISSION.built(), *flags], directory / "admission.log", variables) as process:
        yield process


@contextmanager
def external_secrets_controllers(kubectl: Program, api: Api, directory: Path) -> Iterator[Process]:
    """Run the controllers of External Secrets as the administrator."""
    definitions = sources(EXTERNAL_SECRETS) / "config" / "crds" / "bases"
    for name in EXTERNAL_SECRETS_DEFINITIONS:
        kubectl("apply", "--server-side", "-f", definitions / f"external-secrets.io_{name}.yaml")
    until(lambda: are_served(api), "the API server to serve the definitions", within=60)
    variables = {"KUBECONFIG": str(kubectl.kubeconfig)}
    with running([EXTERNAL_SECRETS.built()], directory / "external-secrets.log", variables) as process:
        yield process


def are_served(api: Api) -> bool:
    """Whether the API server serves the kinds of all definitions; kubectl wait fails while one has no status."""
    definitions = api.request("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions")["items"]
    return all("Established" in true_conditions(definition) for definition in definitions)


def true_conditions(definition: Object) -> set[str]:
    """The types of the conditions that hold; none while a new definition has no status."""
    conditions = definition.get("status", {}).get("conditions") or []
    return {condition["type"] for condition in conditions if condition["status"] == "True"}


@contextmanager
def running(command: list[str | Path], log: Path, variables: dict[str, str]) -> Iterator[Process]:
    """Run a program while the `with` block lasts."""
    process = Process(command, log, environment={"PATH": os.environ["PATH"], **variables})
    try:
        yield process
    finally:
        process.stop()
