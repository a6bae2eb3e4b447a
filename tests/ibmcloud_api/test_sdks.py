"""IBM's own SDKs understand the stand-in, and our clients send what they send and read what they read."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import pytest

from ibmcloud_api.cloud import IbmCloud
from kubeconfig.certificates import Authority
from pullsecret.ibmcloud.code_engine import ProjectServer, find_project
from pullsecret.ibmcloud.iam_access_groups import read_groups_of
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.iam_policies import Policies
from pullsecret.ibmcloud.session import Session, open_session
from pullsecret.model.ibmcloud.code_engine import registry_secret
from pullsecret.model.ibmcloud.policy import REGISTRY_SERVICE, registry_policies
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.objects.objects import Kind, text_at
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.network.trace import Trace
from release.cache import ensure_cached
from release.checkout import LOCKS
from release.python import pip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.fake_server import Received

pytestmark = pytest.mark.source

SENT = {"if-match", "iam-apikey", "content-type"}
"""The headers that matter; of a deletion in Code Engine, where the SDK sends none, If-Match does not."""

NUMBERS = re.compile(
    r"(ServiceId|ApiKey|policy)-[0-9a-f-]{20,}|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b1-[0-9a-f]{16,32}\b"
    r"|(?<![\w-])[\w-]{44}(?![\w-])"
)
"""What differs from run to run: IDs, entity tags and keys."""


@pytest.fixture(scope="module")
def sdks() -> Path:
    """A directory with IBM's SDKs: ours cannot have the python-dateutil that they need."""
    lock = LOCKS / "ibm-sdks.txt"

    def install(directory: Path) -> None:
        subprocess.run([*pip("install"), "--target", directory, "--requirement", lock], check=True)

    return ensure_cached("ibm-sdks", (lock,), install)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ibm-authority"))


@pytest.fixture
def cloud(authority: Authority) -> Iterator[IbmCloud]:
    with IbmCloud(authority.issue("ibm-cloud-for-sdks", "subjectAltName=IP:127.0.0.1")) as cloud:
        cloud.code_engine.new_project("shop")
        cloud.policies.groups["AccessGroupId-1"] = {"iam-ServiceId-1"}
        yield cloud


@pytest.fixture
def told_by_sdks(sdks: Path, authority: Authority, cloud: IbmCloud) -> list[dict[str, object]]:
    """What the SDKs understood of each answer."""
    (project,) = cloud.code_engine.projects
    stories = Path(__file__).with_name("sdk_stories.py")
    environment = {"PYTHONPATH": str(sdks), "REQUESTS_CA_BUNDLE": str(authority.certificate.path)}
    done = subprocess.run(
        [sys.executable, stories, cloud.url, cloud.identity.user_key, project],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_sdks_understand_every_field(told_by_sdks: list[dict[str, object]]) -> None:
    assert len(told_by_sdks) == 17
    for told in told_by_sdks:
        assert told["sent"] == without_dates(told["understood"], told["sent"]), told["step"]


def test_our_clients_send_what_the_sdks_send(
    told_by_sdks: list[dict[str, object]], cloud: IbmCloud, authority: Authority
) -> None:
    assert told_by_sdks
    theirs = requests_of(cloud)
    cloud.forget()
    with closing(session_with(cloud, authority)) as session:
        tell_our_stories(session)
    assert requests_of(cloud) == theirs


def tell_our_stories(session: Session) -> None:
    """The stories of the SDKs, told by our clients, which understand the answers in the same way."""
    iam, policies = Identities.of(session), Policies.of(session)
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
    tell_our_policies(policies)
    tell_our_project(session)


def tell_our_policies(policies: Policies) -> None:
    """A policy from its roles to its end."""
    (reader,) = [role for role in policies.roles(REGISTRY_SERVICE) if role.name == "Reader"]
    (wanted,) = registry_policies(
        account=policies.account,
        iam_id="iam-ServiceId-1",
        roles=(reader,),
        regions=("us-south",),
        namespaces=("team-a",),
    )
    policy = policies.create(wanted, "for tests")
    assert policies.of_subject("iam-ServiceId-1") == (policy,)
    assert policy.covers(wanted)
    policies.delete(policy.id)
    (group,) = read_groups_of(policies.client, policies.iam, account=policies.account, iam_id="iam-ServiceId-1")
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


def session_with(cloud: IbmCloud, authority: Authority) -> Session:
    """A session of the stand-in's user."""
    environ = {
        "IBMCLOUD_CONFIG_HOME": "/nonexistent",
        "IBMCLOUD_API_KEY": cloud.identity.user_key,
        "IBMCLOUD_IAM_API_ENDPOINT": cloud.url,
        "IBMCLOUD_CODE_ENGINE_API_ENDPOINT": cloud.url,
        "SSL_CERT_FILE": str(authority.certificate.path),
    }
    trace = Trace(verbosity=0, log=lambda _: None)
    return open_session(IbmSignIn(), ConnectionFlags(), environ=environ, trace=trace, stdin=io.BytesIO())


def requests_of(cloud: IbmCloud) -> list[object]:
    """All requests, comparable; each client fetches its own token, and lists are read in any order."""
    shown = [comparable(one) for one in cloud.received]
    tokens = [one for one in shown if one[1] == "/identity/token"]
    assert tokens
    lists = ("apps", "jobs", "functions", "builds")
    last = [one for one in shown if str(one[1]).endswith(lists)]
    return [tokens[0], *(one for one in shown if one not in tokens + last), sorted(last, key=repr)]


def comparable(request: Received) -> tuple[object, ...]:
    """Method, path, query, headers that matter, and body, without what differs from run to run."""
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() in SENT}
    if request.method == "DELETE":
        headers.pop("if-match", None)
    if not request.body:
        headers.pop("content-type", None)
    is_form = request.path == "/identity/token"
    body: object = parse_qs(request.body) if is_form else json.loads(request.body or "null")
    return (
        request.method,
        NUMBERS.sub("*", request.path),
        stable(request.query),
        stable({name: value.partition(";")[0] for name, value in headers.items()}),
        stable(in_order(body)),
    )


def in_order(body: object) -> object:
    """A body whose lists of attributes are in one order."""
    if isinstance(body, dict):
        return {name: in_order(value) for name, value in sorted(body.items())}
    if isinstance(body, list):
        return sorted((in_order(one) for one in body), key=repr)
    return body


def stable(value: object) -> str:
    """The text of a value, without IDs and keys."""
    return NUMBERS.sub("*", json.dumps(value, sort_keys=True))


def without_dates(understood: object, sent: object) -> object:
    """What a model understood, with its dates as they were sent: it writes them in another form."""
    if isinstance(understood, dict) and isinstance(sent, dict):
        return {name: without_dates(value, sent.get(name)) for name, value in understood.items()}
    if isinstance(understood, list) and isinstance(sent, list):
        return [without_dates(one, other) for one, other in zip(understood, sent, strict=True)]
    is_date = isinstance(understood, str) and isinstance(sent, str) and understood[:16] == sent[:16] and "T" in sent
    return sent if is_date else understood
