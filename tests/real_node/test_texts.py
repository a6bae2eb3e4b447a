"""Every text in texts.py, from a node that says it."""

from __future__ import annotations

import json
import re
import secrets
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import pod
from program import Program, pullsecret_command
from pull_messages import CONTAINERD
from real_node.image import Image
from real_node.node import waiting_reason
from real_node.texts import TEXTS, WEB, Row, made

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from control_plane.plane import ControlPlane
    from real_node.fake_registries import Stands
    from real_node.node import FullNode

NAMESPACE = f"texts-{secrets.token_hex(3)}"


PATIENCE = 40.0  # seconds for all of them together; a registry that never answers is given 10 by containerd


@dataclass(frozen=True, kw_only=True)
class Failing:
    """The pods of the table by their cause, made at one time."""

    names: dict[str, str]
    since: float

    @property
    def patience(self) -> float:
        """Seconds left."""
        return max(0.0, PATIENCE - (time.monotonic() - self.since))


@pytest.fixture(scope="module")
def failing(api: Api, node: FullNode, stands: Stands) -> Failing:
    """All of them, for each takes its time to fail."""
    stands.hold(Image(name=WEB))
    api.create({"kind": "Namespace", "metadata": {"name": NAMESPACE}})
    api.wait_for("ServiceAccount", "default", NAMESPACE)
    for secret in made(stands.icr):
        api.create(secret, NAMESPACE)
    names = {row.cause: f"row-{number}" for number, row in enumerate(TEXTS)}
    for row in TEXTS:
        body = pod(names[row.cause], row.image, node.name, pull_secrets=row.secrets, pull_policy=row.policy)
        api.create(body, NAMESPACE)
    return Failing(names=names, since=time.monotonic())


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row.cause)
def test_failing_pull_says(row: Row, failing: Failing, api: Api) -> None:
    name = failing.names[row.cause]
    pattern = re.compile(re.escape(row.expected).replace(re.escape("..."), ".+"))

    def said() -> str | None:
        texts = [beginning_cut(event["message"]) for event in events_of(name, row.reason, api)]
        return next((text for text in texts if pattern.fullmatch(text)), None)

    try:
        text = until(said, row.cause, within=failing.patience)
    except TimeoutError:
        pytest.fail("\n".join(["said was:", *(event["message"] for event in events_of(name, "", api))]))
    sys.stdout.write(f"{row.cause}\n    {row.reason}: {text}\n")


@pytest.fixture(scope="module")
def diagnoses(
    failing: Failing, api: Api, plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory
) -> list[Object]:
    """What doctor says about all of them, once each waits."""
    until(lambda: all_wait(api), "all of them to wait", within=failing.patience)
    program = Program(pullsecret_command(), tmp_path_factory.mktemp("home"), plane.admin_kubeconfig)
    said = program("doctor", "-n", NAMESPACE, "-o", "json", expect=1).stdout
    items: list[Object] = json.loads(said)["items"]
    return items


def all_wait(api: Api) -> bool:
    """Whether every container waits for another reason than that the kubelet has not looked at it."""
    return not {"", "ContainerCreating"}.intersection(map(waiting_reason, api.list("Pod", NAMESPACE)))


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row.cause)
def test_doctor_knows(row: Row, failing: Failing, diagnoses: list[Object]) -> None:
    name = failing.names[row.cause]
    found = [item["cause"] for item in diagnoses for owner in item["owners"] if name in owner["pods"]]
    assert found == [row.code]
    sys.stdout.write(f"{row.cause}: doctor says {row.code}\n")


def test_every_message_of_containerd_is_said() -> None:
    assert CONTAINERD.keys() <= {row.message for row in TEXTS}


def events_of(name: str, reason: str, api: Api) -> list[Object]:
    """The events of a pod; those of one reason where it is given."""
    found = api.list("Event", NAMESPACE, fieldSelector=f"involvedObject.name={name}")
    return [event for event in found if reason in ("", event["reason"])]


def beginning_cut(message: str) -> str:
    """What follows after the kubelet's own words about a pull."""
    return re.sub(r'^(Failed to pull image "[^"]*"|Error): ', "", message)
