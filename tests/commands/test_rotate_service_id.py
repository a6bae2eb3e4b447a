"""`rotate --service-id`, and the end of the old key: at a stand-in for IBM Cloud and the registry that it fills."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ibmcloud_api.cloud import Fault, Loss
from ibmcloud_api.documents import RefusalError, now_text
from objects import docker_config_secret, encoded, made_up_password, registry_entry, rule
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID
from pullsecret.model.plan.rotation_memory import FINISHING
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from ibmcloud_api.cloud import IbmCloud
    from ibmcloud_api.documents import Document
    from ibmcloud_api.setup import CloudSetup
    from namespaces import Namespaces
    from program import Program, Result
    from rights import Rights

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
            for form in (value, encoded(f"iamapikey:{value}")):
                assert form not in result.stdout + result.stderr
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
        """Nobody has used any key for a while."""
        for key in self.cloud.identity.keys.values():
            key["activity"] = {"last_authn": now_text(minutes=5), "authn_count": 1}


@pytest.fixture
def scene(api: Api, pullsecret: Program, namespaces: Namespaces, cloud_setup: CloudSetup) -> Scene:
    """A scene whose key `create --service-id` made."""
    cloud = cloud_setup.cloud
    cloud.faults = {}
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


def test_undo_puts_the_old_key_back_and_the_finish_then_ends_the_new_one(scene: Scene) -> None:
    before = scene.secret(scene.home)["metadata"]["annotations"]
    scene.rotate()
    new, old = scene.new, str(scene.old["id"])

    undone = scene.run("--undo", f"-n={','.join(scene.teams)}")

    assert "note: the new API key stays valid" in undone.stderr
    assert scene.everywhere() == {old}
    assert {*scene.cloud.identity.keys} == {new, old}
    assert scene.secret(scene.home)["metadata"]["annotations"] == before
    scene.rotate(expect=1)
    scene.let_time_pass()
    scene.finish("--delete-old-key", "--yes")
    assert {*scene.cloud.identity.keys} == {old}
    assert "icr-previous" not in scene.names(scene.home)


def test_disabled_key_can_be_enabled_again(scene: Scene) -> None:
    scene.rotate()

    unasked = scene.finish("--disable-old-key", "--contexts=*", expect=1)
    assert "--disable-old-key asks for confirmation" in unasked.stderr
    assert not scene.old.get("disabled")

    result = scene.finish("--disable-old-key", "--contexts=*", "--yes")

    assert scene.old["disabled"] is True
    assert f"ibmcloud iam service-api-key-enable {scene.old['id']} {scene.service_id['id']}" in result.stderr
    assert "icr-previous" not in scene.names(scene.home)


def test_only_the_service_ids_own_key_is_replaced(scene: Scene) -> None:
    other = scene.cloud.identity.new_service_id("other")
    person = scene.cloud.identity.new_key(scene.cloud.identity.user, "mine")
    keys = {*scene.cloud.identity.keys}
    secrets = {
        "person": {"us.icr.io": registry_entry("iamapikey", str(person["apikey"]))},
        "unknown": {"us.icr.io": registry_entry("iamapikey", made_up_password())},
        "elsewhere": {"us.icr.io": registry_entry("iamapikey", str(scene.old["apikey"]))},
    }
    secrets["elsewhere"]["registry.example.com"] = secrets["elsewhere"]["us.icr.io"]
    for name, entries in secrets.items():
        scene.api.create(docker_config_secret(name, entries), scene.home)

    def refused(*words: str, name: str = "icr") -> str:
        environ = scene.setup.environment()
        result = scene.program("rotate", name, "--from", scene.home, "-n", scene.home, *words, env=environ, expect=1)
        assert str(person["apikey"]) not in result.stderr
        return result.stderr

    assert "belongs to service ID" in refused(f"--service-id={other['id']}")
    assert "belongs to a user" in refused("--service-id", name="person")
    assert "deleted or disabled" in refused("--service-id", name="unknown")
    scene.cloud.forget()
    assert "no API key of IBM Cloud for registry.example.com" in refused("--service-id", name="elsewhere")
    assert not scene.cloud.requests
    assert "use --service-id=NAME" in refused("team-a", "--service-id")
    scene.old["disabled"] = True
    scene.cloud.denied[("GET", "/v1/apikeys/details")] = RefusalError(403, "Forbidden")
    refused("--service-id")
    assert {*scene.cloud.identity.keys} == keys
    assert scene.names(scene.home) == {"icr", *secrets}


def test_old_key_stays_unless_everything_is_certain(scene: Scene, restricted: Rights) -> None:
    scene.rotate()
    keys, old = {*scene.cloud.identity.keys}, scene.old
    before = dict(old)

    def refused(reason: str, *words: str) -> str:
        said = ""
        for flag in ("--delete-old-key", "--disable-old-key"):
            said = scene.finish(flag, *words, "--yes", expect=1).stderr
            assert reason in said
        assert {*scene.cloud.identity.keys} == keys
        assert old["disabled"] is False
        memory = scene.secret(scene.home, "icr-previous")
        assert FINISHING not in memory["metadata"].get("annotations", {})
        old.update(before)
        scene.let_time_pass()
        scene.cloud.forget()
        return said

    old["activity"] = {"last_authn": now_text(minutes=-1), "authn_count": 2}
    assert "someone else uses it" in refused("was last used at")
    places = [scene.secret(place)["metadata"]["managedFields"] for place in (scene.home, *scene.teams)]
    ended = max(field["time"] for fields in places for field in fields)
    old["activity"] = {"last_authn": f"{ended[:16]}+0000", "authn_count": 2}
    refused("run the command again after")
    old["locked"] = True
    refused("is locked")
    old["iam_id"] = scene.cloud.identity.new_service_id("other")["iam_id"]
    refused("does not belong to the service ID of the new key")
    old["account_id"] = "another"
    refused("belongs to another account")
    old["description"] = "by hand"
    hint = refused("was not made by kubectl-pullsecret")
    assert f"--disable-old-key={old['id']}" in hint
    scene.cloud.denied[("GET", f"/v1/apikeys/{old['id']}")] = RefusalError(403, "Forbidden")
    refused("cannot look up the last use")
    scene.cloud.denied[("GET", "/v1/apikeys/details")] = RefusalError(403, "Forbidden")
    refused("cannot look up the old API key")
    for method in ("DELETE", "POST"):
        scene.cloud.denied[(method, "/v1/apikeys/")] = RefusalError(403, "No right to this.")
    refused("No right to this.")
    for kind, text in (("Opaque", str(old["apikey"])), ("example.com/own", encoded(f"x:{old['apikey']}"))):
        body = {"kind": "Secret", "metadata": {"name": "theirs"}, "type": kind, "data": {"file": encoded(text)}}
        scene.api.create(body, scene.teams[1])
        refused(f"still have the old API key: {scene.teams[1]}/theirs")
        scene.api.delete("Secret", "theirs", scene.teams[1])
    own = Grant(rule("get list patch delete", "secrets"), namespace=scene.home)
    teams = [Grant(rule("list get", "secrets"), namespace=team) for team in scene.teams]
    kubeconfig = restricted(own, *teams, Grant(rule("get", "namespaces")))
    refused("not all secrets may be listed", f"--kubeconfig={kubeconfig}")
    scene.finish("--delete-old-key", "--yes")
    assert {*scene.cloud.identity.keys} == {scene.new}


def test_forged_annotations_and_planted_keys_end_no_key_of_others(scene: Scene) -> None:
    victim = scene.cloud.identity.new_key(str(scene.service_id["iam_id"]), "of the pipeline")
    victim["activity"] = {"last_authn": now_text(days=3), "authn_count": 7}
    forged = {"metadata": {"annotations": {IBM_API_KEY: victim["id"]}}}
    scene.api.patch("Secret", "icr", forged, scene.home)
    scene.rotate()
    scene.api.patch("Secret", "icr", forged, scene.home)
    scene.api.patch("Secret", "icr-previous", forged, scene.home)
    scene.finish("--delete-old-key", "--yes")
    assert victim["id"] in scene.cloud.identity.keys
    assert scene.old["id"] not in scene.cloud.identity.keys

    planted = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", str(victim["apikey"]))})
    scene.api.patch("Secret", "icr", {"data": planted["data"]}, scene.home)
    keys = {*scene.cloud.identity.keys}
    named = f"--service-id={scene.service_id['id']}"
    assert named in scene.rotate(expect=1).stderr
    assert {*scene.cloud.identity.keys} == keys
    scene.run(named, f"-n={','.join(scene.teams)}")
    result = scene.finish("--delete-old-key", "--yes", expect=1)
    assert "was not made by kubectl-pullsecret" in result.stderr
    assert victim["id"] in scene.cloud.identity.keys


def test_keys_are_seen_by_iam_the_cluster_and_the_registry_only(scene: Scene) -> None:
    scene.rotate("-v=9")
    scene.run("--undo", "-v=9", f"-n={scene.teams[0]}")
    scene.rotate("-v=9", expect=1)
    scene.run("--status", "-v=9", "-A", "-o", "yaml")
    scene.finish("--delete-old-key", "--yes", "-v=9", expect=1)
    values = [value.encode() for value in scene.cloud.identity.values()]
    files = [path.read_bytes() for path in scene.program.home.rglob("*") if path.is_file()]
    assert not [value for value in values for content in files if value in content]
    for request in scene.cloud.received:
        assert not [value for value in values if value.decode() in request.path]


def forgotten(scene: Scene, **fields: object) -> str:
    """A key that an earlier run made for the scene's secret, and that no secret has; returns its ID."""
    name = {"description": scene.old["description"], "created_at": now_text(hours=1)}
    key = scene.cloud.identity.new_key(str(scene.service_id["iam_id"]), "lost", **(name | fields))
    return str(key["id"])


