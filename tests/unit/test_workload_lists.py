"""The list in a workload's template: what is added and removed, what is refused, and what it does to the pods."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import NotFoundError, PullSecretError, RefusedError, UsageError
from pullsecret.model.objects.objects import CustomKind, Kind
from pullsecret.model.plan.named_objects import by_namespace
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.workload_lists import (
    Workload,
    consequence,
    hiding_warning,
    longer_list,
    pod_spec,
    revealing_note,
    rollouts_of,
    shorter_list,
)
from pullsecret.model.request.workload_name import WorkloadName, workload_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.objects.objects import AnyKind, Object

ROLLOUT = CustomKind(value="rollouts", singular="rollout", title="Rollout", api_group="argoproj.io", version="v1alpha1")


def entries(names: Sequence[str]) -> list[Object]:
    return [{"name": name} if name else {} for name in names]


def workload(kind: AnyKind, listed: Sequence[str] | None = None, **spec: object) -> Workload:
    """A workload as the server sends it; a `listed` of None is a template without a list."""
    pod: Object = {
        "containers": [{"name": "main"}],
        **({} if listed is None else {"imagePullSecrets": entries(listed)}),
    }
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod}
    inner = {"jobTemplate": {"spec": {"template": template}}} if kind is Kind.CRON_JOB else {"template": template}
    metadata = {"name": "app", "namespace": "a", "resourceVersion": "7"}
    return Workload(kind=kind, namespace="a", name="app", current={"metadata": metadata, "spec": {**inner, **spec}})


def names_after(changed: Object, kind: AnyKind) -> list[str] | None:
    spec = pod_spec(kind, changed)
    found = spec.get("imagePullSecrets")
    return [entry["name"] for entry in found] if isinstance(found, list) else None


KINDS = [Kind.DEPLOYMENT, Kind.CRON_JOB, ROLLOUT]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
@pytest.mark.parametrize(
    ("listed", "added", "after"),
    [
        (None, ["x"], ["x"]),
        (["theirs"], ["x", "y"], ["theirs", "x", "y"]),
        (["x", "theirs"], ["x"], ["x", "theirs"]),
        (["", "theirs"], ["x"], ["theirs", "x"]),
    ],
)
def test_longer_list_keeps_every_entry(
    kind: AnyKind, listed: list[str] | None, added: list[str], after: list[str]
) -> None:
    subject = workload(kind, listed)
    assert subject.current is not None

    changed = longer_list(subject, added, is_forced=False).desired(subject.current)

    assert names_after(changed, kind) == after
    assert {**pod_spec(kind, changed), "imagePullSecrets": 0} == {
        **pod_spec(kind, subject.current),
        "imagePullSecrets": 0,
    }
    assert (changed == subject.current) is (listed == after)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_shorter_list_removes_the_names_and_an_empty_list(kind: AnyKind) -> None:
    two, one, none = workload(kind, ["x", "theirs"]), workload(kind, ["x"]), workload(kind)

    def after(subject: Workload) -> list[str] | None:
        return names_after(shorter_list(subject, "x".__eq__, is_forced=False).desired(subject.current), kind)

    assert [after(two), after(one), after(none)] == [["theirs"], None, None]
    change = shorter_list(one, "x".__eq__, is_forced=False)
    assert "that of serviceaccount/default applies" in revealing_note(one, change)
    assert revealing_note(two, shorter_list(two, "x".__eq__, is_forced=False)) == ""


def test_job_is_refused_unless_nothing_changes() -> None:
    standalone, same = workload(Kind.JOB), workload(Kind.JOB, ["x"])
    assert standalone.current is not None
    owner = {"ownerReferences": [{"kind": "CronJob", "apiVersion": "batch/v1", "name": "nightly", "controller": True}]}
    made = {**standalone.current, "metadata": {"name": "app", "namespace": "a", **owner}}

    change = longer_list(standalone, ["x"], is_forced=True)

    with pytest.raises(RefusedError, match="the pod template of a job cannot be changed; create the job again"):
        change.desired(standalone.current)
    with pytest.raises(RefusedError, match="attach it to cronjob/nightly"):
        change.desired(made)
    assert longer_list(same, ["x"], is_forced=False).desired(same.current) == same.current


def test_what_is_absent_or_has_no_template_or_another_owner_is_refused() -> None:
    gone = Workload(kind=ROLLOUT, namespace="a", name="app")
    bare = {"metadata": {"name": "app"}, "spec": {"replicas": 1}}
    controlled = workload(Kind.REPLICA_SET)
    assert controlled.current is not None
    owner = {"ownerReferences": [{"kind": "Deployment", "apiVersion": "apps/v1", "name": "web", "controller": True}]}
    made = {**controlled.current, "metadata": {"name": "app", "namespace": "a", **owner}}

    change = longer_list(gone, ["x"], is_forced=False)

    with pytest.raises(NotFoundError, match=r'rollouts.argoproj.io "app" not found'):
        change.desired(None)
    with pytest.raises(RefusedError, match=r"has no pod template at spec.template"):
        change.desired(bare)
    with pytest.raises(RefusedError, match="owned by Deployment web"):
        longer_list(controlled, ["x"], is_forced=False).desired(made)


def test_list_of_a_custom_resource_that_a_chart_applies_as_a_whole_is_refused() -> None:
    custom, builtin = workload(ROLLOUT, ["theirs"]), workload(Kind.DEPLOYMENT, ["theirs"])

    def applied(subject: Workload, record: Object) -> Object:
        spec = {"f:spec": {"f:template": {"f:spec": {"f:imagePullSecrets": record}}}}
        entry = {"manager": "helm", "operation": "Apply", "time": "2026-11-01T10:00:00Z", "fieldsV1": spec}
        metadata = {"name": "app", "namespace": "a", "managedFields": [entry]}
        return {**(subject.current or {}), "metadata": metadata}

    with pytest.raises(RefusedError, match="the next helm upgrade fails on a conflict"):
        longer_list(custom, ["x"], is_forced=False).desired(applied(custom, {}))
    keyed = applied(builtin, {'k:{"name":"theirs"}': {}})
    assert names_after(longer_list(builtin, ["x"], is_forced=False).desired(keyed), Kind.DEPLOYMENT) == ["theirs", "x"]


def test_forced_list_warns_of_its_owner_and_of_the_controller_of_the_workload() -> None:
    custom = workload(ROLLOUT, ["theirs"])
    record: Object = {"f:spec": {"f:template": {"f:spec": {"f:imagePullSecrets": {}}}}}
    entry = {"manager": "helm", "operation": "Apply", "time": "2026-11-01T10:00:00Z", "fieldsV1": record}
    controller = {"kind": "Shop", "apiVersion": "shop.example/v1", "name": "web", "controller": True}
    metadata = {"name": "app", "namespace": "a", "managedFields": [entry], "ownerReferences": [controller]}
    subject = replace(custom, current={**(custom.current or {}), "metadata": metadata})

    warnings = list_warnings([longer_list(subject, ["x"], is_forced=True)])

    start = "warning: rollout.argoproj.io/app in namespace a:"
    assert [line.partition(": the next")[0].partition(": its")[0] for line in warnings] == [
        f"{start} imagePullSecrets is owned by Helm release",
        f"{start} the workload is owned by Shop web",
    ]
    with pytest.raises(RefusedError, match="is owned by Shop web"):
        longer_list(subject, ["x"], is_forced=False).desired(subject.current)


def test_hiding_is_told_where_a_first_list_hides_secrets_of_the_account() -> None:
    first, second = workload(Kind.DEPLOYMENT), workload(Kind.DEPLOYMENT, ["own"])

    assert "hides that of serviceaccount/default (shared)" in hiding_warning(first, ["shared", "x"], ["x"])
    assert hiding_warning(first, ["x"], ["x"]) == ""
    assert hiding_warning(second, ["shared"], ["x"]) == ""


CONSEQUENCES = {
    "deployment": (workload(Kind.DEPLOYMENT), "is rolled out"),
    "paused": (workload(Kind.DEPLOYMENT, paused=True), "when it is resumed"),
    "stateful set": (workload(Kind.STATEFUL_SET), "is rolled out"),
    "on delete": (workload(Kind.DAEMON_SET, updateStrategy={"type": "OnDelete"}), "when they are deleted"),
    "cron job": (workload(Kind.CRON_JOB), "its next jobs"),
    "replica set": (workload(Kind.REPLICA_SET), "the existing ones stay as they are"),
    "custom": (workload(ROLLOUT), "its controller decides"),
}


@pytest.mark.parametrize(("subject", "words"), CONSEQUENCES.values(), ids=CONSEQUENCES)
def test_consequence_says_what_becomes_of_the_pods(subject: Workload, words: str) -> None:
    assert words in consequence(subject)
    change = longer_list(subject, ["x"], is_forced=False)
    assert rollouts_of([(subject, change)]) == (consequence(subject),)


def test_rollouts_are_those_of_changes_only() -> None:
    job, same = workload(Kind.JOB), workload(Kind.DEPLOYMENT, ["x"])

    assert rollouts_of([(one, longer_list(one, ["x"], is_forced=False)) for one in (job, same)]) == ()


def test_broad_selection_leaves_out_namespaces_without_the_workload() -> None:
    here, there = workload(Kind.DEPLOYMENT), Workload(kind=Kind.DEPLOYMENT, namespace="b", name="app")

    assert set(by_namespace([here, there], is_broad=True)) == {"a"}
    assert set(by_namespace([here, there], is_broad=False)) == {"a", "b"}
    with pytest.raises(NotFoundError):
        by_namespace([there], is_broad=True)


TYPED = {
    "deploy/app": WorkloadName(type="deployment", name="app", kind=Kind.DEPLOYMENT),
    "Deployments.apps/app": WorkloadName(type="deployment", name="app", kind=Kind.DEPLOYMENT),
    "deployments.v1.apps/app": WorkloadName(type="deployment", name="app", kind=Kind.DEPLOYMENT),
    "cj/app": WorkloadName(type="cronjob", name="app", kind=Kind.CRON_JOB),
    "rollouts.argoproj.io/app": WorkloadName(type="rollouts.argoproj.io", name="app"),
    "deployments.other.example/app": WorkloadName(type="deployments.other.example", name="app"),
}


@pytest.mark.parametrize(("word", "found"), TYPED.items())
def test_workload_is_named_as_kubectl_names_types(word: str, found: WorkloadName) -> None:
    assert workload_names([word, word]) == (found,)


@pytest.mark.parametrize("word", ["app", "deployment/", "/app", "pod/app", "nope/app", "a b.c/app", "deploy/A b"])
def test_workload_that_cannot_be_is_a_usage_error(word: str) -> None:
    with pytest.raises(UsageError):
        workload_names([word])


def test_error_of_a_read_is_that_of_the_change() -> None:
    error = PullSecretError("forbidden")
    unread = Workload(kind=Kind.DEPLOYMENT, namespace="a", name="app", error=error)

    assert longer_list(unread, ["x"], is_forced=False).refusal is error
