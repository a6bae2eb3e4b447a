"""`rotate --service-id`, and the end of the old key: at a stand-in for IBM Cloud and the registry that it fills."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ibmcloud_api.documents import now_text
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from ibmcloud_api.cloud import IbmCloud
    from ibmcloud_api.documents import Document
    from ibmcloud_api.setup import CloudSetup
    from namespaces import Namespaces
    from program import Program, Result

IMAGE = "us.icr.io/team-a/app:1"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A service ID with a key in `icr` of a namespace, and copies of it in two teams."""

    api: Api
    program: Program
    setup: CloudSetup
    home: str
    teams: tuple[str, ...]
    service_id: Document
    old: Document

    @property
    def cloud(self) -> IbmCloud:
        return self.setup.cloud

    def run(self, *words: str, expect: int | None = 0, **env: str) -> Result:
        """Run `rotate icr`, signed in as the CLI is; no key is in what it prints."""
        environ = self.setup.environment() | env
        result = self.program("rotate", "icr", "--from", self.home, *words, env=environ, expect=expect)
        for value in {*self.cloud.identity.values(), str(self.old["apikey"])}:
            assert value not in result.stdout + result.stderr
        return result

    def rotate(self, *words: str, expect: int | None = 0) -> Result:
        return self.run("--service-id", f"-n={','.join(self.teams)}", *words, expect=expect)

    def finish(self, *words: str, expect: int | None = 0) -> Result:
        return self.run("--finish", f"-n={','.join(self.teams)}", *words, expect=expect)

    def secret(self, namespace: str, name: str = "icr") -> Object:
        return self.api.read("Secret", name, namespace)

    def names(self, namespace: str) -> set[str]:
        return {item["metadata"]["name"] for item in self.api.list("Secret", namespace)}

    def key_in(self, namespace: str) -> str:
        """The ID of the key that `icr` of a namespace has."""
        content = json.loads(base64.b64decode(self.secret(namespace)["data"][".dockerconfigjson"]))
        key = self.cloud.identity.key_with(content["auths"]["us.icr.io"]["password"])
        return str(key["id"]) if key else ""

    def everywhere(self) -> set[str]:
        """The IDs of the keys in all namespaces."""
        return {self.key_in(namespace) for namespace in (self.home, *self.teams)}

    @property
    def new(self) -> str:
        """The ID of the one key beside the old one."""
        (found,) = {*self.cloud.identity.keys} - {str(self.old["id"])}
        return found

    def let_time_pass(self) -> None:
        """Nobody has used the old key for a while."""
        self.old["activity"] = {"last_authn": now_text(minutes=5), "authn_count": "1"}


@pytest.fixture
def scene(api: Api, pullsecret: Program, namespaces: Namespaces, cloud_setup: CloudSetup) -> Scene:
    """A scene whose key `create --service-id` made."""
    cloud = cloud_setup.cloud
    cloud.forget()
    cloud.identity.service_ids.clear()
    cloud.identity.keys.clear()
    cloud.policies.policies.clear()
    cloud_setup.registry.tokens.delay = 0
    home, *teams = namespaces(3)
    words = ("--icr=us", "--service-id=team-a", "--create-service-id", "--registry-namespace=team-a", "-n", home)
    pullsecret("create", "icr", *words, env=cloud_setup.environment())
    pullsecret("copy", "icr", "--from", home, "-n", ",".join(teams))
    (service_id,), (old,) = cloud.identity.service_ids.values(), cloud.identity.keys.values()
    old["created_at"] = now_text(days=90)
    scene = Scene(
        api=api,
        program=pullsecret,
        setup=cloud_setup,
        home=home,
        teams=tuple(teams),
        service_id=service_id,
        old=old,
    )
    scene.let_time_pass()
    cloud.forget()
    return scene


def test_rotation_from_new_key_to_deleted_old_key(scene: Scene) -> None:
    scene.setup.registry.tokens.delay = 2
    for mode in ("client", "server"):
        scene.rotate(f"--dry-run={mode}")
    assert not scene.cloud.requests

    result = scene.rotate("--canary", scene.teams[0])

    assert scene.everywhere() == {scene.new}
    marks = scene.secret(scene.home)["metadata"]["annotations"]
    assert (marks[IBM_API_KEY], marks[IBM_SERVICE_ID]) == (scene.new, scene.service_id["id"])
    assert not {IBM_API_KEY, IBM_SERVICE_ID} & {*scene.secret(scene.teams[0])["metadata"]["annotations"]}
    assert "Waiting for us.icr.io to accept the new API key..." in result.stderr
    assert f"API key {scene.old['id']} of service ID" in result.stderr

    scene.cloud.forget()
    again = scene.rotate()
    assert "4 unchanged" in again.stderr or "unchanged" in again.stderr
    assert len(scene.cloud.identity.keys) == 2
    scene.run("--status", "-A")

    ended = scene.finish("--delete-old-key", "--yes")

    assert {*scene.cloud.identity.keys} == {scene.new}
    assert f"note: API key {scene.old['id']} of service ID {scene.service_id['id']} was deleted" in ended.stderr
    assert "icr-previous" not in scene.names(scene.home)
    assert "to revoke it" not in ended.stderr