def test_key_that_an_earlier_run_left_is_deleted_unless_it_may_be_in_use(scene: Scene, restricted: Rights) -> None:
    young = forgotten(scene, created_at=now_text())
    used = forgotten(scene, activity={"last_authn": now_text(minutes=20), "authn_count": 2})
    by_hand = forgotten(scene, description="")
    grants = [Grant(rule("get list patch create", "secrets"), namespace=place) for place in (scene.home, *scene.teams)]
    kubeconfig = restricted(*grants, Grant(rule("get", "namespaces")))
    partly = scene.rotate(f"--kubeconfig={kubeconfig}", "--yes")
    assert f"it is not known whether one has API key {young}" in partly.stderr
    assert {young, used, by_hand} <= {*scene.cloud.identity.keys}
    scene.run("--undo", f"-n={','.join(scene.teams)}")
    scene.finish("--yes")

    lost = forgotten(scene)
    result = scene.rotate("--yes")

    assert lost not in scene.cloud.identity.keys
    assert {young, used, by_hand} <= {*scene.cloud.identity.keys}
    assert f"ibmcloud iam service-api-key-delete {young} {scene.service_id['id']}" in result.stderr
    assert used not in result.stderr
    assert by_hand not in result.stderr


class AtCreation(dict[int, Fault]):
    """What happens when a key is to be created, and to all later requests."""

    def __init__(self, cloud: IbmCloud, fault: Fault, later: Fault | None = None) -> None:
        super().__init__()
        self._cloud, self._fault, self._later, self._has_begun = cloud, fault, later, False

    def pop(self, number: int, default: Fault | None = None) -> Fault | None:  # type: ignore[override]
        if self._cloud.requests[number - 1] == "POST /v1/apikeys":
            self._has_begun = True
            return self._fault
        return self._later if self._has_begun and self._later else default


