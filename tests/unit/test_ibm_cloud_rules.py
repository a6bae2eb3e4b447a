"""What `check --ibmcloud` finds, from what IBM Cloud said; and nothing where it did not say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from hostile_names import HOSTILE, REFUSED
from objects import docker_config_secret, made_up_password, registry_entry
from pullsecret.model.check.described_keys import described_keys
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.go.printable import is_printable
from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
from pullsecret.model.ibmcloud.key_facts import CloudKnowledge, KeyFacts, SubjectAccess
from pullsecret.model.ibmcloud.policy import Attribute, Policy

if TYPE_CHECKING:
    from pullsecret.model.check.rule import Finding

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
VALUE = made_up_password()
SERVICE_ID = ServiceId(id="ServiceId-1", iam_id="iam-ServiceId-1", name="puller")
KEY = ApiKey(
    id="ApiKey-1",
    iam_id="iam-ServiceId-1",
    name="key",
    created=NOW - timedelta(days=200),
    last_used=NOW - timedelta(days=1),
)
IMAGE = "us.icr.io/team/app:1"
READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
IN_GERMANY = Policy(
    iam_id=KEY.iam_id,
    roles=frozenset({READER}),
    role_names=("Reader",),
    attributes=frozenset({Attribute(name="region", value="eu-de"), Attribute(name="accountId", value="a")}),
)
OPEN = replace(IN_GERMANY, attributes=frozenset())
ALLOWED = SubjectAccess(policies=(OPEN,))
GOOD = KeyFacts(api_key=KEY, service_id=SERVICE_ID, has_activity=True)


def knowing(facts: KeyFacts = GOOD, identity: str = "ServiceId-1", access: SubjectAccess = ALLOWED) -> CloudKnowledge:
    """What IBM Cloud says about the one key, and about an identity."""
    known = {"iam-ServiceId-1": ALLOWED, "IBMid-1": ALLOWED, f"iam-{identity}": access}
    return CloudKnowledge(keys={VALUE: facts}, access=known, account="acc")


def found(cloud: CloudKnowledge | None, username: str = "iamapikey", image: str = IMAGE) -> list[Finding]:
    """What is found in a secret with the key for two registries, whose pods need an image."""
    entries = {host: registry_entry(username, VALUE) for host in ("us.icr.io", "de.icr.io")}
    secret = docker_config_secret("icr", entries)
    circumstances = Circumstances(now=NOW, cloud=cloud)
    return list(secret_findings(CheckedSecret(secret=secret, circumstances=circumstances, pulled_images=(image,))))


def key(**changes: object) -> KeyFacts:
    """The good key but for these fields."""
    return replace(GOOD, api_key=replace(KEY, **changes))  # type: ignore[arg-type]


STATES = {
    "good": (GOOD, []),
    "rejected": (KeyFacts(), ["PS801"]),
    "could not be asked about": (KeyFacts(problem="forbidden"), []),
    "disabled": (key(is_disabled=True), ["PS802"]),
    "expired": (key(expires=NOW), ["PS803"]),
    "expires soon": (key(expires=NOW + timedelta(days=29)), ["PS804"]),
    "expires later": (key(expires=NOW + timedelta(days=31)), []),
    "locked": (key(is_locked=True), ["PS805"]),
    "of a locked service ID": (replace(GOOD, service_id=replace(SERVICE_ID, is_locked=True)), ["PS805"]),
    "of a service ID that cannot be read": (replace(GOOD, service_id=None, identity_problem="forbidden"), []),
    "of a person": (replace(key(iam_id="IBMid-1"), service_id=None), ["PS807"]),
    "long unused": (key(last_used=NOW - timedelta(days=91)), ["PS808"]),
    "never used": (key(last_used=None), ["PS808"]),
    "new and never used": (key(last_used=None, created=NOW), []),
    "of unknown use": (replace(key(last_used=None), has_activity=False), []),
}


@pytest.mark.parametrize(("facts", "codes"), STATES.values(), ids=STATES)
def test_state_of_a_key_is_found_and_nothing_is_guessed(facts: KeyFacts, codes: list[str]) -> None:
    findings = found(knowing(facts))
    assert [finding.code for finding in findings] == codes
    assert all(VALUE not in finding.sentence for finding in findings)


NOT_KNOWN = SubjectAccess(policies=(IN_GERMANY,), problem="forbidden")
ACCESS = {
    "allowed": (SubjectAccess(policies=(IN_GERMANY, OPEN)), []),
    "only elsewhere": (SubjectAccess(policies=(IN_GERMANY,)), ["PS806"]),
    "none": (SubjectAccess(), ["PS806"]),
    "not all known": (NOT_KNOWN, []),
}


@pytest.mark.parametrize(("access", "codes"), ACCESS.values(), ids=ACCESS)
@pytest.mark.parametrize("puller", ["ServiceId-1", "Profile-1"])
def test_policies_of_who_pulls_must_allow_the_images_of_pods(
    access: SubjectAccess, codes: list[str], puller: str
) -> None:
    username = puller if puller.startswith("Profile") else "iamapikey"
    findings = found(knowing(identity=puller, access=access), username)
    assert [finding.code for finding in findings] == codes
    if findings:
        who = f"trusted profile {puller}" if username == puller else 'service ID "puller" (ServiceId-1)'
        assert findings[0].registries == ("us.icr.io",)
        assert findings[0].message == (
            f"no access policy allows {who} to pull from namespace team in us-south, which pods need ({IMAGE})"
        )


def test_images_of_other_registries_need_no_policy() -> None:
    assert not found(knowing(access=SubjectAccess()), image="uk.icr.io/team/app")


def test_nothing_is_found_and_described_where_ibm_cloud_was_not_asked() -> None:
    secret = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", VALUE)})
    assert not found(None)
    assert described_keys(secret, None, NOW) == ()


def test_key_is_described_by_owner_state_use_and_access() -> None:
    secret = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", VALUE)})
    cloud = knowing(key(is_locked=True, expires=NOW), access=SubjectAccess(policies=(IN_GERMANY, OPEN)))
    (described,) = described_keys(secret, cloud, NOW)
    assert described.as_object() == {
        "registries": ["us.icr.io"],
        "id": "ApiKey-1",
        "name": "key",
        "identity": 'service ID "puller" (ServiceId-1)',
        "puller": 'service ID "puller" (ServiceId-1)',
        "state": "expired, locked",
        "expires": "2026-11-28T12:00:00Z",
        "lastUsed": "2026-11-27T12:00:00Z",
        "access": ["Reader: region=eu-de", "Reader: everything"],
        "unknown": "",
    }


def test_what_could_not_be_found_out_is_told_once() -> None:
    cloud = CloudKnowledge(
        keys={"a": KeyFacts(problem="no answer"), "b": KeyFacts(problem="no answer"), "c": GOOD},
        access={"iam-ServiceId-1": SubjectAccess(problem="forbidden")},
    )
    assert cloud.problems == (
        "whose API key it is could not be found out for some secrets: no answer",
        "the access policies of ServiceId-1 could not all be read: forbidden",
    )


@pytest.mark.parametrize("text", [*HOSTILE.values(), *REFUSED.values()], ids=[*HOSTILE, *REFUSED])
def test_names_at_ibm_cloud_forge_no_line(text: str) -> None:
    """Whoever may name a service ID or a key chooses these."""
    owner = replace(SERVICE_ID, name=text, id=text, is_locked=True)
    facts = replace(key(name=text, id=text, expires=NOW, is_disabled=True, last_used=None), service_id=owner)
    strange = replace(OPEN, role_names=(text,), attributes=frozenset({Attribute(name=text, value=text)}))
    cloud = knowing(facts, access=SubjectAccess(policies=(strange,)))
    findings = [*found(cloud), *found(knowing(facts, access=SubjectAccess()))]
    assert {finding.code for finding in findings} == {"PS802", "PS803", "PS805", "PS806", "PS808"}
    assert all(is_printable(finding.sentence) for finding in findings)
    secret = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", VALUE)})
    (described,) = described_keys(secret, cloud, NOW)
    shown = (described.id, described.name, described.identity, described.puller, *described.access)
    assert all(map(is_printable, shown))
    problem = SubjectAccess(problem="forbidden")
    assert all(map(is_printable, CloudKnowledge(keys={"a": facts}, access={f"iam-{text}": problem}).problems))
