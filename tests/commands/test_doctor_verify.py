"""doctor --verify: what real registries answer for the credentials that the kubelet sends, and those of the fix."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from objects import docker_config_secret, made_up_password, pod, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from registry.registry_setup import Registries


def test_credentials_that_are_sent_and_those_of_the_fix_are_checked(
    api: Api, pullsecret: Program, registries: Registries, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    host = registries.basic.host
    wrong = made_up_password()
    api.create(docker_config_secret("regcred", {host: registry_entry("robot", registries.password)}), home)
    api.create(docker_config_secret("regcred", {host: registry_entry("robot", wrong)}), team)
    image = f"{host}/acme/other:1"
    body = pod("app", image, "no-such-node", pull_secrets=["regcred"])
    api.create(body, team)
    message = f'Back-off pulling image "{image}"'
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": message}}
    status = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    api.patch("Pod", "app", {"status": {"containerStatuses": [status]}}, team, subresource="status")

    said = pullsecret("doctor", "-n", team, "--verify", registries.ca_flag, "-o", "json", expect=1)

    (found,) = json.loads(said.stdout)["items"]
    ours, theirs = found["registryChecks"]
    assert ours.startswith("secret/regcred: bad credential")
    assert registries.password not in said.stdout + said.stderr
    assert wrong not in said.stdout + said.stderr
    assert theirs == f"secret/regcred in namespace {home}: works"