def test_source_that_changes_while_the_key_is_made_is_left_and_the_key_is_deleted_again(scene: Scene) -> None:
    theirs = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", made_up_password())})

    def change() -> None:
        scene.api.patch("Secret", "icr", {"data": theirs["data"]}, scene.home)

    scene.cloud.faults = AtCreation(scene.cloud, Fault(first=change))
    refused = scene.rotate(expect=1)

    assert scene.secret(scene.home)["data"] == theirs["data"]
    assert {scene.key_in(team) for team in scene.teams} == {str(scene.old["id"])}
    assert "is being rotated to another credential" in refused.stderr
    assert "was deleted again, because no secret holds it" in refused.stderr
    assert {*scene.cloud.identity.keys} == {str(scene.old["id"])}
    assert scene.names(scene.home) == {"icr"}


def test_key_whose_answer_is_lost_is_deleted_again_or_told_of(scene: Scene) -> None:
    scene.cloud.faults = AtCreation(scene.cloud, Fault(loss=Loss.AFTER))
    scene.rotate("--yes", expect=1)
    assert {*scene.cloud.identity.keys} == {str(scene.old["id"])}

    scene.cloud.faults = AtCreation(scene.cloud, Fault(loss=Loss.AFTER), Fault(loss=Loss.BEFORE))
    told = scene.rotate("--yes", expect=1).stderr
    left = scene.new
    mark = str(scene.cloud.identity.keys[left]["description"]).rpartition("(")[2]
    assert f'its description ends with "({mark}"' in told
    scene.cloud.faults = {}
    assert f"ibmcloud iam service-api-key-delete {left} " in scene.rotate("--yes").stderr
