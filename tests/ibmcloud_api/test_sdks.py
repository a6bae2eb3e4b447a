"""IBM's own SDKs understand the stand-in, and our clients send what they send and read what they read."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pytest

from ibmcloud_api.comparison import comparable, in_any_order, without_dates
from ibmcloud_api.documents import RefusalError
from ibmcloud_api.identity import LIMIT
from ibmcloud_api.policies import READER
from objects import made_up_password
from pullsecret.errors import CloudError
from pullsecret.ibmcloud.client import IbmCall
from pullsecret.ibmcloud.code_engine import ProjectServer, find_project
from pullsecret.ibmcloud.iam_access_groups import read_groups_of
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.iam_policies import Policies
from pullsecret.ibmcloud.tokens import PodSource, Tokens
from pullsecret.model.ibmcloud.code_engine import registry_secret
from pullsecret.model.ibmcloud.policy import REGISTRY_SERVICE, registry_policies
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.objects.objects import Kind, text_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ibmcloud_api.cloud import IbmCloud
    from ibmcloud_api.conftest import Told
    from pullsecret.ibmcloud.session import Session

pytestmark = pytest.mark.source

SUBJECT = "iam-ServiceId-1"
LISTS = ("/apps", "/jobs", "/functions", "/builds")
"""What our client lists side by side, so in any order."""


def requests_of(cloud: IbmCloud) -> list[object]:
    """All requests, comparable, after the one for a token: each client has its own idea of when it is too old."""
    shown = [comparable(one) for one in cloud.received]
    first = next(one for one in shown if one[1] == "/identity/token")
    return [first, *in_any_order([one for one in shown if one[1] != "/identity/token"], LISTS)]


def test_sdks_understand_every_field_and_our_clients_send_what_they_send(
    told_by_sdks: Callable[..., Told], open_ours: Callable[..., Session], cloud: IbmCloud
) -> None:
    cloud.policies.groups["AccessGroupId-1"] = {SUBJECT}
    told = told_by_sdks("lives")
    assert len(told) == 16
    for one in told:
        assert one["sent"] == without_dates(one["understood"], one["sent"]), one["step"]
        assert one["wrong"] == [], one["step"]

    theirs = requests_of(cloud)
    cloud.forget()
    with closing(open_ours()) as session:
        tell_our_identities(Identities.of(session))
        tell_our_policies(session)
        tell_our_project(session)
    assert requests_of(cloud) == theirs


def tell_our_identities(iam: Identities) -> None:
    """The story of the SDKs, told by our clients, which understand the answers in the same way."""
    made = iam.create_service_id("puller", "for tests")
    assert iam.service_ids("puller") == (made,)
    assert iam.service_id(made.id) == made
    key = iam.create_api_key(made.iam_id, "key", "for tests", datetime(2036, 11, 28, 12, tzinfo=UTC))
    (listed,) = iam.api_keys(made.iam_id)
    assert (listed.id, listed.value, listed.expires) == (key.id, "", datetime(2036, 11, 28, 12, tzinfo=UTC))
    assert iam.api_key(key.id, has_activity=True) == replace(listed, has_activity=True)
    assert iam.details_of(key.value) == listed
    iam.disable_api_key(key.id)
    iam.delete_api_key(key.id)
    iam.delete_service_id(made.id)


def tell_our_policies(session: Session) -> None:
    """A policy from its roles to its end, and those of groups."""
    policies = Policies.of(session)
    (reader,) = [role for role in policies.roles(REGISTRY_SERVICE) if role.name == "Reader"]
    (wanted,) = registry_policies(
        account=policies.account, iam_id=SUBJECT, roles=(reader,), regions=("us-south",), namespaces=("team-a",)
    )
    policy = policies.create(wanted, "for tests")
    assert policies.of_subject(SUBJECT) == (policy,)
    assert policy.covers(wanted)
    policies.delete(policy.id)
    (group,) = read_groups_of(session.client, session.endpoints.iam, account=session.account, iam_id=SUBJECT)
    assert policies.of_group(group) == ()


def tell_our_project(session: Session) -> None:
    """A registry secret from its creation to its end."""
    server = ProjectServer.of(session, find_project(session, "shop"))
    server.read_secrets()
    first, second = (
        registry_secret("icr", RegistryEntry(server="us.icr.io", username="iamapikey", password=f"password-{number}"))
        for number in (1, 2)
    )
    made = server.create(Kind.SECRET, first)
    assert server.read(Kind.SECRET, "", "icr") == made
    tag = {"metadata": {"resourceVersion": text_at(made, "metadata", "resourceVersion")}}
    changed = server.patch(Kind.SECRET, ("", "icr"), {**tag, "data": second["data"]})
    server.delete(Kind.SECRET, changed)
    server.read_users()


def test_all_pages_are_read_as_the_sdks_read_them(
    told_by_sdks: Callable[..., Told], open_ours: Callable[..., Session], cloud: IbmCloud
) -> None:
    for number in range(5):
        cloud.identity.new_service_id("puller")
        cloud.identity.new_key(SUBJECT, f"key-{number}")
        cloud.policies.add(SUBJECT, READER, {"serviceName": "container-registry", "resource": f"team-{number}"})
        cloud.code_engine.new_project(f"project-{number}")
        (first, *_) = cloud.code_engine.projects.values()
        cloud.code_engine.add_secret(first, f"icr-{number}", {"username": "x", "password": "y", "server": "z"})
    cloud.most_on_page = 2
    told = {str(one["step"]): one["found"] for one in told_by_sdks("pages")}
    theirs = requests_of(cloud)
    cloud.received.clear()
    with closing(open_ours()) as session:
        iam, server = Identities.of(session), ProjectServer.of(session, find_project(session, "shop"))
        found = {
            "service_ids": [one.name for one in iam.service_ids("puller")],
            "api_keys": [one.name for one in iam.api_keys(SUBJECT)],
            "policies": [one.id for one in Policies.of(session).of_subject(SUBJECT)],
            "projects": [str(one.document["name"]) for one in cloud.code_engine.projects.values()],
            "secrets": [*server.read_secrets().registry],
        }
    assert found == told
    assert [len(names) for names in found.values()] == [5, 5, 5, 6, 6]
    assert sorted(map(repr, requests_of(cloud))) == sorted(map(repr, theirs))


REFUSALS = {
    "expired": RefusalError(401, "The provided token has expired.", "BXNIM0408E"),
    "forbidden": RefusalError(403, "You are not authorized.", "BXNIM0513E"),
    "missing": RefusalError(404, "It could not be found.", "BXNIM0102E"),
    "conflict": RefusalError(409, "It is locked.", "conflict"),
    "changed": RefusalError(412, "The entity tag does not match.", "precondition_failed"),
    "limit": RefusalError(422, *LIMIT),
    "busy": RefusalError(429, "Too many requests.", "rate_limit", headers=(("Retry-After", "1"),)),
    "broken": RefusalError(500, "An internal error occurred.", "internal_error"),
    "away": RefusalError(503, "The service is unavailable.", "unavailable"),
}


def test_refusals_are_understood_as_the_sdks_understand_them(
    told_by_sdks: Callable[..., Told], open_ours: Callable[..., Session], cloud: IbmCloud
) -> None:
    (project,) = cloud.code_engine.projects
    places = {
        "identities": ("GET", "/v1/serviceids/"),
        "policies": ("DELETE", "/v1/policies/"),
        "engine": ("GET", f"/projects/{project}/secrets/"),
    }
    for case, refusal in REFUSALS.items():
        cloud.denied |= {(method, f"{path}{case}"): refusal for method, path in places.values()}
    told = {str(one["step"]): (one["status"], one["message"]) for one in told_by_sdks("refusals", *REFUSALS)}
    assert len(told) == len(REFUSALS) * len(places)
    at_once = Event()
    at_once.set()
    with closing(open_ours(at_once)) as session:
        for step, (status, message) in told.items():
            service, case = step.split()
            method, path = places[service]
            with pytest.raises(CloudError) as caught:
                session.client.send(IbmCall(method=method, url=f"{cloud.url}{path}{case}"))
            assert (caught.value.status, REFUSALS[case].status) == (status, status)
            assert message == REFUSALS[case].message
            assert caught.value.message.startswith(f"IBM Cloud: {message}")
            assert caught.value.code == REFUSALS[case].code


def test_pods_and_unknown_keys_sign_in_as_with_the_sdks(
    told_by_sdks: Callable[..., Told], open_ours: Callable[..., Session], cloud: IbmCloud, tmp_path: Path
) -> None:
    cloud.identity.profiles |= dict.fromkeys(("Profile-1", "puller"), made_up_password())
    (refused,) = told_by_sdks("sign-ins")
    theirs = [comparable(one) for one in cloud.received]
    cloud.forget()
    with closing(open_ours()) as session:
        cloud.forget()
        for profile in ("Profile-1", "puller"):
            source = PodSource(
                client=session.anonymous, iam=session.endpoints.iam, profile=profile, path=str(tmp_path / "pod-token")
            )
            pod = session.anonymous.signed_in(Tokens(source))
            Policies(client=pod, iam=session.endpoints.iam, account=session.account).of_subject(SUBJECT)
        with pytest.raises(CloudError) as caught:
            session.client_as("wrong").read(f"{cloud.url}/v1/serviceids/ServiceId-1")
    assert (caught.value.status, caught.value.message) == (
        refused["status"],
        f"IBM Cloud: {refused['message']} (BXNIM0415E)",
    )
    assert [comparable(one) for one in cloud.received] == theirs
