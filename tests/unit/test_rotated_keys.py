"""Whose API key can be rotated, which old key may end, and what NAME-previous keeps of a new one."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from objects import copy_marks, docker_config_secret, encoded, made_up_password, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId, api_key_in
from pullsecret.model.ibmcloud.key_assignment import has_value, ibm_keys_in
from pullsecret.model.ibmcloud.key_mentions import kept_if_having, mentions_key
from pullsecret.model.ibmcloud.marks import key_description
from pullsecret.model.ibmcloud.rotated_keys import (
    EndedRotation,
    check_named,
    check_replaceable,
    check_resumed,
    refusal_to_end,
)
from pullsecret.model.objects.objects import Object, mapping_at, merged, text_at
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID
from pullsecret.model.objects.sibling import NEXT, UNDONE
from pullsecret.model.plan.rotated_secret import changed_source, remembered, with_marks_of
from pullsecret.model.plan.rotation import NewCredential, Rotation, begun, remembered_rotation, replaced_pair, undoing
from pullsecret.model.plan.rotation_memory import FINISHING
from pullsecret.model.plan.rotation_stages import finishing_plan
from pullsecret.model.plan.rotation_times import ended_at

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ACCOUNT, OURS, CLUSTER = "acc", "iam-ServiceId-1", "cluster-uid"
OLD = ApiKey(
    id="ApiKey-old",
    iam_id=OURS,
    name="n",
    account=ACCOUNT,
    description=key_description(name="icr", cluster=CLUSTER),
    has_activity=True,
)
NEW = replace(OLD, id="ApiKey-new")
SOON, LATER = NOW + timedelta(minutes=9), NOW + timedelta(minutes=10)
ROTATION = EndedRotation(name="icr", clusters={CLUSTER}, ended=NOW + timedelta(seconds=30), now=SOON)
SERVICE_ID = ServiceId(id="ServiceId-1", iam_id=OURS, name="puller")

REFUSALS = {
    "nothing against it": (OLD, NEW, ROTATION, ""),
    "used before the rotation": (replace(OLD, last_used=NOW - timedelta(minutes=2)), NEW, ROTATION, ""),
    "used after it": (replace(OLD, last_used=NOW + timedelta(minutes=1)), NEW, ROTATION, "12:01"),
    "used a second after it": (replace(OLD, last_used=NOW + timedelta(seconds=31)), NEW, ROTATION, "uses it"),
    "used in the same minute, as IAM writes it": (replace(OLD, last_used=NOW), NEW, ROTATION, "again after 12:10 UTC"),
    "and not again for some time": (
        replace(OLD, last_used=NOW),
        NEW,
        replace(ROTATION, now=LATER + timedelta(minutes=1)),
        "",
    ),
    "IAM does not say": (replace(OLD, has_activity=False), NEW, ROTATION, "does not tell"),
    "of another service ID": (replace(OLD, iam_id="iam-ServiceId-2"), NEW, ROTATION, "does not belong"),
    "a person's": (replace(OLD, iam_id="IBMid-1"), replace(NEW, iam_id="IBMid-1"), ROTATION, "belongs to a user"),
    "of another account": (replace(OLD, account="other"), NEW, ROTATION, "another account"),
    "the same key": (OLD, OLD, ROTATION, "does not belong"),
    "locked": (replace(OLD, is_locked=True), NEW, ROTATION, "locked"),
    "made by hand": (replace(OLD, description=""), NEW, ROTATION, "was not made by"),
    "for another secret": (OLD, NEW, replace(ROTATION, name="other"), "was not made by"),
    "for another cluster": (OLD, NEW, replace(ROTATION, clusters={"other"}), "was not made by"),
    "made by hand, and named": (replace(OLD, description=""), NEW, replace(ROTATION, named=OLD.id), ""),
    "another one is named": (OLD, NEW, replace(ROTATION, named="ApiKey-x"), "not ApiKey-x"),
    "named, but used after it": (
        replace(OLD, last_used=NOW + timedelta(hours=1)),
        NEW,
        replace(ROTATION, named=OLD.id),
        "uses it",
    ),
}


@pytest.mark.parametrize(("old", "new", "rotation", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_old_key_ends_only_if_iam_knows_it_as_the_same_service_ids_and_unused(
    old: ApiKey, new: ApiKey, rotation: EndedRotation, reason: str
) -> None:
    refusal = refusal_to_end(old, new, rotation, ACCOUNT)
    assert reason in refusal
    assert bool(reason) == bool(refusal)


def test_key_without_activity_in_the_answer_is_not_taken_as_unused() -> None:
    assert not api_key_in({"id": "ApiKey-1"}).has_activity
    assert api_key_in({"id": "ApiKey-1", "activity": {"authn_count": 0}}).has_activity
    assert not api_key_in({"id": "ApiKey-1", "activity": {"last_authn": "yesterday", "authn_count": "0"}}).has_activity
    assert not api_key_in({"id": "ApiKey-1", "activity": {"last_authn": "", "authn_count": "3"}}).has_activity


REPLACEABLE = {
    "a service ID's": (OLD, "", ""),
    "a person's": (replace(OLD, iam_id="IBMid-1"), "", "belongs to a user"),
    "another account's": (replace(OLD, account="other"), "", "belongs to account other"),
    "rejected": (None, "", "deleted or disabled"),
    "hidden": (None, "no answer", "no answer"),
}


@pytest.mark.parametrize(("key", "problem", "reason"), REPLACEABLE.values(), ids=REPLACEABLE)
def test_only_a_service_ids_key_that_can_be_looked_up_is_replaced(
    key: ApiKey | None, problem: str, reason: str
) -> None:
    if not reason:
        assert check_replaceable(key, problem, ACCOUNT, "it") is key
        return
    with pytest.raises(RefusedError, match=reason):
        check_replaceable(key, problem, ACCOUNT, "it")


RESUMED = {
    "as good as new": (NEW, "", OLD, ""),
    "the old one is not known": (NEW, "", None, ""),
    "disabled": (replace(NEW, is_disabled=True), "", OLD, "deleted or disabled"),
    "gone": (None, "", OLD, "deleted or disabled"),
    "of another identity": (replace(NEW, iam_id="iam-ServiceId-2"), "", OLD, "another identity"),
    "a person's": (replace(NEW, iam_id="IBMid-1"), "", None, "another identity"),
    "hidden": (None, "no answer", OLD, "no answer"),
}


@pytest.mark.parametrize(("key", "problem", "old", "reason"), RESUMED.values(), ids=RESUMED)
def test_rotation_goes_on_only_with_a_live_key_of_the_same_identity(
    key: ApiKey | None, problem: str, old: ApiKey | None, reason: str
) -> None:
    if not reason:
        assert check_resumed(key, problem, old, NOW, "it") is key
        return
    with pytest.raises(RefusedError, match=reason):
        check_resumed(key, problem, old, NOW, "it")


@pytest.mark.parametrize(("wanted", "fits"), [("", True), ("puller", True), ("ServiceId-1", True), ("pusher", False)])
def test_named_service_id_must_be_that_of_the_old_key(wanted: str, fits: bool) -> None:
    if fits:
        check_named(SERVICE_ID, wanted, "it")
        return
    with pytest.raises(RefusedError, match="puller"):
        check_named(SERVICE_ID, wanted, "it")


OLD_VALUE, NEW_VALUE, OTHER_VALUE = (made_up_password() for _ in range(3))
MARKS = {IBM_API_KEY: "ApiKey-new", IBM_SERVICE_ID: "ServiceId-1"}
OLD_MARKS = {IBM_API_KEY: "ApiKey-old", IBM_SERVICE_ID: "ServiceId-1"}


def source_with(value: str = OLD_VALUE, **annotations: str) -> Object:
    secret = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", value)}, annotations=annotations)
    return merged(secret, {"metadata": {"namespace": "home", "uid": "1"}})


def marks_on(secret: Object) -> Object:
    return mapping_at(secret, "metadata", "annotations")


def made(source: Object, previous: Object | None = None, value: str = NEW_VALUE) -> Rotation:
    return begun(source, previous, NewCredential(password=value, marks=MARKS))


def stored(rotation: Rotation, current: Object | None = None) -> Object:
    return merged(remembered(current, rotation), {"metadata": {"uid": "2"}})


def test_new_key_is_in_the_previous_secret_before_the_source_has_it() -> None:
    source = source_with(**OLD_MARKS)
    memory = stored(made(source))
    assert NEW_VALUE in base64.b64decode(text_at(memory, "data", NEXT)).decode()
    assert marks_on(memory) == OLD_MARKS
    assert [pair.password for pair in replaced_pair(source, memory)] == [OLD_VALUE, NEW_VALUE]
    assert has_value(memory, NEW_VALUE)
    assert ibm_keys_in(memory) == (OLD_VALUE, NEW_VALUE)
    again = made(source, memory)
    assert remembered(memory, again) is memory
    with pytest.raises(RefusedError, match="another credential"):
        made(source, memory, OTHER_VALUE)


def test_of_two_rotations_at_once_only_one_has_its_key_remembered() -> None:
    source = source_with()
    first, second = made(source), made(source, value=OTHER_VALUE)
    with pytest.raises(RefusedError, match="another credential"):
        remembered(stored(first), second)
    plain = begun(source, None, NewCredential(password=OTHER_VALUE))
    with pytest.raises(RefusedError, match="another credential"):
        remembered(stored(first), plain)


def test_rotation_that_had_begun_without_a_key_gets_one_remembered() -> None:
    source = source_with()
    memory = stored(begun(source, None, NewCredential(password=OTHER_VALUE)))
    assert NEXT not in mapping_at(memory, "data")
    assert NEXT in mapping_at(remembered(memory, made(source, memory)), "data")


def test_annotations_name_the_new_key_on_the_source_and_the_old_one_after_an_undo() -> None:
    source = source_with(**OLD_MARKS)
    rotation = made(source)
    changed = changed_source(source, rotation)
    assert marks_on(changed).items() >= MARKS.items()
    back = changed_source(changed, undoing(changed, stored(rotation)))
    assert marks_on(back).items() >= OLD_MARKS.items()
    unmarked = source_with()
    changed = changed_source(unmarked, made(unmarked))
    back = changed_source(changed, undoing(changed, stored(made(unmarked))))
    assert not {*MARKS} & {*marks_on(back)}


def test_password_from_elsewhere_takes_away_annotations_that_are_wrong_from_then_on() -> None:
    source = source_with(**OLD_MARKS, team="a")
    changed = changed_source(source, begun(source, None, NewCredential(password=NEW_VALUE)))
    assert marks_on(changed)["team"] == "a"
    assert not {*OLD_MARKS} & {*marks_on(changed)}
    rotation = made(source)
    beside = rotation.applied_to(source_with(**OLD_MARKS))
    assert marks_on(with_marks_of(beside, rotation)) == MARKS
    assert not marks_on(with_marks_of(rotation.applied_to(source_with()), rotation))


def test_undo_of_a_key_that_the_source_never_had_leaves_it_as_what_is_to_end() -> None:
    source = source_with()
    memory = stored(made(source))
    undo = undoing(source, memory)
    assert (undo.before.password, undo.after.password) == (NEW_VALUE, OLD_VALUE)
    assert changed_source(source, undo) is source
    undone = remembered(memory, undo)
    assert UNDONE in mapping_at(undone, "data")
    ended = remembered_rotation(source, undone)
    assert (ended.before.password, ended.after.password) == (NEW_VALUE, OLD_VALUE)


def test_key_that_was_never_written_is_told_of_before_it_is_forgotten() -> None:
    source = source_with()
    rotation = made(source)
    memory = stored(rotation)
    lost = remembered_rotation(source, memory)
    assert "has a new API key that secret/icr never had" in finishing_plan([lost], ()).notes[0]
    written_source = changed_source(source, rotation)
    assert not finishing_plan([remembered_rotation(written_source, memory)], ()).notes
    undone = remembered(memory, undoing(written_source, memory))
    assert not finishing_plan([remembered_rotation(source, undone)], ()).notes


def test_nobody_goes_back_to_a_key_that_is_about_to_end() -> None:
    source = source_with()
    rotation = made(source)
    memory = stored(rotation)
    changed = changed_source(source, rotation)
    finishing = merged(memory, {"metadata": {"annotations": {FINISHING: "true"}}})
    with pytest.raises(RefusedError, match="being finished"):
        undoing(changed, finishing)
    with pytest.raises(RefusedError, match="being finished"):
        remembered(finishing, undoing(changed, memory))


def written(at: datetime) -> Object:
    entry = {"manager": "x", "operation": "Update", "time": f"{at:%Y-%m-%dT%H:%M:%SZ}", "fieldsV1": {"f:data": {}}}
    return {"metadata": {"managedFields": [entry]}}


def test_late_write_of_a_copy_does_not_excuse_a_use_of_the_old_key() -> None:
    source = merged(source_with(NEW_VALUE), written(NOW))
    rotation = replace(made(source_with()), source=source)

    def copy(namespace: str, at: datetime, value: str = NEW_VALUE) -> Object:
        marks = copy_marks("home/icr", "1", f"{namespace}/icr")
        secret = docker_config_secret("icr", {"us.icr.io": registry_entry("iamapikey", value)}, **marks)
        return merged(merged(secret, {"metadata": {"namespace": namespace}}), written(at))

    soon, late = NOW + timedelta(minutes=1), NOW + timedelta(hours=1)
    assert ended_at(rotation, [source]) == NOW
    assert ended_at(rotation, [source, copy("a", soon), copy("b", late)]) == soon
    assert ended_at(rotation, [source, copy("a", soon, OTHER_VALUE)]) == NOW


def mentions(data: dict[str, str], kind: str = "Opaque") -> bool:
    return mentions_key({"metadata": {}, "type": kind, "data": data}, OLD_VALUE)


def test_secrets_of_any_type_are_known_to_have_a_key_in_any_form() -> None:
    assert mentions({"password": encoded(OLD_VALUE)})
    assert mentions({"conf": encoded(f'[registry]\ntoken = "{OLD_VALUE}"')}, "example.com/own")
    for name in ("", "a", "ab", "abc", "iamapikey"):
        auth = encoded(f"{name}:{OLD_VALUE}")
        assert mentions({"config": encoded(f'{{"auth": "{auth}"}}')})
    assert not mentions({"password": encoded(OTHER_VALUE), "broken": "%"})
    secret = docker_config_secret("x", {"us.icr.io": registry_entry("Profile-1", OLD_VALUE)})
    assert mentions_key(secret, OLD_VALUE)
    assert "data" not in kept_if_having([OLD_VALUE])(secret)
    assert kept_if_having([OTHER_VALUE, OLD_VALUE])(secret)["keys"] == [1]
