"""doctor --verify: what real registries answer for the credentials that the kubelet sends, and those of the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents import items_in
from objects import docker_config_secret, made_up_password, pod, registry_entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from registry.registry_setup import Registries


def test_credentials_that_are_sent_and_those_of_the_fix_are_checked(
    api: Api, pullsecret: Program, registries: Registries, namespace: str, in_default: Callable[[Object], None]
) -> None:
    team, name = namespace, f"shared-{namespace}"
    host = registries.basic.host
    wrong = made_up_password()
    in_default(docker_config_secret(name, {host: registry_entry("puller", registries.password)}))
    api.create(docker_config_secret("regcred", {host: registry_entry("puller", wrong)}), team)
    image = f"{host}/acme/other:1"
    body = pod("app", image, "no-such-node", pull_secrets=["regcred"])
    api.create(body, team)
    message = f'Back-off pulling image "{image}"'
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": message}}
    status = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    api.patch("Pod", "app", {"status": {"containerStatuses": [status]}}, team, subresource="status")

    said = pullsecret("doctor", "-n", team, "--verify", registries.ca_flag, "-o", "json", expect=1)

    (found,) = items_in(said.stdout)
    ours, theirs = found["registryChecks"]
    assert ours.startswith("secret/regcred: bad credential")
    assert registries.password not in said.stdout + said.stderr
    assert wrong not in said.stdout + said.stderr
    assert theirs == f"secret/{name} in namespace default: works"


def test_no_credentials_of_other_namespaces_or_wildcards_are_sent(
    api: Api, pullsecret: Program, registries: Registries, namespaces: Namespaces
) -> None:
    """A pod's image chooses the host: anyone who may create a pod must not choose where passwords go."""
    pay, mallory = namespaces(2)
    host = registries.basic.host
    wildcard = f"*{host[1:]}"
    entry = registry_entry("puller", registries.password)
    api.create(docker_config_secret("pay-robot", {host: entry}), pay)
    api.create(docker_config_secret("own", {wildcard: entry}), mallory)
    image = f"{host}/acme/other:1"
    api.create(pod("app", image, "no-such-node", pull_secrets=["own"]), mallory)
    waiting = {"waiting": {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{image}"'}}
    status = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    api.patch("Pod", "app", {"status": {"containerStatuses": [status]}}, mallory, subresource="status")

    said = pullsecret("doctor", "-n", mallory, "--verify", registries.ca_flag, "-o", "json", expect=1)
    asked = pullsecret("verify", "-n", mallory, registries.ca_flag, "-o", "json", expect=None)

    (found,) = items_in(said.stdout)
    reason = f"not tried: {wildcard} is a wildcard, and only a pod names this host; use verify --image"
    assert found["registryChecks"] == [f"secret/own: {reason}"]
    assert reason in asked.stdout
