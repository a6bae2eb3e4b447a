"""Which API key a secret gets, which keys nobody holds, and which policies are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from objects import docker_config_secret, made_up_password, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId, api_key_in, date_for_iam, service_id_in
from pullsecret.model.ibmcloud.key_assignment import (
    KeptKey,
    KeyOwner,
    assigned_keys,
    check_is_not_wider,
    forgotten_keys,
    ibm_keys_in,
    is_certainly_forgotten,
    key_value_in,
    missing_policies,
    only_service_id,
    roles_named,
)
from pullsecret.model.ibmcloud.marks import is_key_for, key_description
from pullsecret.model.ibmcloud.policy import Attribute, Policy, Role, policy_document, policy_in, registry_policies

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OURS = KeyOwner(iam_id="iam-ServiceId-1", name="icr", cluster="uid")
KEY = ApiKey(
    id="ApiKey-1",
    iam_id="iam-ServiceId-1",
    name="k",
    description=f"{key_description(name='icr', cluster='uid')} (run 0)",
    created=NOW - timedelta(days=1),
)
READER = Role(name="Reader", crn="crn:reader")


def kept(**changes: object) -> KeptKey:
    """A key in a secret, like KEY but for these fields."""
    return KeptKey(key=replace(KEY, **changes), value=made_up_password())  # type: ignore[arg-type]


KEPT = {
    "alive": ({}, True),
    "expires later": ({"expires": NOW + timedelta(days=1)}, True),
    "expired": ({"expires": NOW}, False),
    "disabled": ({"is_disabled": True}, False),
    "of somebody else": ({"iam_id": "iam-ServiceId-2"}, False),
    "of a user": ({"iam_id": "IBMid-1"}, False),
}


@pytest.mark.parametrize(("changes", "is_kept"), KEPT.values(), ids=KEPT)
def test_live_key_of_the_service_id_is_kept(changes: dict[str, object], is_kept: bool) -> None:
    found = assigned_keys(["a"], {"a": kept(**changes)}, OURS, NOW)
    assert (set(found.kept), found.fresh) == (({"a"}, ()) if is_kept else (set(), ("a",)))


def test_other_namespaces_share_the_newest_key_that_was_made_for_the_secret() -> None:
    old, new = kept(), kept(id="ApiKey-2", created=NOW)
    found = assigned_keys(["a", "b", "c"], {"a": old, "b": new}, OURS, NOW)
    assert (found.kept, found.fresh) == ({"a": old, "b": new, "c": new}, ())


@pytest.mark.parametrize("description", ["", key_description(name="other", cluster="uid"), "Made by hand"])
def test_key_that_was_not_made_for_the_secret_is_moved_nowhere(description: str) -> None:
    found = assigned_keys(["a", "b"], {"a": kept(description=description)}, OURS, NOW)
    assert (set(found.kept), found.fresh) == ({"a"}, ("b",))


def test_key_of_each_namespace_is_its_own() -> None:
    found = assigned_keys(["a", "b"], {"a": kept()}, replace(OURS, is_per_namespace=True), NOW)
    assert (set(found.kept), found.fresh) == ({"a"}, ("b",))


def test_nothing_is_kept_for_a_service_id_that_does_not_exist_yet() -> None:
    found = assigned_keys(["a"], {"a": kept(iam_id="")}, replace(OURS, iam_id=""), NOW)
    assert found.fresh == ("a",)


FORGOTTEN = {
    "never used": ({}, True),
    "used to verify it": ({"last_used": NOW - timedelta(days=1) + timedelta(minutes=9)}, True),
    "used later": ({"last_used": NOW}, False),
    "locked": ({"is_locked": True}, False),
    "for another secret": ({"description": key_description(name="icr2", cluster="uid")}, False),
    "for another cluster": ({"description": key_description(name="icr", cluster="other")}, False),
    "of a person": ({"description": "for icr"}, False),
    "of unknown age": ({"created": None}, False),
    "of another service ID": ({"iam_id": "iam-ServiceId-2"}, False),
    "held": ({"id": "ApiKey-held"}, False),
}


@pytest.mark.parametrize(("changes", "is_forgotten"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_key_is_forgotten_only_if_nothing_can_use_it(changes: dict[str, object], is_forgotten: bool) -> None:
    assert bool(forgotten_keys([kept(**changes).key], {"ApiKey-held"}, OURS)) is is_forgotten


OLD_ENOUGH = replace(KEY, created=NOW - timedelta(minutes=16), has_activity=True)
CERTAIN = {
    "old, and its use is known": (OLD_ENOUGH, True),
    "made by a run that may be going on": (replace(OLD_ENOUGH, created=NOW - timedelta(minutes=14)), False),
    "made nobody knows when": (replace(OLD_ENOUGH, created=None), False),
    "its use is not known": (replace(OLD_ENOUGH, has_activity=False), False),
}


@pytest.mark.parametrize(("key", "is_certain"), CERTAIN.values(), ids=CERTAIN)
def test_only_a_key_that_no_run_can_be_about_to_write_is_deleted(key: ApiKey, is_certain: bool) -> None:
    assert is_certainly_forgotten(key, NOW) is is_certain


def test_description_is_that_of_one_secret_in_one_cluster() -> None:
    text = key_description(name="icr", cluster="uid")
    assert is_key_for(text, name="icr", cluster="uid")
    assert is_key_for(f"{text} (run 1)", name="icr", cluster="uid")
    assert not is_key_for(text, name="icr", cluster="ui")
    assert not is_key_for(f"x {text}", name="icr", cluster="uid")


def test_key_of_a_secret_is_the_one_for_all_its_servers() -> None:
    one, other = made_up_password(), made_up_password()
    same = docker_config_secret("x", {host: registry_entry("iamapikey", one) for host in ("us.icr.io", "icr.io")})
    mixed = docker_config_secret(
        "x", {"us.icr.io": registry_entry("iamapikey", one), "icr.io": registry_entry("iamapikey", other)}
    )
    assert key_value_in(same, ["us.icr.io", "icr.io"], "iamapikey") == one
    assert key_value_in(mixed, ["us.icr.io", "icr.io"], "iamapikey") == ""
    assert key_value_in(mixed, ["us.icr.io"], "iamapikey") == one
    assert key_value_in(same, ["us.icr.io"], "Profile-1") == ""
    forged = docker_config_secret("x", {"us.icr.io": registry_entry("iamapikey", f"{one}\r\nX: y")})
    assert key_value_in(forged, ["us.icr.io"], "iamapikey") == ""


def test_only_keys_for_registries_of_ibm_cloud_are_looked_up() -> None:
    key, profile, other = made_up_password(), made_up_password(), made_up_password()
    secret = docker_config_secret(
        "x",
        {
            "https://us.icr.io/v2/": registry_entry("iamapikey", key),
            "private.de.icr.io": registry_entry("Profile-1", profile),
            "cp.icr.io": registry_entry("iamapikey", other),
            "icr.io.example": registry_entry("iamapikey", other),
            "quay.io": registry_entry("iamapikey", other),
            "jp.icr.io": registry_entry("iambearer", other),
        },
    )
    assert set(ibm_keys_in(secret)) == {key, profile}


def wished(*regions: str, namespaces: tuple[str, ...] = ()) -> tuple[Policy, ...]:
    """The policies for these regions and registry namespaces."""
    return registry_policies(account="acc", iam_id="iam-1", roles=(READER,), regions=regions, namespaces=namespaces)


def test_policy_is_made_for_each_pair_of_region_and_namespace() -> None:
    found = wished("us-south", "global", namespaces=("a", "b"))
    pairs = [(one.value("region") or one.value("geography"), one.value("resource")) for one in found]
    assert pairs == [("us-south", "a"), ("us-south", "b"), ("global", "a"), ("global", "b")]
    assert {one.value("resourceType") for one in found} == {"namespace"}


def test_global_registry_is_a_geography_and_not_a_region() -> None:
    (found,) = wished("global")
    assert (found.value("geography"), found.value("region")) == ("global", "")


def test_policy_survives_its_document() -> None:
    (policy,) = wished("us-south", namespaces=("a",))
    document = policy_document(policy, "why")
    assert policy_in(document | {"id": "p"}) == replace(policy, id="p", role_names=("",))


def test_policy_is_missing_unless_an_equal_or_a_wider_one_exists() -> None:
    (narrow,), (wide,) = wished("us-south", namespaces=("a",)), wished()
    (elsewhere,) = wished("eu-de")
    assert missing_policies([narrow], [narrow]) == ()
    assert missing_policies([narrow], [wide]) == ()
    assert missing_policies([wide], [narrow]) == (wide,)
    assert missing_policies([narrow], [elsewhere]) == (narrow,)
    assert missing_policies([narrow], [replace(narrow, roles=frozenset({"crn:writer"}))]) == (narrow,)
    assert missing_policies([narrow], [replace(narrow, iam_id="iam-2")]) == (narrow,)
    pattern = replace(narrow, attributes=narrow.attributes | {Attribute(name="x", value="*", operator="stringMatch")})
    assert missing_policies([narrow], [pattern]) == (narrow,)


def test_access_to_some_registry_namespaces_does_not_become_access_to_all() -> None:
    narrow, wide, elsewhere = wished("us-south", namespaces=("b", "a")), wished("us-south"), wished("eu-de")
    with pytest.raises(RefusedError, match=r"may access registry namespaces a, b only") as caught:
        check_is_not_wider(wide, narrow)
    assert caught.value.hint == "add --registry-namespace=a,b; to allow all, run: ibmcloud iam service-policy-create"
    with pytest.raises(RefusedError):
        check_is_not_wider(wished(), narrow)
    check_is_not_wider(elsewhere, narrow)
    check_is_not_wider(wished("us-south", namespaces=("c",)), narrow)
    check_is_not_wider(wished(namespaces=("a",)), narrow)
    check_is_not_wider(wide, [replace(one, iam_id="iam-2") for one in narrow])


def test_several_service_ids_of_a_name_are_refused_with_their_ids() -> None:
    ids = [ServiceId(id=f"ServiceId-{number}", iam_id="", name="x") for number in (1, 2)]
    assert only_service_id(ids[:1], "x") == ids[0]
    assert only_service_id([], "x") is None
    with pytest.raises(RefusedError, match=r'2 service IDs have the name "x": ServiceId-1, ServiceId-2'):
        only_service_id(ids, "x")


def test_role_is_found_whatever_its_case() -> None:
    assert roles_named(["reader"], [READER]) == (READER,)
    with pytest.raises(RefusedError, match='unknown role "Puller"') as caught:
        roles_named(["Puller"], [READER])
    assert caught.value.hint == "known roles: Reader"


def test_dates_are_read_and_written_as_iam_has_them() -> None:
    content = {
        "id": "ApiKey-1",
        "created_at": "2026-11-28T10:15+0000",
        "activity": {"last_authn": "2026-11-28T10:16:30Z"},
    }
    key = api_key_in(content | {"expires_at": "", "locked": True, "disabled": False, "apikey": "v"})
    assert key.created == datetime(2026, 11, 28, 10, 15, tzinfo=UTC)
    assert key.last_used == datetime(2026, 11, 28, 10, 16, 30, tzinfo=UTC)
    assert (key.expires, key.is_locked, key.is_disabled, key.value) == (None, True, False, "v")
    assert date_for_iam(NOW) == "2026-11-28T12:00+0000"
    assert "vvvv" not in repr(replace(key, value="vvvv"))


def test_answer_with_other_types_is_read_as_absent() -> None:
    assert service_id_in({"id": 3, "locked": "true"}) == ServiceId(id="", iam_id="", name="")
    assert api_key_in({"activity": [], "created_at": "soon"}) == ApiKey(id="", iam_id="", name="")
