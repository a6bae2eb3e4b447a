"""What a write is called, and how a change ends without a server: in a client-side dry run, or refused."""

from __future__ import annotations

import json
from threading import Event
from typing import TYPE_CHECKING, cast

import pytest

from objects import registry_entry
from pullsecret.apply.concurrency import fixed
from pullsecret.apply.converge import Convergence
from pullsecret.apply.done_by_write import done_by_write
from pullsecret.apply.terms import Patience, Terms
from pullsecret.apply.throttle import Throttle
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Kind, Object, merged
from pullsecret.model.objects.pullsecret import built
from pullsecret.model.plan.change import Change, Done
from pullsecret.model.request.command_request import DryRun, Format, Output

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster

SECRET = built("x", json.dumps({"auths": {"reg.example": registry_entry()}}).encode())
NEWER = built("x", json.dumps({"auths": {"reg.example": registry_entry()}}).encode())
ACCOUNT: Object = {"metadata": {"name": "default", "namespace": "a"}}

WRITES: dict[str, tuple[Kind, Object | None, Object, Done]] = {
    "new": (Kind.SECRET, None, SECRET, Done.CREATED),
    "new-namespace": (Kind.NAMESPACE, None, {"metadata": {"name": "a"}}, Done.CREATED),
    "data": (Kind.SECRET, SECRET, NEWER, Done.CONFIGURED),
    "type": (Kind.SECRET, merged(SECRET, {"type": "kubernetes.io/dockercfg"}), NEWER, Done.REPLACED),
    "immutable-data": (Kind.SECRET, merged(SECRET, {"immutable": True}), NEWER, Done.REPLACED),
    "becomes-immutable": (Kind.SECRET, SECRET, merged(SECRET, {"immutable": True}), Done.CONFIGURED),
    "account": (Kind.SERVICE_ACCOUNT, ACCOUNT, merged(ACCOUNT, {"secrets": []}), Done.PATCHED),
}

TERMS = Terms(
    cluster=cast("Cluster", None),  # a write or a read would fail loudly
    output=Output(dry_run=DryRun.CLIENT, format=Format.YAML),
    stop=Event(),
    throttle=Throttle(fixed(1)),
    patience=Patience(0),
)


@pytest.mark.parametrize(("kind", "current", "desired", "done"), WRITES.values(), ids=WRITES.keys())
def test_write_is_called(kind: Kind, current: Object | None, desired: Object, done: Done) -> None:
    assert done_by_write(kind, current, desired) is done


def test_dry_run_ends_with_the_desired_object() -> None:
    change = Change(kind=Kind.SECRET, namespace="a", name="x", desired=lambda _: SECRET)

    outcome = Convergence(change, TERMS).run()

    assert (outcome.done, outcome.result, outcome.error) == (Done.CREATED, SECRET, None)
    assert outcome.is_good


def test_change_of_an_object_in_its_desired_state_is_unchanged() -> None:
    change = Change(kind=Kind.SECRET, namespace="a", name="x", current=SECRET, desired=lambda _: dict(SECRET))

    assert Convergence(change, TERMS).run().done is Done.UNCHANGED


def refuse(_: Object | None) -> Object:
    raise RefusedError("not this one")


REFUSED = {
    "known-before": Change(kind=Kind.SECRET, namespace="a", name="x", refusal=RefusedError("not this one")),
    "when-computed": Change(kind=Kind.SECRET, namespace="a", name="x", desired=refuse),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_refused_change_fails_with_its_reason(change: Change) -> None:
    outcome = Convergence(change, TERMS).run()

    assert outcome.done is Done.FAILED
    assert outcome.error is not None
    assert outcome.error.line == "error: not this one"
    assert not outcome.is_good


def test_dry_run_assumes_an_empty_service_account_that_the_control_plane_would_create() -> None:
    seen: list[Object | None] = []

    def desired(account: Object | None) -> Object:
        seen.append(account)
        return {**(account or {}), "imagePullSecrets": [{"name": "x"}]}

    change = Change(kind=Kind.SERVICE_ACCOUNT, namespace="a", name="default", desired=desired, appears_within=30)

    assert Convergence(change, TERMS).run().done is Done.PATCHED
    assert seen[0] == {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "a"}}
