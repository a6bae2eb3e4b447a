"""What a change is called, and how it is settled where no server is asked: in a client's dry run."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, cast

import pytest

from objects import registry_entry
from pullsecret.apply.converge import Converger
from pullsecret.apply.throttle import Pace
from pullsecret.apply.writing import word_for
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Kind, Object, merged
from pullsecret.model.objects.pullsecret import built
from pullsecret.model.plan.change import Change, Done, refused_with
from pullsecret.model.request.common import DryRun, Format, Output

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster

SECRET = built("x", json.dumps({"auths": {"reg.example": registry_entry()}}).encode())
NEWER = built("x", json.dumps({"auths": {"reg.example": registry_entry()}}).encode())
ACCOUNT: Object = {"metadata": {"name": "default", "namespace": "a"}}

WORDS: dict[str, tuple[Kind, Object | None, Object, Done]] = {
    "new": (Kind.SECRET, None, SECRET, Done.CREATED),
    "new-namespace": (Kind.NAMESPACE, None, {"metadata": {"name": "a"}}, Done.CREATED),
    "data": (Kind.SECRET, SECRET, NEWER, Done.CONFIGURED),
    "type": (Kind.SECRET, merged(SECRET, {"type": "Opaque"}), NEWER, Done.REPLACED),
    "immutable-data": (Kind.SECRET, merged(SECRET, {"immutable": True}), NEWER, Done.REPLACED),
    "made-immutable": (Kind.SECRET, SECRET, merged(SECRET, {"immutable": True}), Done.CONFIGURED),
    "account": (Kind.SERVICE_ACCOUNT, ACCOUNT, merged(ACCOUNT, {"secrets": []}), Done.PATCHED),
}


@pytest.mark.parametrize(("kind", "seen", "wanted", "word"), WORDS.values(), ids=WORDS.keys())
def test_change_is_called(kind: Kind, seen: Object | None, wanted: Object, word: Done) -> None:
    assert word_for(kind, seen, wanted) is word


@pytest.fixture
def settler() -> Converger:
    """A settler that has no server to ask, and so fails loudly when it asks one."""
    output = Output(dry_run=DryRun.CLIENT, format=Format.YAML)
    return Converger(cluster=cast("Cluster", None), output=output, stop=Event(), pace=Pace(1))


def test_settled_without_a_server_is_the_object_wanted(settler: Converger) -> None:
    outcome = settler.converge(Change(kind=Kind.SECRET, namespace="a", name="x", wanted=lambda _: SECRET))

    assert (outcome.done, outcome.result, outcome.error) == (Done.CREATED, SECRET, None)
    assert outcome.is_good


def test_settled_where_nothing_differs_is_unchanged(settler: Converger) -> None:
    change = Change(kind=Kind.SECRET, namespace="a", name="x", seen=SECRET, wanted=lambda _: dict(SECRET))

    assert settler.converge(change).done is Done.UNCHANGED


def test_settled_where_it_is_refused_is_a_failure_with_its_reason(settler: Converger) -> None:
    error = RefusedError("not this one")

    outcome = settler.converge(Change(kind=Kind.SECRET, namespace="a", name="x", wanted=refused_with(error)))

    assert (outcome.done, outcome.error) == (Done.FAILED, error)
    assert not outcome.is_good


def test_settled_without_a_server_takes_a_service_account_that_will_appear_as_blank(settler: Converger) -> None:
    seen: list[Object | None] = []

    def wanted(account: Object | None) -> Object:
        seen.append(account)
        return {**(account or {}), "imagePullSecrets": [{"name": "x"}]}

    change = Change(kind=Kind.SERVICE_ACCOUNT, namespace="a", name="default", wanted=wanted, appears_within=30)
    outcome = settler.converge(change)

    assert outcome.done is Done.PATCHED
    assert seen[0] == {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "a"}}
