"""What can-pull says of 240 combinations of secrets, accounts, images and workloads is what a kubelet then does.

The program is asked before there is a pod: about manifests, workloads and images. Then the pods are made, by the
cluster's own controllers where it has them, on a node that records what the kubelet sends for each image. In half of
the combinations the registries accept each credential with which nothing is wrong, so that it also shows whether the
image was pulled as the program said; in the other half they refuse all, and the kubelet tries every entry that it has.

To repeat some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,20-29 pytest tests/can_pull`.
"""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from can_pull.combinations import combination
from can_pull.node_pulls import Sent, late_pods
from can_pull.on_cluster import OnCluster
from can_pull.runs import Runs
from can_pull.scene import Scene
from control_plane.node import PUBLIC, Node
from control_plane.waiting import until
from kubelet.places import image_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from random import Random

    from can_pull.comparison import Answer
    from can_pull.runs import Part
    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces
    from program import Program

BY_DEFAULT = "0-239"
NAMESPACES = 3
OFFLINE = "-f FILE --offline"
SHARES = {"yes": 0.2, "no": 0.08, "unknown": 0.2}
"""The minimum share of each result, of all answers with a cluster."""


def chosen_seeds() -> list[int]:
    """The seeds that are requested, as `17,20-29`."""
    ranges = [part.partition("-") for part in os.environ.get("KUBECTL_PULLSECRET_TEST_SEEDS", BY_DEFAULT).split(",")]
    return [seed for first, _, last in ranges for seed in range(int(first), int(last or first) + 1)]


def any_image(random: Random) -> str:
    """An image as in a pod, sometimes one that needs no credential."""
    return f"{PUBLIC}/app:{random.randrange(9)}" if random.random() < 0.08 else image_name(random)


def test_what_can_pull_says_of_combinations_is_what_a_node_then_does(
    plane: Cluster, api: Api, namespaces: Namespaces, pullsecret: Program, kubectl: Program, tmp_path: Path
) -> None:
    seeds, started = chosen_seeds(), time.monotonic()
    with Node(plane.access, f"node-{secrets.token_hex(3)}") as node:
        combinations = [combination(seed, node.name, any_image) for seed in seeds]
        cluster = OnCluster(api=api, kubectl=kubectl, namespaces=namespaces(NAMESPACES), combinations=combinations)
        for username, password in cluster.accepted:
            node.accept(username, password)
        cluster.put_what_is_there()
        answers = answers_about(cluster, pullsecret, tmp_path / "manifests")
        cluster.apply()
        cluster.run_pods()
        cluster.wait_until_settled()
        whole = {part: answer for run, said in answers.items() if run != OFFLINE for part, answer in said.items()}
        scene = complete_scene(cluster, node, whole)

    found = [
        f"can-pull {run}: {one}"
        for run, said in answers.items()
        for one in scene.differences(said, is_offline=run == OFFLINE)
    ]
    assert not found, "\n".join(found)
    for run, said in answers.items():
        results = Counter(answer.result for answer in said.values())
        sys.stdout.write(f"can-pull {run}: {scene.compared(said)} images compared, {dict(results)}\n")
    sys.stdout.write(f"{len(seeds)} combinations in {time.monotonic() - started:.0f} s\n")
    if seeds == list(range(len(seeds))):
        assert lacking(whole, cluster) == []


def complete_scene(cluster: OnCluster, node: Node, answers: Mapping[Part, Answer]) -> Scene:
    """What became of the pods, once a busy kubelet has tried those again whose secrets it could not read in time."""

    def scene() -> Scene:
        return Scene(cluster=cluster, pods=cluster.pods(), sent=Sent(node), late=late_pods(node), open_host=PUBLIC)

    with suppress(TimeoutError):  # what differs is then reported with its seed
        return until(lambda: None if (seen := scene()).is_awaited(answers) else seen, "late pods", within=60)
    return scene()


def answers_about(cluster: OnCluster, program: Program, directory: Path) -> dict[str, dict[Part, Answer]]:
    """The program's answers before there are pods, by how it is asked."""
    runs = Runs(program=program, cluster=cluster, directory=directory)
    return {
        "-f FILE": runs.of_manifests(),
        OFFLINE: runs.of_manifests("--offline"),
        "TYPE/NAME": runs.of_workloads(),
        "IMAGE": runs.of_images(),
    }


def lacking(answers: Mapping[Part, Answer], cluster: OnCluster) -> list[str]:
    """What there is too little of, where answers that are all the same would prove nothing."""
    results = Counter(answer.result for answer in answers.values())
    found = [result for result, share in SHARES.items() if results[result] < share * results.total()]
    found += ["a difference of existing pods"] if not any(is_before for _, _, is_before in answers) else []
    return found + (["a pod that is refused"] if not cluster.refused else [])
