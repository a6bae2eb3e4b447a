"""`check --ibmcloud` and `describe --ibmcloud`: what IBM Cloud says about the API keys in pull secrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from documents import document_in
from ibmcloud_api.documents import RefusalError, now_text
from ibmcloud_api.policies import READER
from objects import docker_config_secret, made_up_password, pod, registry_entry
from pullsecret.ibmcloud.key_lookup import KeyLookup
from pullsecret.model.ibmcloud.registry_keys import RegistryKey
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.network.trace import Trace
from shown_output import assert_shown

if TYPE_CHECKING:
    from control_plane.api import Api
    from ibmcloud_api.setup import CloudSetup
    from namespaces import Namespaces
    from program import Program, Result

IMAGE = "us.icr.io/team/app:1"


@dataclass
class Scene:
    """Namespaces with secrets, each with a key in another state."""

    program: Program
    setup: CloudSetup
    teams: tuple[str, ...]
    keys: dict[str, dict[str, object]] = field(default_factory=dict)

    def run(self, command: str, *words: str, expect: int | None = None, **config: object) -> Result:
        """Run a command in all namespaces of the scene, signed in; no key may be in what it says."""
        self.setup.cloud.received.clear()
        line = (command, *words, "-n", ",".join(self.teams))
        result = self.program(*line, env=self.setup.environment(**config), expect=expect)
        for key in self.keys.values():
            assert str(key["apikey"]) not in result.stdout + result.stderr
        return result


def policy(subject: object, *, kind: str = "iam_id", **conditions: str) -> dict[str, object]:
    """A policy for the registry with these conditions, as IAM has it; `kind` is that of its subject."""
    named = {"serviceName": "container-registry", **conditions}
    attributes = [{"name": name, "value": value, "operator": "stringEquals"} for name, value in named.items()]
    subjects = [{"attributes": [{"name": kind, "value": subject}]}]
    roles = [{"role_id": READER, "display_name": "Reader"}]
    return {"id": made_up_password(), "subjects": subjects, "roles": roles, "resources": [{"attributes": attributes}]}


@pytest.fixture
def scene(api: Api, pullsecret: Program, cloud_setup: CloudSetup, namespaces: Namespaces) -> Scene:
    """One service ID may pull from Germany only, and pods need more; the keys of `states` have states of their own."""
    team, other, states = teams = tuple(namespaces(3))
    scene = Scene(program=pullsecret, setup=cloud_setup, teams=teams)
    cloud_setup.cloud.forget()
    identity = cloud_setup.cloud.identity
    owner = identity.new_service_id("team-puller")
    rules = [policy(owner["iam_id"], region="eu-de")]
    cloud_setup.cloud.policies.groups = {}
    cloud_setup.cloud.policies.policies = {str(one["id"]): one for one in rules}
    good = scene.keys["good"] = identity.new_key(str(owner["iam_id"]), "team-key")
    good["activity"] = {"last_authn": now_text(days=1), "authn_count": 7}
    hosts = dict.fromkeys(("us.icr.io", "de.icr.io"), registry_entry("iamapikey", str(good["apikey"])))
    for namespace in (team, other):
        api.create(docker_config_secret("icr", hosts), namespace)
    api.create(pod("app", IMAGE, "nowhere", pull_secrets=["icr"]), team)
    changes: dict[str, dict[str, object]] = {
        "off": {"disabled": True},
        "over": {"expires_at": now_text(days=1)},
        "fixed": {"locked": True},
        "person": {"iam_id": identity.user},
        "idle": {"activity": {"last_authn": now_text(days=100), "authn_count": 7}},
    }
    for name, change in changes.items():
        recent = {"last_authn": now_text(), "authn_count": 1}
        key = scene.keys[name] = identity.new_key(str(owner["iam_id"]), name)
        key.update({"activity": recent, **change})
        api.create(docker_config_secret(name, {"us.icr.io": registry_entry("iamapikey", str(key["apikey"]))}), states)
    scene.keys["gone"] = {"apikey": made_up_password()}
    foreign = {
        "us.icr.io": registry_entry("iamapikey", str(scene.keys["gone"]["apikey"])),
        "registry.example": registry_entry("iamapikey", "a-foreign-password-that-goes-nowhere"),
    }
    api.create(docker_config_secret("gone", foreign), states)
    return scene


def test_check_tells_the_state_of_each_key_and_what_its_policies_do_not_allow(scene: Scene) -> None:
    team, _, states = scene.teams
    silent = scene.run("check")
    assert not scene.setup.cloud.received
    assert "PS8" not in silent.stdout

    result = scene.run("check", "--ibmcloud", "-o", "json", expect=1)
    found = [item for item in document_in(result.stdout)["items"] if item["code"].startswith("PS8")]
    assert sorted((item["code"], item["namespace"], item["secret"]) for item in found) == [
        ("PS801", states, "gone"),
        ("PS802", states, "off"),
        ("PS803", states, "over"),
        ("PS805", states, "fixed"),
        ("PS806", team, "icr"),
        ("PS807", states, "person"),
        ("PS808", states, "idle"),
    ]
    (lacking,) = (item for item in found if item["code"] == "PS806")
    assert lacking["registries"] == ["us.icr.io"]
    assert f"to pull from namespace team in us-south, which pods need ({IMAGE})" in lacking["message"]
    assert 'API keys were looked up in IBM Cloud as account "Acme"' in result.stderr

    details = [one.headers["IAM-ApiKey"] for one in scene.setup.cloud.received if one.path == "/v1/apikeys/details"]
    values = [str(key["apikey"]) for key in scene.keys.values()]
    assert sorted(set(details)) == sorted(values)
    assert [details.count(value) for value in values[:-1]] == [1] * (len(values) - 1)
    assert all("a-foreign-password" not in one.text for one in scene.setup.cloud.received)

    line = "kubectl pullsecret check -n team-a --ibmcloud"
    shown = scene.program("check", "-n", team, "--ibmcloud", "icr", env=scene.setup.environment(), expect=1)
    note, summary = shown.stderr.splitlines()
    names = {team: "team-a", **{str(key["id"]): "ApiKey-1" for key in scene.keys.values() if "id" in key}}
    owner = {str(number): "ServiceId-1" for number in scene.setup.cloud.identity.service_ids}
    assert_shown("check_ibm_cloud", "\n".join((f"$ {line}", note, shown.stdout.rstrip(), summary)), names | owner)


def test_policy_of_the_identity_or_of_its_access_group_is_enough_and_nothing_is_guessed(scene: Scene) -> None:
    cloud = scene.setup.cloud
    cloud.denied["GET", "/v2/groups"] = RefusalError(403, "You are not authorized.", "forbidden")
    denied = scene.run("check", "--ibmcloud", "icr")
    assert "PS806" not in denied.stdout
    assert "could not all be read: IBM Cloud: You are not authorized." in denied.stderr

    cloud.denied.clear()
    for path in ("/v1/apikeys/ApiKey-", "/v1/serviceids/", "/v1/policies"):
        cloud.denied["GET", path] = RefusalError(403, "You are not authorized.", "forbidden")
    unknown = scene.run("check", "--ibmcloud", "icr")
    assert "PS8" not in unknown.stdout
    assert unknown.stderr.count("note: ") == 4

    cloud.denied.clear()
    iam_id = str(scene.keys["good"]["iam_id"])
    cloud.policies.groups = {"AccessGroupId-1": {iam_id}}
    where = {"region": "us-south", "resource": "team", "resourceType": "namespace"}
    cloud.policies.policies["shared"] = policy("AccessGroupId-1", kind="access_group_id", **where)
    assert "PS806" not in scene.run("check", "--ibmcloud", "icr").stdout
    cloud.policies.groups.clear()
    assert "PS806" in scene.run("check", "--ibmcloud", "icr").stdout
    cloud.policies.policies["own"] = policy(iam_id, **where)
    assert "PS806" not in scene.run("check", "--ibmcloud", "icr").stdout


def test_key_in_several_clusters_is_asked_for_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in scene.setup.environment().items():
        monkeypatch.setenv(name, value)
    lookup, trace = KeyLookup(IbmSignIn(), ConnectionFlags()), Trace(verbosity=0, log=lambda _: None)
    good, off = (RegistryKey(value=str(scene.keys[name]["apikey"])) for name in ("good", "off"))
    scene.setup.cloud.received.clear()

    assert lookup.ask([good], trace).keys.keys() == {good.value}
    assert lookup.ask([good, off], trace).keys.keys() == {good.value, off.value}
    assert scene.setup.cloud.requests.count("GET /v1/apikeys/details") == 2


def test_describe_shows_whose_the_keys_are_and_what_they_may_pull(scene: Scene) -> None:
    text = scene.run("describe", "icr", "--ibmcloud", expect=0).stdout
    key, owner = scene.keys["good"], 'service ID "team-puller" (ServiceId-'
    assert f"team-key ({key['id']})" in text
    assert owner in text
    assert "Reader: region=eu-de, serviceName=container-registry" in text
    assert "API Keys:" not in scene.run("describe", "icr", expect=0).stdout

    shown = document_in(scene.run("describe", "off", "--ibmcloud", "-o", "json", expect=0).stdout)["items"][0]
    (described,) = shown["apiKeys"]
    assert (described["state"], described["name"], described["unknown"]) == ("disabled", "off", "")


def test_flags_for_signing_in_need_the_flag_that_asks(offline: Program) -> None:
    for command in ("check", "describe"):
        result = offline(command, "x", "--ibmcloud-private", expect=None)
        assert "error: --ibmcloud-api-key-file and --ibmcloud-private require --ibmcloud" in result.stderr
    refused = offline("check", "--from-file", "x", "--ibmcloud", expect=None)
    assert "error: --ibmcloud and --from-file cannot be used together" in refused.stderr


def test_check_that_ibm_cloud_does_not_answer_could_not_look(scene: Scene) -> None:
    scene.setup.cloud.denied["GET", "/v1/apikeys/details"] = RefusalError(400, "Not today.", "x")
    down = scene.run("check", "--ibmcloud", "-v=9", expect=2)
    assert "error: whose API key it is could not be found out for some secrets: IBM Cloud: Not today." in down.stderr
    assert all(token not in down.stderr for token in scene.setup.cloud.identity.tokens)

    result = scene.program("check", "--ibmcloud", "-n", scene.teams[0], env=scene.setup.places, expect=2)
    assert "error: not signed in to IBM Cloud" in result.stderr
