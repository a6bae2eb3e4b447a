"""The fixes that --fix applies automatically, and the reason for each one that it skips."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from doctor_evidence import NOW, TEAM, deployed, evidence_of, secret, template, waiting

from objects import made_up_password, registry_entry
from pull_messages import CONTAINERD
from pullsecret.actions.composed.fix import FixRequest, attach_request, copy_request
from pullsecret.errors import RefusedError
from pullsecret.model.doctor.automatic import NOTHING_MORE, FixPermissions, fix_plan_for
from pullsecret.model.doctor.diagnosis import diagnoses_of
from pullsecret.model.doctor.fixes import AttachStep, CopyStep
from pullsecret.model.objects.objects import Kind, mappings_at, name_of, text_at
from pullsecret.model.plan.restart import recreated_pod, shown_pod

if TYPE_CHECKING:
    from control_plane.api import Object
    from pullsecret.model.doctor.evidence import Evidence

EVERYTHING = FixPermissions(overwrite=True, recreate_pods=True)
AT_HOME = secret("regcred", namespace="default")
HERE = secret("regcred")


def owned(kind: str) -> Object:
    """The pod, created by an owner of this kind."""
    item = waiting()
    references = [{"kind": kind, "name": "app", "controller": True}]
    return {**item, "metadata": {**item["metadata"], "ownerReferences": references}}


class Row(NamedTuple):
    """What is in the cluster, and what is skipped without and with all flags ("": it is automatic)."""

    evidence: Evidence
    reason: str
    with_flags: str


NEEDS_A_PASSWORD = "needs a password"  # noqa: S105  a sentence
ROWS = {
    "copy": Row(evidence_of(deployed(waiting()), elsewhere=[AT_HOME]), "", ""),
    "attach": Row(evidence_of(deployed(waiting()), secrets=[HERE]), "", ""),
    "restart": Row(evidence_of(deployed(waiting()), secrets=[HERE], attached=["regcred"]), "", ""),
    "stateful-set": Row(evidence_of(owned("StatefulSet"), secrets=[HERE]), "", ""),
    "copy-in-place": Row(evidence_of(deployed(waiting("regcred")), elsewhere=[AT_HOME]), "", ""),
    "copy-in-place-for-a-standalone-pod": Row(evidence_of(waiting("regcred"), elsewhere=[AT_HOME]), "", ""),
    "registry-that-recovers": Row(
        evidence_of(deployed(waiting(message=CONTAINERD["token-login-503"].of("reg.example/team/app:1")))), "", ""
    ),
    "password": Row(evidence_of(deployed(waiting())), NEEDS_A_PASSWORD, NEEDS_A_PASSWORD),
    "workload": Row(
        evidence_of(deployed(waiting(image="reg.example/A", reason="InvalidImageName"))),
        "changes the workload",
        "changes the workload",
    ),
    "unmanaged-secret": Row(
        evidence_of(
            deployed(waiting("regcred")),
            secrets=[secret("regcred", entry=registry_entry("puller"))],
            elsewhere=[AT_HOME],
        ),
        "would replace an unmanaged secret (use --overwrite)",
        "",
    ),
    "no-pull-secret-problem": Row(
        evidence_of(deployed(waiting("regcred")), unreadable=True),
        "not a pull secret problem",
        "not a pull secret problem",
    ),
    "standalone-pod": Row(
        evidence_of(waiting(), secrets=[HERE]), "a standalone pod would not be recreated (use --recreate-pods)", ""
    ),
    "job": Row(
        evidence_of(owned("Job"), secrets=[HERE]),
        "recreate its pods with the command above",
        "recreate its pods with the command above",
    ),
    "owner-of-an-unknown-kind": Row(
        evidence_of(owned("Notebook"), secrets=[HERE]),
        "what it does when its pod is deleted is not known",
        "what it does when its pod is deleted is not known",
    ),
}


def test_nothing_is_changed_in_a_system_namespace_that_was_not_named() -> None:
    spared = FixPermissions(overwrite=True, recreate_pods=True, spared=frozenset({TEAM}))

    found = fix_plan_for(diagnoses_of(ROWS["copy"].evidence), spared)

    assert (found.fixes, found.steps) == ((), ())
    assert found.manual == (
        "note: skipped deployment/app in namespace team: it is in a system namespace (use -n team)",
    )


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
@pytest.mark.parametrize("permissions", [NOTHING_MORE, EVERYTHING], ids=["without-flags", "with-all-flags"])
def test_fix_is_automatic_or_has_a_reason(row: Row, permissions: FixPermissions) -> None:
    diagnoses = diagnoses_of(row.evidence)
    (owner,) = diagnoses[0].owners
    reason = row.with_flags if permissions is EVERYTHING else row.reason

    found = fix_plan_for(diagnoses, permissions)

    assert found.manual == ((f"note: skipped {owner} in namespace {TEAM}: {reason}",) if reason else ())
    assert bool(found.fixes) is not bool(reason)


def test_owners_of_one_cause_are_fixed_or_skipped_one_by_one() -> None:
    alone = {**waiting(), "metadata": {**waiting()["metadata"], "name": "alone"}}

    found = fix_plan_for(diagnoses_of(evidence_of(deployed(waiting()), alone, secrets=[HERE])))

    assert [item.owner for fix in found.fixes for item in fix.owners] == ["deployment/app"]
    assert found.manual == (
        f"note: skipped pod/alone in namespace {TEAM}: a standalone pod would not be recreated (use --recreate-pods)",
    )


def test_copy_for_several_causes_is_created_once_and_attached() -> None:
    other = {**waiting("regcred"), "metadata": {**waiting()["metadata"], "name": "other"}}
    evidence = evidence_of(deployed(waiting()), other, elsewhere=[AT_HOME])

    found = fix_plan_for(diagnoses_of(evidence))

    step = CopyStep(secret="regcred", source="default", name="regcred", account="default")  # noqa: S106  a name
    assert found.steps == ((TEAM, step),)
    assert found.fixes[0].needs == {(Kind.SECRET, "regcred"), (Kind.SERVICE_ACCOUNT, "default")}


def test_owner_with_a_pod_that_does_not_wait_is_not_restarted() -> None:
    evidence = evidence_of(deployed(waiting()), secrets=[HERE], attached=["regcred"], serving=True)

    (restart,) = fix_plan_for(diagnoses_of(evidence)).restarts

    assert (restart.pods, restart.is_restartable) == (("app",), False)


def test_owner_that_waits_for_several_causes_is_restarted_once() -> None:
    other = {
        **deployed(waiting(image="other.example/a:1")),
        "metadata": deployed(waiting())["metadata"] | {"name": "b"},
    }
    evidence = evidence_of(deployed(waiting()), other, secrets=[HERE, secret("second", "other.example")])

    found = fix_plan_for(diagnoses_of(evidence))

    assert len(found.fixes) == 2
    (restart,) = found.restarts
    assert (restart.owner, restart.pods, restart.secrets) == ("deployment/app", ("app", "b"), ())
    assert restart.is_restartable
    assert restart.needs == {(Kind.SERVICE_ACCOUNT, "default")}


def test_list_of_an_owner_gets_all_secrets_that_its_causes_need_at_once() -> None:
    images = ("reg.example/team/app:1", "other.example/a:1")
    pods = [
        {**deployed(waiting("gone", image=image)), "metadata": deployed(waiting())["metadata"] | {"name": name}}
        for image, name in zip(images, "ab", strict=True)
    ]
    evidence = evidence_of(*pods, secrets=[HERE, secret("second", "other.example")], owner=template("gone"))

    (restart,) = fix_plan_for(diagnoses_of(evidence)).restarts

    assert restart.secrets == ("regcred", "second")


def test_steps_are_the_requests_of_their_commands() -> None:
    request = FixRequest(fix_plan=fix_plan_for(()), at=NOW, force_conflicts=True)
    step = CopyStep(secret="regcred", source="tools", name="copied", account="puller", overwrite=True)  # noqa: S106

    copying = copy_request(step, TEAM, request)
    attaching = attach_request(AttachStep(secret="regcred", account="puller"), TEAM, request)  # noqa: S106  a name

    assert (copying.names, copying.from_namespace, copying.name_template) == (("regcred",), "tools", "copied")
    assert (copying.replace_policy.overwrite, copying.replace_policy.recreate) == (True, False)
    assert copying.attachment is not None
    assert copying.attachment.accounts == attaching.attachment.accounts == ("puller",)
    assert copying.replace_policy.force_conflicts
    assert attaching.attachment.force_conflicts
    assert copying.targets.names == attaching.targets.names == (TEAM,)


def test_pod_with_a_running_container_is_not_recreated() -> None:
    item = waiting()
    running = {"name": "other", "state": {"running": {}}}
    status = {"containerStatuses": [running]}

    assert name_of(recreated_pod(item)(item)) == "app"
    with pytest.raises(RefusedError, match="pod/app has a running container and is not recreated"):
        recreated_pod(item)({**item, "status": status})


def test_manifest_of_a_lost_pod_shows_no_value_of_a_variable() -> None:
    password = made_up_password()
    container = {"name": "main", "image": "a", "env": [{"name": "TOKEN", "value": password}, {"name": "X"}]}
    item = {**waiting(), "spec": {"containers": [container]}}

    shown = shown_pod({**item, "metadata": {**item["metadata"], "annotations": {"any": password}}})

    assert password not in str(shown)
    assert [text_at(entry, "name") for entry in mappings_at(mappings_at(shown, "spec", "containers")[0], "env")] == [
        "TOKEN",
        "X",
    ]
