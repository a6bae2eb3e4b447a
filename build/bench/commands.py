"""Measures commands that read a large cluster, beside kubectl reading the same objects."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench import raw
from bench.bench_cluster import LABEL, NAME, BenchCluster, Measurement
from bench.clients import OurClient
from bench.progress import say
from bench.tables import seconds, table
from bench.timing import Run, measure
from control_plane.api import MERGE_PATCH, path_of
from control_plane.plane import ControlPlane
from objects import docker_config_secret, named, references, registry_entry
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMESPACES, PODS_OF_EACH, WAITING_OF_EACH = 1000, 10, 1
OTHERS = ("regcred", "team-registry")
"""The secrets of each namespace besides the copy."""

IMAGE = "us.icr.io/team/app:1"
ROUNDS = 3
COMMANDS = (
    ("list", "-A"),
    ("check", "-A"),
    ("doctor", "-A"),
    ("copy", NAME, "--attach", "-l", LABEL),
)
FINDINGS = 'test 1 -ge "$( "$@" > /dev/null; echo $? )"'
"""Runs a command whose status 1 means that it has found something; its output is not kept in our memory."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """All runs of a command, and of the kubectl command that reads the same objects."""

    command: str
    kubectl: str
    ours: Sequence[Run]
    theirs: Sequence[Run]


def measure_commands(kubectl: Path, home: Path) -> list[Cost]:
    """Measure all commands, on a cluster of its own."""
    with ControlPlane() as plane, closing(BenchCluster(plane.access)) as cluster:
        ours = Program(pullsecret_command(), home, plane.admin_kubeconfig)
        say(f"commands: {NAMESPACES} namespaces with {len(OTHERS) + 1} secrets and {PODS_OF_EACH} pods each")
        cluster.grow(NAMESPACES)
        fill(cluster)
        OurClient(ours).copy(cluster)
        theirs = Program([str(kubectl)], home, plane.admin_kubeconfig)
        return [cost_of(cluster, ours, theirs, words) for words in COMMANDS]


def fill(cluster: BenchCluster) -> None:
    """Create the other secrets, and the pods, most of which run; the rest cannot pull their image."""
    entries = {"us.icr.io": registry_entry("iamapikey")}
    secrets = [raw.create(docker_config_secret(name, entries), "{namespace}") for name in OTHERS]
    cluster.play(secrets, cluster.names)
    for number in range(PODS_OF_EACH):
        cluster.play(pod_steps(f"app-{number}", is_running=number >= WAITING_OF_EACH), cluster.names)


def pod_steps(name: str, *, is_running: bool) -> list[raw.Step]:
    """Create a pod, and report its status as a kubelet does."""
    container = {"name": "main", "image": IMAGE}
    spec = {"nodeName": "node", "containers": [container], "imagePullSecrets": references([OTHERS[0]])}
    waiting = {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{IMAGE}": 401 Unauthorized'}
    state = {"running": {}} if is_running else {"waiting": waiting}
    reported = {**container, "imageID": "", "ready": is_running, "restartCount": 0, "state": state}
    status = {"phase": "Running" if is_running else "Pending", "containerStatuses": [reported]}
    path = path_of("Pod", name, "{namespace}", "status")
    change = raw.Step(method="PATCH", path=path, content=MERGE_PATCH, body=json.dumps({"status": status}))
    return [raw.create(named("Pod", name, spec=spec), "{namespace}"), change]


def cost_of(cluster: BenchCluster, ours: Program, kubectl: Program, words: Sequence[str]) -> Cost:
    """Measure a command in turns with kubectl, which reads what the command has listed."""
    say(f"commands: {words[0]}")
    first = cluster.count_requests(lambda: run(ours, *words), writes=0)
    reading = ("get", listed(first), "-A", "-o", "json")
    runs = [(run(ours, *words), run(kubectl, *reading)) for _ in range(ROUNDS)]
    return Cost(
        command=" ".join(words),
        kubectl=" ".join(("kubectl", *reading)),
        ours=[mine for mine, _ in runs],
        theirs=[other for _, other in runs],
    )


def listed(measurement: Measurement) -> str:
    """The resources that a command has listed: pods,secrets."""
    return ",".join(sorted({resource for verb, resource in measurement.requests if verb == "LIST"}))


def run(program: Program, *words: str) -> Run:
    """Run a command that reads."""
    return measure(["sh", "-c", FINDINGS, "sh", *program.command, *words], program.environment())


def commands_table(costs: Sequence[Cost]) -> str:
    """Time and memory of each command, and of kubectl."""
    heads = ["command", "time", "peak memory", "kubectl's time", "kubectl's peak memory", "kubectl"]
    return table(heads, [_row(cost) for cost in costs])


def _row(cost: Cost) -> list[str]:
    both = (cost.ours, cost.theirs)
    cells = [cell for runs in both for cell in (seconds(median(run.seconds for run in runs)), _peak(runs))]
    return [f"`{cost.command}`", *cells, f"`{cost.kubectl}`"]


def _peak(runs: Sequence[Run]) -> str:
    return f"{max(run.peak for run in runs) / 2**20:.0f} MiB"
