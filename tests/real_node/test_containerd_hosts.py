"""The DaemonSet of `generate containerd-hosts` on a real node: containerd pulls by a mirror because of it.

docker.io is unknown in the box, so that an image of it can come from a mirror only: a registry of a team, with a login
and a certificate that the node does not trust for it. The node has a hosts.toml for docker.io already.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.waiting import until
from objects import docker_config_secret, pod, registry_entry
from real_node.image import Image
from real_node.processes import command_lines
from real_node.test_cronjob import IMAGE, import_image
from scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from real_node.cluster_setup import Setup
    from stage import Stage

MIRROR = "registry.example.com"
THEIRS = 'server = "https://docker.io"\n\n[host."https://registry-1.docker.io"]\n  capabilities = ["pull", "resolve"]\n'
"""What nodes of IBM Cloud have."""
ROLLED_OUT = "kubectl rollout status daemonset/containerd-hosts -n nodes --timeout=90s"


class Team:
    """A namespace whose pods run images of docker.io."""

    def __init__(self, api: Api, setup: Setup, stage: Stage, directory: Path) -> None:
        self._api, self._setup, self._stage, self._directory = api, setup, stage, directory
        stage.run("kubectl create namespace team-m")
        api.wait_for("ServiceAccount", "default", "team-m")
        robot = setup.registries.robot
        api.create(docker_config_secret("hub", {"docker.io": registry_entry(robot.user, robot.password)}), "team-m")

    def start(self, name: str) -> None:
        """Push an image to the mirror, and create a pod with the image by its name on docker.io."""
        self._setup.registries.push(Image(name=f"{MIRROR}/acme/{name}:1"))
        body = pod(name, f"docker.io/acme/{name}:1", self._setup.node.name)
        body["spec"]["imagePullSecrets"] = [{"name": "hub"}]
        path = self._directory / f"{name}.yaml"
        path.write_text(yaml.safe_dump({"apiVersion": "v1", **body}))
        self._stage.run(f"kubectl apply -n team-m -f {path}")

    def runs(self, name: str) -> None:
        """Wait until the pod runs."""
        self._stage.run(f"kubectl wait pod/{name} -n team-m --for=condition=Ready --timeout=60s")

    def cannot_pull(self, name: str) -> str:
        """Wait until the pod cannot pull, and return containerd's message."""
        found = until(lambda: self._messages(name), f"pod {name} to fail", within=40)
        assert isinstance(found, str)
        return found

    def _messages(self, name: str) -> str:
        events = self._api.list("Event", "team-m", fieldSelector=f"involvedObject.name={name},reason=Failed")
        return " ".join(event["message"] for event in events)


@pytest.fixture
def hosts(setup: Setup) -> Iterator[Path]:
    """The directory of docker.io on the node, with a file of somebody else; as before afterwards."""
    place = setup.runtime.hosts / "docker.io"
    place.mkdir()
    place.joinpath("hosts.toml").write_text(THEIRS)
    yield place
    for file in place.iterdir():
        file.unlink()
    place.rmdir()


def test_node_pulls_by_a_mirror_until_it_is_removed(
    api: Api, setup: Setup, stage: Stage, tmp_path: Path, hosts: Path
) -> None:
    stage.tell("docker.io is out of reach, and nodes have a hosts.toml for it. Image and program are of one archive.")
    import_image(setup)
    stage.run("kubectl create namespace nodes")
    team = Team(api, setup, stage, tmp_path)
    team.start("before")
    assert "registry-1.docker.io" in team.cannot_pull("before")
    places = f"--config-path {setup.runtime.hosts} --containerd-config {setup.runtime.config}"
    mirrors = f"--mirror https://dead.example,https://{MIRROR}/ --ca {setup.registries.authority}"
    generate = f"kubectl pullsecret generate containerd-hosts --image {IMAGE} -n nodes {places}"
    with Scheduler(api, setup.node.name, "nodes"):
        stage.tell("One mirror is dead, and the header has what TOML must escape.")
        header = "--header 'X-Site: a\"b\\c'"
        stage.run(
            f"{generate} --registry docker.io,other.example:5000 {mirrors} {header} | "
            "kubectl apply --validate=strict -f -"
        )
        stage.run(ROLLED_OUT)
        stage.tell(f"The pod said:\n{log_of(setup, 'write')}")
        assert hosts.joinpath("hosts.toml.before-kubectl-pullsecret").read_text() == THEIRS
        team.start("mirrored")
        team.runs("mirrored")
        assert waiting_users() == {65532}

        stage.tell("Another line: the pod starts again, keeps the first file, and takes other.example:5000 back.")
        assert setup.runtime.hosts.joinpath("other.example_5000_", "hosts.toml").exists()
        stage.run(f"{generate} --registry docker.io {mirrors} | kubectl apply --validate=strict -f -")
        stage.run(ROLLED_OUT)
        assert hosts.joinpath("hosts.toml.before-kubectl-pullsecret").read_text() == THEIRS
        assert not setup.runtime.hosts.joinpath("other.example_5000_").exists()
        assert "X-Site" not in hosts.joinpath("hosts.toml").read_text()

        stage.tell("The way back.")
        stage.run(f"{generate} --remove | kubectl apply --validate=strict -f -")
        stage.run(ROLLED_OUT)
        assert {path.name: path.read_text() for path in hosts.iterdir()} == {"hosts.toml": THEIRS}
        team.start("after")
        assert "registry-1.docker.io" in team.cannot_pull("after")

        stage.tell("A node whose containerd reads another directory: nothing is written there, and the pod says so.")
        elsewhere = tmp_path / "certs.d"
        stage.run(
            f"{generate} --config-path {elsewhere} --registry docker.io {mirrors} | "
            "kubectl apply --validate=strict -f -"
        )
        said = until(lambda: message_of(api), "the pod to fail", within=60)
        assert said == (
            f"error: config_path in {setup.runtime.config} is {setup.runtime.hosts}, not {elsewhere}: "
            "nothing was written\n"
            f"generate the manifest with --config-path {setup.runtime.hosts}\n"
        )
        assert list(elsewhere.iterdir()) == []
    stage.run("kubectl delete namespace nodes team-m --timeout=90s")


def waiting_users() -> set[int]:
    """The users of the processes that wait in the pods."""
    found = [pid for pid, line in command_lines().items() if line.endswith(b"containerd-hosts\0wait\0")]
    return {user_of(pid) for pid in found}


def user_of(pid: int) -> int:
    """The user of a process, in the kernel's own words."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("Uid:"))
    return int(line.split()[1])


def message_of(api: Api) -> str:
    """The last words of a first container that failed."""
    statuses: list[Object] = [
        status
        for one in api.list("Pod", "nodes")
        for status in one["status"].get("initContainerStatuses", ())
        if status["image"] == IMAGE
    ]
    ended = [{**status["state"], **status.get("lastState", {})}.get("terminated", {}) for status in statuses]
    return "".join(state["message"] for state in ended if state.get("exitCode"))


def log_of(setup: Setup, container: str) -> str:
    """The output of a container of the DaemonSet's pods, from the node's files."""
    logs = setup.node.directory.glob(f"logs/nodes_*/{container}/*.log")
    return "\n".join(line.split(" ", 3)[3] for log in logs for line in log.read_text().splitlines())
