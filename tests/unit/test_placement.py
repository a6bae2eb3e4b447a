"""The plan for putting secrets into namespaces: which changes, in which order, and which are known to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, encoded, references, registry_entry
from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.objects.objects import AnyKind, Kind, Object
from pullsecret.model.objects.pullsecret import ReplacePolicy, copied
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.placement import Placement, absence_steps, duplicate_notes, placement_plan
from pullsecret.model.request.command_request import Attachment
from pullsecret.model.request.targets import Selection, Targets

if TYPE_CHECKING:
    from pullsecret.model.plan.change import Change, Plan

SOURCE = docker_config_secret("x", {"reg.example": registry_entry()}, namespace="home", uid="1")
FORBIDDEN = ForbiddenError("secrets is forbidden", code=403, reason="Forbidden")
NAMESPACE, SECRET, ACCOUNT = Kind.NAMESPACE, Kind.SECRET, Kind.SERVICE_ACCOUNT


def planned(
    *names: str,
    missing: tuple[str, ...] = (),
    create: bool = False,
    attachment: Attachment | None = None,
    replace_policy: ReplacePolicy | None = None,
    **reads: Observed,
) -> Plan:
    """The plan to copy SOURCE into namespaces; `reads` are what exists in them."""
    observed = ObservedNamespaces(selection=Selection(names=names, missing=frozenset(missing)), **reads)
    placement = Placement(
        targets=Targets(create_missing=create), replace_policy=replace_policy or ReplacePolicy(), attachment=attachment
    )
    return placement_plan(observed, lambda namespace: [NewSecret(secret=copied(SOURCE, "x", namespace))], placement)


def steps_of(plan: Plan) -> list[list[tuple[AnyKind, str, str]]]:
    return [[(step.kind, step.namespace, step.name) for step in steps] for steps in plan.sequences]


def error_of(change: Change) -> PullSecretError:
    if change.refusal is not None:
        return change.refusal
    with pytest.raises(PullSecretError) as caught:
        change.desired(change.current)
    return caught.value


def account(name: str, *pull_secrets: str) -> Object:
    return {"metadata": {"name": name, "namespace": "a"}, "imagePullSecrets": references(pull_secrets)}


def test_plan_has_a_sequence_per_namespace_with_the_secret_before_its_references() -> None:
    plan = planned("a", "b", attachment=Attachment(accounts=("one", "two")))

    assert steps_of(plan) == [
        [(SECRET, name, "x"), (ACCOUNT, name, "one"), (ACCOUNT, name, "two")] for name in ("a", "b")
    ]
    needs = [step.needs for step in plan.sequences[0]]
    assert needs == [{(NAMESPACE, "a")}, {(NAMESPACE, "a"), (SECRET, "x")}, {(NAMESPACE, "a"), (SECRET, "x")}]


def test_plan_without_namespaces_is_empty() -> None:
    assert planned().sequences == ()


def test_plan_for_a_missing_namespace_creates_it_first_or_reports_its_absence() -> None:
    made = planned("a", missing=("a",), create=True)
    (absence,) = planned("a", missing=("a",)).sequences

    assert steps_of(made) == [[(NAMESPACE, "a", "a"), (SECRET, "a", "x")]]
    assert [(step.kind, step.name) for step in absence] == [(NAMESPACE, "a")]
    assert isinstance(error_of(absence[0]), NotFoundError)
    assert error_of(absence[0]).hint == "use --create-namespaces to create it"


def test_absence_without_a_flag_for_it_has_no_hint() -> None:
    observed = ObservedNamespaces(selection=Selection(names=("a", "b"), missing=frozenset("a")))

    (change,) = absence_steps("a", observed)

    assert error_of(change).line == 'Error from server (NotFound): namespaces "a" not found'
    assert error_of(change).hint == ""
    assert absence_steps("b", observed) == ()


REFUSED = {
    "unmanaged": Observed(present={("a", "x"): {**SOURCE, "data": {"other": encoded("data")}}}),
    "unreadable": Observed(unreadable={("a", "x"): FORBIDDEN}),
    "namespace-unreadable": Observed(unreadable={("a", ""): FORBIDDEN}),
}


@pytest.mark.parametrize("secrets", REFUSED.values(), ids=REFUSED.keys())
def test_plan_references_no_secret_that_is_known_to_fail(secrets: Observed) -> None:
    plan = planned("a", "b", attachment=Attachment(), secrets=secrets)

    assert steps_of(plan) == [[(SECRET, "a", "x")], [(SECRET, "b", "x"), (ACCOUNT, "b", "default")]]
    assert error_of(plan.sequences[0][0]).line


def test_plan_waits_only_for_the_service_account_that_the_control_plane_creates() -> None:
    plan = planned("a", attachment=Attachment(accounts=("default", "puller"), wait=7.0))

    assert [step.appears_within for step in plan.sequences[0]] == [0, 7, 0]


def test_plan_for_all_service_accounts_edits_those_that_exist_or_else_the_default_one() -> None:
    seen = {("a", name): account(name) for name in ("default", "puller")}
    plan = planned("a", "b", attachment=Attachment(every=True), accounts=Observed(present=seen))

    assert [[step.name for step in steps[1:]] for steps in plan.sequences] == [["default", "puller"], ["default"]]


def test_edit_of_a_missing_service_account_fails_with_not_found() -> None:
    (steps,) = planned("a", attachment=Attachment(accounts=("puller",))).sequences

    assert error_of(steps[1]).line == 'Error from server (NotFound): serviceaccounts "puller" not found'


def test_edit_is_computed_from_the_object_at_the_time_of_writing() -> None:
    (steps,) = planned("a", attachment=Attachment()).sequences

    desired = steps[1].desired(account("default", "written-meanwhile"))

    assert desired["imagePullSecrets"] == references(["written-meanwhile", "x"])


def test_notes_report_duplicate_names_in_the_edited_lists() -> None:
    observed = ObservedNamespaces(accounts=Observed(present={("a", "puller"): account("puller", "o", "p", "o", "p")}))

    assert duplicate_notes(observed, Attachment(), {"x"}) == (
        "note: serviceaccount/puller in namespace a lists o, p more than once; not changed",
    )
    assert duplicate_notes(observed, Attachment(fields=("secrets",)), {"x"}) == ()
    assert duplicate_notes(observed, None, ()) == ()
