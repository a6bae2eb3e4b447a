"""`create --service-id`: from service ID to pull secret in one command, at a stand-in for IBM Cloud."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from ibmcloud_api.cloud import Fault
from ibmcloud_api.documents import RefusalError
from ibmcloud_api.identity import LIMIT
from ibmcloud_api.policies import READER
from objects import encoded
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api
    from ibmcloud_api.cloud import IbmCloud
    from ibmcloud_api.setup import CloudSetup
    from namespaces import Namespaces
    from program import Program, Result

pytestmark = pytest.mark.source

WORDS = ("--icr=us", "--service-id=team-a", "--registry-namespace=team-a")


@pytest.fixture
def cloud(cloud_setup: CloudSetup) -> IbmCloud:
    """The stand-in, in which nothing exists yet."""
    cloud = cloud_setup.cloud
    cloud.forget()
    cloud.identity.service_ids.clear()
    cloud.identity.keys.clear()
    cloud.policies.policies.clear()
    cloud_setup.registry.tokens.delay = cloud_setup.registry.tokens.policy_delay = 0
    return cloud


@pytest.fixture
def create(pullsecret: Program, cloud_setup: CloudSetup, cloud: IbmCloud) -> Callable[..., Result]:
    """Runs `create icr` with a service ID, signed in as the CLI is."""

    def run(*words: str, expect: int | None = 0) -> Result:
        result = pullsecret("create", "icr", *WORDS, *words, env=cloud_setup.environment(), expect=expect)
        for value in cloud.identity.values():
            assert value not in result.stdout + result.stderr
        return result

    return run


def key_in(api: Api, namespace: str) -> str:
    """The API key in the secret of a namespace."""
    secret = api.read("Secret", "icr", namespace)
    content = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
    return str(content["auths"]["us.icr.io"]["password"])


def test_service_id_policy_key_and_secrets_are_created_in_one_command(
    api: Api, namespaces: Namespaces, create: Callable[..., Result], cloud: IbmCloud, cloud_setup: CloudSetup
) -> None:
    cloud_setup.registry.tokens.delay, cloud_setup.registry.tokens.policy_delay = 2, 1
    one, other = namespaces(2)

    result = create("-n", f"{one},{other}", "--create-service-id", "--attach", "--image=us.icr.io/team-a/app:1")

    (service_id,) = cloud.identity.service_ids.values()
    (key,) = cloud.identity.keys.values()
    (policy,) = cloud.policies.policies.values()
    assert key["iam_id"] == service_id["iam_id"]
    assert one in str(service_id["description"])
    assert cloud.policies.values(policy) == {
        "accountId": cloud.identity.account,
        "serviceName": "container-registry",
        "region": "us-south",
        "resourceType": "namespace",
        "resource": "team-a",
    }
    assert {key_in(api, one), key_in(api, other)} == {key["apikey"]}
    marks = api.read("Secret", "icr", one)["metadata"]["annotations"]
    assert (marks[IBM_API_KEY], marks[IBM_SERVICE_ID]) == (key["id"], service_id["id"])
    assert {"name": "icr"} in api.read("ServiceAccount", "default", one)["imagePullSecrets"]
    lines = result.stderr.splitlines()
    assert 'note: IBM Cloud account "Acme" (0a1b2c3d4e5f)' in lines
    assert "Waiting until the new API key can pull us.icr.io/team-a/app:1..." in lines

    cloud.forget()
    again = create("-n", f"{one},{other}")

    assert "2 namespaces: 2 unchanged" in again.stderr
    written = [request for request in cloud.requests if not request.startswith("GET ")]
    assert {*written} <= {"POST /identity/token"}  # for keys in secrets of other tests


def test_new_key_is_seen_by_iam_the_cluster_and_the_registry_only(
    api: Api,
    namespace: str,
    pullsecret: Program,
    create: Callable[..., Result],
    cloud: IbmCloud,
    cloud_setup: CloudSetup,
) -> None:
    words = ("-n", namespace, "--create-service-id", "--attach", "--image=us.icr.io/team-a/app:1", "-v=9")
    tokens = cloud_setup.registry.tokens
    tokens.received.clear()
    printed = [create(*words), create(*words)]

    ((value,), cluster) = cloud.identity.values(), ("ServiceAccount", "ConfigMap", "Event")
    forms = (value, encoded(f"iamapikey:{value}"), encoded(value))

    def has_key(text: str) -> bool:
        return any(form in text for form in forms)

    assert not [one for one in printed if has_key(one.stdout + one.stderr)]
    assert {one.path for one in cloud.received if has_key(one.text)} == {"/v1/apikeys/details"}
    assert not [one for one in cloud.received if has_key(f"{one.path}{one.query}")]
    assert {one.path for one in tokens.received if has_key(one.text)} == {"/token"}
    assert not [kind for kind in cluster if has_key(json.dumps(api.list(kind, namespace)))]
    secret = api.read("Secret", "icr", namespace)
    assert key_in(api, namespace) == value
    assert not has_key(json.dumps({**secret, "data": {}}))
    assert not [path for path in pullsecret.home.rglob("*") if path.is_file() and value.encode() in path.read_bytes()]


def test_second_run_writes_the_same_key_where_it_is_missing(
    api: Api, namespaces: Namespaces, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    one, other = namespaces(2)
    create("-n", f"{one},missing-{other}", "--create-service-id", expect=1)

    create("-n", f"{one},{other}")

    (key,) = cloud.identity.keys.values()
    assert {key_in(api, one), key_in(api, other)} == {key["apikey"]}


def test_key_that_is_dead_is_replaced(api: Api, namespace: str, create: Callable[..., Result], cloud: IbmCloud) -> None:
    create("-n", namespace, "--create-service-id")
    (dead,) = cloud.identity.keys.values()
    dead["disabled"] = True

    create("-n", namespace)

    (new,) = [key for key in cloud.identity.keys.values() if key is not dead]
    assert key_in(api, namespace) == new["apikey"]


def test_secret_of_a_trusted_profile_has_the_key_of_the_service_id(
    namespace: str, pullsecret: Program, cloud: IbmCloud, cloud_setup: CloudSetup
) -> None:
    service_id = cloud.identity.new_service_id("team-a")
    cloud.policies.add("iam-Profile-1", READER, {"serviceName": "container-registry"})
    words = ("--icr=us", "--service-id=team-a", "--profile-id=Profile-1", "--image=us.icr.io/team-b/app:1")
    line = ("create", "icr", *words, "-n", namespace, "--key-timeout=1s")
    pullsecret(*line, env=cloud_setup.environment(), expect=1)
    assert not cloud.identity.keys

    cloud.identity.trusted["Profile-1"] = {str(service_id["iam_id"])}
    pullsecret(*line, env=cloud_setup.environment())
    assert [key["iam_id"] for key in cloud.identity.keys.values()] == [service_id["iam_id"]]
    assert len(cloud.policies.policies) == 1


@pytest.mark.parametrize("number", range(2, 8, 2))
def test_token_that_ends_at_any_request_is_renewed(
    namespace: str, pullsecret: Program, cloud: IbmCloud, cloud_setup: CloudSetup, number: int
) -> None:
    cloud.faults[number] = Fault(first=cloud.identity.expire_tokens)
    signed_in = cloud_setup.places | {"IBMCLOUD_API_KEY": cloud.identity.user_key}
    pullsecret("create", "icr", *WORDS, "--create-service-id", "-n", namespace, env=signed_in)
    assert cloud.requests.count("POST /identity/token") == 2
    kinds = (cloud.identity.service_ids, cloud.policies.policies, cloud.identity.keys)
    assert [len(kind) for kind in kinds] == [1, 1, 1]


def test_session_that_cannot_be_renewed_is_one_line_and_leaves_no_key(
    namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    cloud.faults[4] = Fault(first=cloud.identity.expire_tokens)
    result = create("-n", namespace, "--create-service-id", expect=1)
    assert "error: IBM Cloud: The provided token is not valid or has expired." in result.stderr
    assert result.stderr.endswith("to sign in again, run: ibmcloud login\n")
    assert not cloud.identity.keys


def test_policy_that_another_run_creates_meanwhile_is_used(
    namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    create("-n", namespace, "--create-service-id")
    policies = dict(cloud.policies.policies)

    def run_without_policy(fault: dict[int, Fault]) -> int:
        cloud.policies.policies.clear()
        cloud.identity.keys.clear()
        cloud.forget()
        cloud.faults |= fault
        create("-n", namespace)
        return cloud.requests.index("POST /v1/policies") + 1

    number = run_without_policy({})
    run_without_policy({number: Fault(first=lambda: cloud.policies.policies.update(policies))})
    assert cloud.policies.policies == policies
    assert len(cloud.identity.keys) == 1


def test_each_namespace_gets_its_own_key(
    api: Api, namespaces: Namespaces, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    names = namespaces(3)
    create("-n", ",".join(names), "--create-service-id", "--key-per-namespace")
    assert {key_in(api, name) for name in names} == cloud.identity.values()
    assert len(cloud.identity.values()) == 3


def test_key_ends_when_it_is_to_end(namespace: str, create: Callable[..., Result], cloud: IbmCloud) -> None:
    create("-n", namespace, "--create-service-id", "--expires-in=90d")
    (key,) = cloud.identity.keys.values()
    assert str(key["expires_at"]).endswith("+0000")


def test_dry_run_creates_nothing(api: Api, namespace: str, create: Callable[..., Result], cloud: IbmCloud) -> None:
    for mode in ("client", "server"):
        result = create("-n", namespace, "--create-service-id", f"--dry-run={mode}")
        assert 'note: would create service ID "team-a"' in result.stderr
    assert not cloud.identity.service_ids
    assert not cloud.policies.policies
    assert not [one for one in api.list("Secret", namespace) if one["metadata"]["name"] == "icr"]


NOTHING_IS_WRITTEN = {
    "missing service ID": ((), 'error: there is no service ID "team-a"', "to create it, add --create-service-id"),
    "unknown ID": (("--service-id=ServiceId-none",), "error: there is no service ID", "ibmcloud iam service-ids"),
    "empty name": (
        ("--service-id=",),
        'error: invalid argument "" for "--service-id" flag: must not be empty',
        "--help",
    ),
    "no registry namespace": (("--registry-namespace=a b",), "error: invalid --registry-namespace", "--help"),
    "unknown role": (("--create-service-id", "--role=Puller"), 'error: unknown role "Puller"', "known roles: "),
}


@pytest.mark.parametrize(("words", "line", "hint"), NOTHING_IS_WRITTEN.values(), ids=NOTHING_IS_WRITTEN)
def test_wrong_wish_is_refused_before_anything_is_created(
    namespace: str, create: Callable[..., Result], cloud: IbmCloud, words: tuple[str, ...], line: str, hint: str
) -> None:
    result = create("-n", namespace, *words, expect=1)
    assert line in result.stderr
    assert hint in result.stderr
    assert not [request for request in cloud.requests if not request.startswith("GET ")]


def test_access_to_one_registry_namespace_is_not_widened_to_all(
    namespace: str, pullsecret: Program, create: Callable[..., Result], cloud: IbmCloud, cloud_setup: CloudSetup
) -> None:
    create("-n", namespace, "--create-service-id")
    words = ("create", "other", "--icr=us", "--service-id=team-a", "-n", namespace)

    result = pullsecret(*words, env=cloud_setup.environment(), expect=1)

    assert "add --registry-namespace=team-a;" in result.stderr
    assert (len(cloud.identity.keys), len(cloud.policies.policies)) == (1, 1)


def test_two_service_ids_of_a_name_are_listed_and_one_can_be_named_by_its_id(
    namespace: str, pullsecret: Program, create: Callable[..., Result], cloud: IbmCloud, cloud_setup: CloudSetup
) -> None:
    ids = [str(cloud.identity.new_service_id("team-a")["id"]) for _ in range(2)]
    result = create("-n", namespace, expect=1)
    assert f'2 service IDs have the name "team-a": {", ".join(ids)}' in result.stderr

    words = ("--icr=us", f"--service-id={ids[1]}", "-n", namespace)
    pullsecret("create", "icr", *words, env=cloud_setup.environment())
    (key,) = cloud.identity.keys.values()
    assert key["iam_id"] == cloud.identity.service_ids[ids[1]]["iam_id"]


RESTRICTIONS = {
    "service ID": (("POST", "/v1/serviceids"), RefusalError(403, "No.", "BXNIM0513E"), 'the role "Service ID creator"'),
    "policy": (("POST", "/v1/policies"), RefusalError(403, "No.", "forbidden"), "the role Administrator"),
    "key": (("POST", "/v1/apikeys"), RefusalError(403, "No.", "BXNIM0513E"), "the role Operator"),
    "limit": (("POST", "/v1/apikeys"), RefusalError(422, *LIMIT), "delete API keys of service ID"),
}


@pytest.mark.parametrize(("request_", "refusal", "hint"), RESTRICTIONS.values(), ids=RESTRICTIONS)
def test_restriction_is_one_line_with_what_to_ask_for(
    api: Api,
    namespace: str,
    create: Callable[..., Result],
    cloud: IbmCloud,
    request_: tuple[str, str],
    refusal: RefusalError,
    hint: str,
) -> None:
    cloud.denied[request_] = refusal
    result = create("-n", namespace, "--create-service-id", expect=1)
    assert f"error: IBM Cloud: {refusal.message}" in result.stderr
    assert hint in result.stderr.splitlines()[-1]
    assert not cloud.identity.keys
    assert "icr" not in [one["metadata"]["name"] for one in api.list("Secret", namespace)]


def test_locked_service_id_is_named(namespace: str, create: Callable[..., Result], cloud: IbmCloud) -> None:
    create("-n", namespace, "--create-service-id")
    (service_id,) = cloud.identity.service_ids.values()
    service_id["locked"] = True
    cloud.identity.keys.clear()
    result = create("-n", namespace, expect=1)
    assert "is locked" in result.stderr.splitlines()[-1]


def test_key_that_the_registry_never_accepts_is_deleted_again(
    api: Api, namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    never = ("--image=us.icr.io/team-b/app:1", "--key-timeout=1s")
    result = create("-n", namespace, "--create-service-id", *never, expect=1)
    assert "was deleted again, because no secret holds it" in result.stderr
    assert not cloud.identity.keys
    assert "icr" not in [one["metadata"]["name"] for one in api.list("Secret", namespace)]


def test_secret_of_somebody_else_costs_no_key(
    api: Api, namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    api.create({"kind": "Secret", "metadata": {"name": "icr"}, "type": "Opaque"}, namespace)
    create("-n", namespace, "--create-service-id", expect=1)
    assert not cloud.identity.service_ids


def test_key_that_another_run_writes_meanwhile_is_not_replaced(
    api: Api, namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    def forget() -> None:
        cloud.identity.keys.clear()
        api.delete("Secret", "icr", namespace)
        cloud.forget()

    create("-n", namespace, "--create-service-id")
    forget()
    create("-n", namespace)
    number = cloud.requests.index("POST /v1/apikeys") + 1
    forget()
    others: list[Result] = []
    cloud.faults[number] = Fault(first=lambda: others.append(create("-n", namespace)))

    result = create("-n", namespace, expect=1)

    assert f'secrets "icr" in namespace {namespace} was changed meanwhile' in result.stderr
    assert "was deleted again, because no secret holds it" in result.stderr
    assert {key_in(api, namespace)} == cloud.identity.values()


def test_key_that_can_log_in_is_not_replaced_when_iam_does_not_tell_about_it(
    api: Api, namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    create("-n", namespace, "--create-service-id")
    value = key_in(api, namespace)
    for status in (401, 403, 404):
        cloud.denied[("GET", "/v1/apikeys/details")] = RefusalError(status, "No answer.")
        result = create("-n", namespace, expect=1)
        assert "cannot look up the API key of secret/icr" in result.stderr
    assert {value} == cloud.identity.values() == {key_in(api, namespace)}


def test_key_that_another_service_ids_key_replaces_is_told_of(
    namespace: str, create: Callable[..., Result], cloud: IbmCloud
) -> None:
    create("-n", namespace, "--create-service-id")
    (old,) = cloud.identity.keys
    cloud.identity.new_service_id("team-b")
    result = create("-n", namespace, "--service-id=team-b")
    assert f"note: API key {old} of service ID " in result.stderr
    assert f"is replaced in {namespace}, and stays valid at IBM Cloud" in result.stderr
    assert "is replaced" not in create("-n", namespace, "--service-id=team-b").stderr
