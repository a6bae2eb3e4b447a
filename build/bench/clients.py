"""The clients that copy a pull secret to namespaces and attach it, all on the same cluster."""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bench import raw
from bench.bench_cluster import LABEL, NAME, BenchCluster, Measurement
from bench.timing import Run, measure
from objects import all_icr_io, made_up_password

if TYPE_CHECKING:
    from collections.abc import Sequence

    from program import Program

PIPELINE = f"""
for namespace; do
    kubectl get secret {NAME} -n default -o yaml | sed "s/default/$namespace/g" | kubectl create -n "$namespace" -f - &&
    kubectl patch serviceaccount/default -n "$namespace" -p '{{"imagePullSecrets":[{{"name":"{NAME}"}}]}}' || exit
done
"""
"""The commands of IBM's documentation for one namespace (Setting up an image registry, docs/containers)."""


class OurClient:
    """The program: the same command for every task, with further flags."""

    def __init__(self, program: Program, *flags: str) -> None:
        self._program = program
        self._flags = flags

    def copy(self, cluster: BenchCluster) -> Measurement:
        """Copy for the first time: two writes per namespace."""
        return cluster.count_requests(lambda: self._run(cluster), writes=2 * len(cluster.names))

    def again(self, cluster: BenchCluster) -> Measurement:
        """Copy again: no write."""
        return cluster.count_requests(lambda: self._run(cluster), writes=0)

    def rotate(self, cluster: BenchCluster) -> Measurement:
        """Rotate the source's key, in one namespace first: a write per namespace, and three where the source is."""
        self._run(cluster)  # the copies may have other data than the source
        words = ["rotate", NAME, "--yes", "--canary", cluster.names[0], "--password-env=NEW", "--verify=off"]
        command = [*self._program.command, *words, *_targets(cluster), *self._flags]
        environment = self._program.environment(env={"NEW": made_up_password()})
        rotated = cluster.count_requests(lambda: measure(command, environment), writes=len(cluster.names) + 3)
        measure([*self._program.command, "rotate", NAME, "--finish", "--yes"], self._program.environment())
        cluster.read_source()
        return rotated

    def _run(self, cluster: BenchCluster) -> Run:
        command = [*self._program.command, "copy", NAME, "--attach", *_targets(cluster), *self._flags]
        return measure(command, self._program.environment())


def _targets(cluster: BenchCluster) -> list[str]:
    return ["-n", cluster.names[0]] if len(cluster.names) == 1 else ["-l", LABEL]


class RawClient:
    """Only the writes, over many connections: the limit of the API server on this machine."""

    def copy(self, cluster: BenchCluster) -> Measurement:
        """The same two writes per namespace; the service account's list is known to be empty."""
        attach = raw.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": NAME}]}, "{namespace}")
        steps = [raw.create(body_like(cluster), "{namespace}"), attach]
        uid = cluster.secret["metadata"]["uid"]
        targets = [{"namespace": name, "proof": proof(uid, name)} for name in cluster.names]
        writes = 2 * len(cluster.names)
        return cluster.count_requests(lambda: raw.play(cluster.access, steps, targets), writes=writes)

    def rotate(self, cluster: BenchCluster) -> Measurement:
        """The same write per namespace, conditional on the version; reading it is not measured."""
        change = {"metadata": {"resourceVersion": "{version}"}, "data": all_icr_io()["data"]}
        step, targets = raw.patch("Secret", NAME, change, "{namespace}"), cluster.versions()
        return cluster.count_requests(lambda: raw.play(cluster.access, [step], targets), writes=len(targets))


class KubectlClient:
    """kubectl, as documented: three processes per namespace."""

    def __init__(self, kubectl: Program) -> None:
        self._kubectl = kubectl

    def copy(self, cluster: BenchCluster, names: Sequence[str]) -> Measurement:
        """The same two writes for some of the namespaces."""
        command = ["sh", "-c", PIPELINE, "sh", *names]
        first = str(Path(self._kubectl.command[0]).parent)
        environment = self._kubectl.environment(env={"PATH": f"{first}{os.pathsep}{os.environ['PATH']}"})
        return cluster.count_requests(lambda: measure(command, environment), writes=2 * len(names))


def proof(uid: str, namespace: str) -> str:
    """The proof of a copy in a namespace, with which the program takes it for its own."""
    return hmac.new(uid.encode(), f"{namespace}/{NAME}".encode(), "sha256").hexdigest()


def body_like(cluster: BenchCluster) -> dict[str, object]:
    """The body of a copy as the program sends it."""
    marks = {
        "labels": {"app.kubernetes.io/managed-by": "kubectl-pullsecret", "kubectl-pullsecret/managed": "true"},
        "annotations": {
            "kubectl-pullsecret/copied-from": f"default/{NAME}",
            "kubectl-pullsecret/proof": "{proof}",
        },
    }
    wanted = {"name": NAME, "namespace": "{namespace}", **marks}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": wanted,
        **{k: cluster.secret[k] for k in ("type", "data")},
    }
