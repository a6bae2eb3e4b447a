"""Every message in texts.py, from a node."""

from __future__ import annotations

import re
import secrets
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from documents import items_in
from objects import pod
from program import Program, pullsecret_command
from pull_messages import CONTAINERD
from real_node.image import Image
from real_node.node import waiting_reason
from real_node.texts import TEXTS, WEB, Row, made

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from control_plane.plane import ControlPlane
    from real_node.fake_registries import FakeRegistries
    from real_node.node import FullNode

NAMESPACE = f"texts-{secrets.token_hex(3)}"


PATIENCE = 40.0  # seconds for all of them together; a registry that never answers is given 10 by containerd


@dataclass(frozen=True, kw_only=True)
class Failing:
    """The pods of the table by their cause, created together."""

    names: dict[str, str]
    since: float

    @property
    def patience(self) -> float:
        """The seconds left."""
        return max(0.0, PATIENCE - (time.monotonic() - self.since))


@pytest.fixture(scope="module")
def failing(api: Api, node: FullNode, registries: FakeRegistries) -> Failing:
    """All pods at once, because each takes some time to fail."""
    registries.push(Image(name=WEB))
    api.create({"kind": "Namespace", "metadata": {"name": NAMESPACE}})
    api.wait_for("ServiceAccount", "default", NAMESPACE)
    for secret in made(registries.icr):
        api.create(secret, NAMESPACE)
    names = {row.cause: f"row-{number}" for number, row in enumerate(TEXTS)}
    for row in TEXTS:
        body = pod(names[row.cause], row.image, node.name, pull_secrets=row.secrets, pull_policy=row.policy)
        api.create(body, NAMESPACE)
    return Failing(names=names, since=time.monotonic())


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row.cause)
def test_failing_pull_has_the_message(row: Row, failing: Failing, api: Api) -> None:
    name = failing.names[row.cause]
    pattern = re.compile(re.escape(row.expected).replace(re.escape("..."), ".+"))

    def said() -> str | None:
        texts = [without_prefix(event["message"]) for event in events_of(name, row.reason, api)]
        return next((text for text in texts if pattern.fullmatch(text)), None)

    try:
        text = until(said, row.cause, within=failing.patience)
    except TimeoutError:
        pytest.fail("\n".join(["messages:", *(event["message"] for event in events_of(name, "", api))]))
    sys.stdout.write(f"{row.cause}\n    {row.reason}: {text}\n")


@pytest.fixture(scope="module")
def diagnoses(
    failing: Failing, api: Api, plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory
) -> list[Object]:
    """The output of doctor for all pods, once each is waiting."""
    until(lambda: all_wait(api), "all pods to wait", within=failing.patience)
    program = Program(pullsecret_command(), tmp_path_factory.mktemp("home"), plane.admin_kubeconfig)
    said = program("doctor", "-n", NAMESPACE, "-o", "json", expect=1).stdout
    return items_in(said)


def all_wait(api: Api) -> bool:
    """Whether the kubelet has tried to start every container."""
    return not {"", "ContainerCreating"}.intersection(map(waiting_reason, api.list("Pod", NAMESPACE)))


@pytest.mark.parametrize("row", TEXTS, ids=lambda row: row.cause)
def test_doctor_finds_the_cause(row: Row, failing: Failing, diagnoses: list[Object]) -> None:
    name = failing.names[row.cause]
    found = [item["cause"] for item in diagnoses for owner in item["owners"] if name in owner["pods"]]
    assert found == [row.code]
    sys.stdout.write(f"{row.cause}: doctor says {row.code}\n")


def test_every_message_of_containerd_has_a_row() -> None:
    assert CONTAINERD.keys() <= {row.message for row in TEXTS}


def events_of(name: str, reason: str, api: Api) -> list[Object]:
    """The events of a pod, of one reason if it is not ""."""
    found = api.list("Event", NAMESPACE, fieldSelector=f"involvedObject.name={name}")
    return [event for event in found if reason in ("", event["reason"])]


def without_prefix(message: str) -> str:
    """The message without the kubelet's own prefix."""
    return re.sub(r'^(Failed to pull image "[^"]*"|Error): ', "", message)
