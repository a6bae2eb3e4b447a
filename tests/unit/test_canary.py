"""Which pulls prove that the canary's namespace still pulls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from objects import docker_config_secret, pod, registry_entry
from pullsecret.model.plan.canary import canary_probes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from control_plane.api import Object

ENTRY = registry_entry()
SECRET = docker_config_secret(
    "key", {"us.icr.io": ENTRY, "de.icr.io": ENTRY, "other.example": ENTRY, "*.wild.example": ENTRY}, namespace="team-a"
)
HOSTS = frozenset({"us.icr.io", "de.icr.io", "*.wild.example"})


def images_tried(pods: Sequence[Object], *images: str) -> list[str]:
    probes = canary_probes([SECRET], pods, images, HOSTS)
    assert {(probe.namespace, probe.secrets) for probe in probes} <= {("team-a", ("key",))}
    return [probe.image for probe in probes]


def using(image: str, *secrets: str) -> Object:
    return pod("web", image, "node", pull_secrets=secrets)


def test_one_image_for_each_registry_of_the_pods_that_reference_the_secret() -> None:
    pods = [
        using("us.icr.io/acme/web:1", "key"),
        using("us.icr.io/acme/web:2", "other", "key"),
        using("de.icr.io/acme/batch:1", "key"),
        using("de.icr.io/acme/not-ours:1", "other"),
    ]

    assert images_tried(pods) == ["us.icr.io/acme/web:1", "de.icr.io/acme/batch:1"]
    assert images_tried(pods[3:]) == []


def test_images_that_the_user_named_come_first() -> None:
    assert images_tried([using("us.icr.io/acme/web:1", "key")], "us.icr.io/acme/tool:1") == ["us.icr.io/acme/tool:1"]


def test_registries_that_were_not_changed_and_hosts_that_only_a_pod_names_are_not_tried() -> None:
    pods = [using("other.example/a:1", "key"), using("a.wild.example/a:1", "key")]

    assert images_tried(pods, "elsewhere.example/a:1", "us.icr.io/Not/Valid:1") == []
