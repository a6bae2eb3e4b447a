"""A renewal of IBM Cloud's own secret: which copies are proven, where a run begins, and what each copy becomes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from objects import copy_marks, docker_config_secret, made_up_password, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Object, mapping_at, merged, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import is_proven
from pullsecret.model.plan.renewal import (
    LONGEST_WAIT,
    MEMORY,
    Renewal,
    RenewalStep,
    RenewedCopy,
    copies_to_renew,
    note_of,
    renewal_changes,
    renewal_of,
    unproven_lines,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.plan.renewal import RenewalCopies

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
OLD_KEY, NEW_KEY = made_up_password(), made_up_password()
OLD_UID, NEW_UID = "0f0e", "1a1b"


def secret(namespace: str, uid: str, password: str = OLD_KEY, name: str = "all-icr-io", **marks: Object) -> Object:
    """A pull secret in a namespace, as read."""
    built = docker_config_secret(name, {"us.icr.io": registry_entry("iamapikey", password)}, **marks)
    times = {"creationTimestamp": "2026-01-01T00:00:00Z"}
    return merged(built, {"metadata": {"namespace": namespace, "uid": uid, **times}})


def copy(namespace: str, source: str = "default/all-icr-io", uid: str = OLD_UID, name: str = "all-icr-io") -> Object:
    """A copy of a secret that had this uid."""
    return secret(namespace, f"uid-of-{namespace}", name=name, **copy_marks(source, uid, f"{namespace}/{name}"))


OLD, NEW = secret("default", OLD_UID), secret("default", NEW_UID, NEW_KEY)
CHANGED = secret("default", OLD_UID, NEW_KEY)
TEAM, AGAIN = copy("team"), copy("deep", "team/all-icr-io", "uid-of-team")
FORGED, STRANGE = copy("forged", uid="guessed"), copy("strange", "other/all-icr-io")
PRESENT = {(namespace_of(item), name_of(item)): item for item in (OLD, TEAM, AGAIN, FORGED, STRANGE)}
EVERY = tuple(namespace for namespace, _ in PRESENT)


def noted(renewal: Renewal, asked: datetime = NOW) -> Renewal:
    """The renewal as another run reads it."""
    return renewal_of(None, note_of(renewal, asked))


def namespaces(copies: RenewalCopies) -> set[str]:
    return {one.key[0] for one in copies.selected}


def broken_note() -> Object:
    note = note_of(renewal_of(OLD, None), NOW)
    return {**note, "data": dict.fromkeys(mapping_at(note, "data"), "%")}


STEPS = {
    "nothing noted": (renewal_of(OLD, None), OLD, RenewalStep.ASK),
    "noted, not written yet": (noted(renewal_of(OLD, None)), OLD, RenewalStep.WAIT),
    "noted, deleted for a moment": (noted(renewal_of(OLD, None)), None, RenewalStep.WAIT),
    "noted long ago": (noted(renewal_of(OLD, None), NOW - LONGEST_WAIT), OLD, RenewalStep.ASK),
    "noted in the future": (noted(renewal_of(OLD, None), NOW + timedelta(days=1)), OLD, RenewalStep.ASK),
    "recreated": (noted(renewal_of(OLD, None), NOW - timedelta(days=9)), NEW, RenewalStep.UPDATE),
    "changed in place": (noted(renewal_of(OLD, None)), CHANGED, RenewalStep.UPDATE),
    "missing before, and still": (noted(renewal_of(None, None)), None, RenewalStep.WAIT),
    "missing before, and there now": (noted(renewal_of(None, None)), NEW, RenewalStep.UPDATE),
    "broken note": (renewal_of(None, broken_note()), None, RenewalStep.ASK),
}


@pytest.mark.parametrize(("renewal", "source", "step"), STEPS.values(), ids=STEPS)
def test_run_begins_where_the_one_before_was_interrupted(
    renewal: Renewal, source: Object | None, step: RenewalStep
) -> None:
    assert renewal.step(source, NOW) is step


OTHERS: dict[str, Callable[[Object], Object]] = {
    "without our label": lambda note: merged(note, {"metadata": {"labels": {"kubectl-pullsecret/managed": None}}}),
    "with other data": lambda note: merged(note, {"data": {"config": ""}}),
    "without data": lambda note: {**note, "data": {}},
    "of another type": lambda note: {**note, "type": "kubernetes.io/basic-auth"},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_secret_of_somebody_else_is_no_note(change: Callable[[Object], Object]) -> None:
    """It would be overwritten, and deleted in the end."""
    with pytest.raises(RefusedError, match="already exists in namespace kube-system and does not remember a renewal"):
        renewal_of(OLD, change(note_of(renewal_of(OLD, None), NOW)))


def test_note_has_no_credential_and_is_where_only_administrators_write() -> None:
    note = note_of(renewal_of(OLD, None), NOW)
    assert (namespace_of(note), name_of(note)) == MEMORY == ("kube-system", "all-icr-io-renewal")
    assert text_at(OLD, "data", ".dockerconfigjson") not in str(note)
    assert OLD_UID not in repr(noted(renewal_of(OLD, None)))


def test_copies_are_proven_by_the_source_before_and_by_what_was_noted_of_it() -> None:
    for renewal, source in ((renewal_of(OLD, None), OLD), (noted(renewal_of(OLD, None)), NEW)):
        found = copies_to_renew(renewal.proofs(source), PRESENT, EVERY)
        assert namespaces(found) == {"team", "deep"}
        assert [one.secret for one in found.unproven] == [FORGED]
        assert list(unproven_lines(found.unproven)) == [
            "secret/all-icr-io in namespace forged is marked as a copy without a valid proof"
        ]


def test_nothing_is_proven_without_the_uid_of_the_source_before() -> None:
    """A proof with an empty key could be made by everybody."""
    anyones = copy("anyones", uid="")
    for renewal in (renewal_of(None, None), noted(renewal_of(None, None))):
        found = copies_to_renew(renewal.proofs(NEW), {("anyones", "all-icr-io"): anyones, **PRESENT}, EVERY)
        assert namespaces(found) == set()
        assert {namespace_of(one.secret) for one in found.unproven} == {"anyones", "team", "forged"}


def test_copies_elsewhere_are_counted_and_unproven_ones_are_written_where_the_user_names_them() -> None:
    found = copies_to_renew((OLD,), PRESENT, ("deep", "forged"), named=("forged",))
    assert namespaces(found) == {"deep", "forged"}
    assert [one.key[0] for one in found.elsewhere] == ["team"]
    assert found.unproven == ()


def test_each_copy_gets_the_new_data_and_the_proof_by_what_it_is_a_copy_of() -> None:
    copies = copies_to_renew((OLD,), PRESENT, EVERY).selected
    deep, team = (change.desired(change.current) for change in renewal_changes(copies, NEW, (OLD,)))
    assert deep["data"] == team["data"] == NEW["data"]
    assert is_proven(team, NEW)
    assert not is_proven(team, OLD)
    assert is_proven(deep, TEAM)


def changed_marks(**annotations: str) -> Callable[[Object], Object]:
    return lambda one: merged(one, {"metadata": {"annotations": annotations}})


OWNED = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "team"},
}
MEANWHILE: dict[str, tuple[Callable[[Object], Object], str]] = {
    "marked as another copy": (changed_marks(**{"kubectl-pullsecret/copied-from": "x/y"}), "is a copy of x/y"),
    "with another proof": (changed_marks(**{"kubectl-pullsecret/proof": "guessed"}), "without a valid proof"),
    "of Helm": (lambda one: merged(one, {"metadata": OWNED}), "owned by Helm"),
    "immutable": (lambda one: {**one, "immutable": True}, "is immutable"),
    "of another type": (lambda one: {**one, "type": "Opaque"}, "is not a pull secret"),
    "without our mark": (
        lambda one: merged(one, {"metadata": {"labels": {"kubectl-pullsecret/managed": None}}}),
        "is not managed by kubectl-pullsecret",
    ),
}


@pytest.mark.parametrize(("change", "words"), MEANWHILE.values(), ids=MEANWHILE)
def test_copy_that_is_another_one_by_now_is_not_written(change: Callable[[Object], Object], words: str) -> None:
    (planned,) = renewal_changes([RenewedCopy(secret=TEAM)], NEW, (OLD,))
    with pytest.raises(RefusedError, match=words):
        planned.desired(change(TEAM))


def test_copy_that_is_gone_stays_gone_and_one_with_the_new_data_is_proven_again() -> None:
    (planned,) = renewal_changes([RenewedCopy(secret=TEAM)], NEW, (OLD,))
    assert planned.desired(None) == {}
    after = planned.desired({**TEAM, "data": NEW["data"]})
    assert is_proven(after, NEW)
    assert planned.desired(after) is after


def test_secret_that_may_not_be_copied_is_copied_nowhere() -> None:
    refusal = RefusedError("x")
    (planned,) = renewal_changes([RenewedCopy(secret=TEAM)], NEW, (OLD,), refusal)
    assert planned.refusal is refusal


def test_in_namespace_that_is_named_a_copy_needs_no_proof() -> None:
    (planned,) = renewal_changes([replace(RenewedCopy(secret=FORGED), is_named=True)], NEW, (OLD,))
    assert mapping_at(planned.desired(FORGED), "data") == NEW["data"]
