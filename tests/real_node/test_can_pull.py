"""What can-pull says of 20 seeded combinations is what becomes of them on a node that really pulls.

The combinations are those of tests/can_pull, with images of three registries: two accept each credential with which
nothing is wrong, one needs none. The program is asked twice: by the kubelet's rules alone, and with --verify, after
which nothing is unknown but the credentials that it does not send: those under a wildcard.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from can_pull.combinations import combination
from can_pull.comparison import NO, UNKNOWN, YES
from can_pull.on_cluster import OnCluster
from can_pull.runs import Runs
from can_pull.scene import Scene
from program import Program, pullsecret_command
from real_node.fake_registries import Login
from real_node.image import Image

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from random import Random

    from can_pull.comparison import Answer
    from can_pull.runs import Part
    from control_plane.api import Api
    from control_plane.plane import ControlPlane
    from real_node.fake_registries import FakeRegistries
    from real_node.node import FullNode

SEEDS = range(1000, 1020)
NAMESPACE = "can-pull"
PUBLIC = "open.example"
IMAGES = (
    *(f"registry.example.com/{path}" for path in ("acme/web:1", "acme/api:1", "team/web:2")),
    *(f"registry.example.org/{path}" for path in ("acme/web:1", "team/api:3")),
    *(f"{PUBLIC}/{path}" for path in ("acme/web:1", "acme/tool:1")),
)


def any_image(random: Random) -> str:
    """One of the images."""
    return random.choice(IMAGES)


@pytest.fixture
def cluster(
    api: Api, plane: ControlPlane, node: FullNode, registries: FakeRegistries, tmp_path: Path
) -> Iterator[OnCluster]:
    """The combinations in a namespace, where registries accept their credentials."""
    api.create({"kind": "Namespace", "metadata": {"name": NAMESPACE}})
    api.wait_for("ServiceAccount", "default", NAMESPACE)
    kubectl = Program([str(plane.kubectl)], tmp_path, plane.admin_kubeconfig)
    combinations = [combination(seed, node.name, any_image, has_volumes=False) for seed in SEEDS]
    cluster = OnCluster(api=api, kubectl=kubectl, namespaces=[NAMESPACE], combinations=combinations)
    registries.push(*(Image(name=name) for name in IMAGES))
    registries.accept(*(Login(user=user, password=password) for user, password in cluster.accepted))
    yield cluster
    registries.accept(registries.robot)


def test_images_are_pulled_or_not_as_can_pull_says(
    cluster: OnCluster, plane: ControlPlane, registries: FakeRegistries, tmp_path: Path
) -> None:
    program = Program(pullsecret_command(), tmp_path, plane.admin_kubeconfig)
    cluster.put_what_is_there()
    said = answers_of(Runs(program=program, cluster=cluster, directory=tmp_path / "manifests"))
    asking = ("--verify", "--registry-ca", str(registries.authority))
    verified = answers_of(Runs(program=program, cluster=cluster, directory=tmp_path / "manifests"), *asking)
    cluster.apply()
    cluster.run_pods()
    scene = Scene(cluster=cluster, pods=cluster.wait_until_settled(), open_host=PUBLIC)

    assert scene.differences(said) == []
    assert scene.differences(verified) == []
    assert not [answer.shown for answer in verified.values() if answer.result == UNKNOWN and not is_untested(answer)]
    for run, answers in {"can-pull": said, "can-pull --verify": verified}.items():
        results = Counter(answer.result for answer in answers.values())
        sys.stdout.write(f"{run}: {scene.compared(answers)} images compared, {dict(results)}\n")
    assert {YES, NO} <= {answer.result for answer in said.values()}


def is_untested(answer: Answer) -> bool:
    """Whether credentials were not sent, as nothing but a wildcard and a pod name the registry."""
    return answer.reason == "NotTested" and all("*" in key for _, _, key in answer.tried)


def answers_of(runs: Runs, *flags: str) -> Mapping[Part, Answer]:
    """All answers, however it is asked."""
    return runs.of_manifests(*flags) | runs.of_workloads(*flags) | runs.of_images(*flags)
