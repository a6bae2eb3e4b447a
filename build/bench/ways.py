"""The ways to bring a pull secret into namespaces and onto their service accounts, all on the same cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from bench import raw
from bench.arena import LABEL, NAME, Arena, Lap
from bench.timing import Run, measured
from objects import all_icr_io

if TYPE_CHECKING:
    from collections.abc import Sequence

    from program import Program

PIPELINE = f"""
for namespace; do
    kubectl get secret {NAME} -n default -o yaml | sed "s/default/$namespace/g" | kubectl create -n "$namespace" -f - &&
    kubectl patch serviceaccount/default -n "$namespace" -p '{{"imagePullSecrets":[{{"name":"{NAME}"}}]}}' || exit
done
"""
"""What IBM's documentation says to type for one namespace (Setting up an image registry, docs/containers)."""


class OurWay:
    """The program: one command whatever is to be done, and it finds out what that is."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def copy(self, arena: Arena) -> Lap:
        """Where nothing is yet: two writes a namespace."""
        return arena.counted(lambda: self._run(arena), writes=2 * len(arena.names))

    def again(self, arena: Arena) -> Lap:
        """Where all is done: no write."""
        return arena.counted(lambda: self._run(arena), writes=0)

    def rotate(self, arena: Arena) -> Lap:
        """After a rotation of the source's key: one write a namespace."""
        arena.rotate()
        return arena.counted(lambda: self._run(arena), writes=len(arena.names))

    def _run(self, arena: Arena) -> Run:
        targets = ["-n", arena.names[0]] if len(arena.names) == 1 else ["-l", LABEL]
        return measured([*self._program.command, "copy", NAME, "--attach", *targets], self._program.environment())


class RawWay:
    """Only the writes, over many connections: what the API server can take from anybody on this machine."""

    def copy(self, arena: Arena) -> Lap:
        """The same two writes a namespace; the service account's list is empty, and known to be."""
        attach = raw.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": NAME}]}, "{namespace}")
        steps = [raw.create(body_like(arena), "{namespace}"), attach]
        return arena.counted(lambda: arena.play(steps, arena.names), writes=2 * len(arena.names))

    def rotate(self, arena: Arena) -> Lap:
        """The same write a namespace, on condition of the version there; to read that is not counted."""
        change = {"metadata": {"resourceVersion": "{version}"}, "data": all_icr_io()["data"]}
        step, targets = raw.patch("Secret", NAME, change, "{namespace}"), arena.versions()
        return arena.counted(lambda: raw.play(arena.access, [step], targets), writes=len(targets))


class PipelineWay:
    """kubectl, as documented: three processes a namespace."""

    def __init__(self, kubectl: Program) -> None:
        self._kubectl = kubectl

    def copy(self, arena: Arena, names: Sequence[str]) -> Lap:
        """The same two writes for some of the namespaces."""
        command = ["sh", "-c", PIPELINE, "sh", *names]
        first = str(Path(self._kubectl.command[0]).parent)
        environment = self._kubectl.environment(env={"PATH": f"{first}{os.pathsep}{os.environ['PATH']}"})
        return arena.counted(lambda: measured(command, environment), writes=2 * len(names))


def body_like(arena: Arena) -> dict[str, object]:
    """The body of a copy as the program sends it."""
    marks = {
        "labels": {"app.kubernetes.io/managed-by": "kubectl-pullsecret"},
        "annotations": {
            "kubectl-pullsecret/copied-from": f"default/{NAME}",
            "kubectl-pullsecret/source-uid": arena.secret["metadata"]["uid"],
        },
    }
    wanted = {"name": NAME, "namespace": "{namespace}", **marks}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": wanted, **{k: arena.secret[k] for k in ("type", "data")}}
