"""Workloads of every kind that has pod templates, as manifests, and the pods that a cluster makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from objects import named

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Object

    Builder = Callable[[str, Object], Object]

LABEL = "made-for"
"""The label of pods with the name of their combination."""


def template(name: str, spec: Object) -> Object:
    """A pod template with the label of its combination."""
    return {"metadata": {"labels": {LABEL: name}}, "spec": spec}


def _pod(name: str, spec: Object) -> Object:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {LABEL: name}}, "spec": spec}


def _selected(kind: str, api: str, **more: object) -> Builder:
    """The builder of a kind that selects its pods by labels."""

    def build(name: str, spec: Object) -> Object:
        selector = {"matchLabels": {LABEL: name}}
        return {
            **named(kind, name, spec={"selector": selector, "template": template(name, spec), **more}),
            "apiVersion": api,
        }

    return build


def _job(name: str, spec: Object) -> Object:
    return {**named("Job", name, spec={"template": template(name, _once(spec))}), "apiVersion": "batch/v1"}


def _cron_job(name: str, spec: Object) -> Object:
    jobs = {"spec": {"template": template(name, _once(spec))}}
    schedule = {"schedule": "0 3 * * *", "suspend": True}
    return {**named("CronJob", name, spec={**schedule, "jobTemplate": jobs}), "apiVersion": "batch/v1"}


def _once(spec: Object) -> Object:
    return {**spec, "restartPolicy": "Never"}


def _replication_controller(name: str, spec: Object) -> Object:
    return {
        **named(
            "ReplicationController",
            name,
            spec={"replicas": 1, "selector": {LABEL: name}, "template": template(name, spec)},
        ),
        "apiVersion": "v1",
    }


def _pod_template(name: str, spec: Object) -> Object:
    return {**named("PodTemplate", name, template=template(name, spec)), "apiVersion": "v1"}


def _spark(name: str, spec: Object) -> Object:
    """A custom kind that has its pod template two levels down, and a list of something else beside it."""
    groups = [{"groupName": "none", "replicas": 0}, {"groupName": "a", "template": template(name, spec)}]
    return {
        **named("RayCluster", name, spec={"rayVersion": "2.9", "workerGroupSpecs": groups}),
        "apiVersion": "ray.io/v1",
    }


BY_CONTROLLERS: dict[str, Builder] = {
    "Pod": _pod,
    "Deployment": _selected("Deployment", "apps/v1"),
    "StatefulSet": _selected("StatefulSet", "apps/v1", serviceName="none"),
    "DaemonSet": _selected("DaemonSet", "apps/v1"),
    "ReplicaSet": _selected("ReplicaSet", "apps/v1"),
    "Job": _job,
}
"""The kinds whose pods come from the cluster's own controllers."""

BUILDERS: dict[str, Builder] = {
    **BY_CONTROLLERS,
    "CronJob": _cron_job,
    "ReplicationController": _replication_controller,
    "PodTemplate": _pod_template,
    "Rollout": _selected("Rollout", "argoproj.io/v1alpha1"),
    "RayCluster": _spark,
}
"""All kinds; those that no controller of the tests' cluster knows get their pod from the test, made as theirs would."""

EXISTING = (*BY_CONTROLLERS, "CronJob")
"""The kinds that are in the cluster before the program is asked about them by TYPE/NAME."""


def manifest(kind: str, name: str, spec: Object) -> Object:
    """A workload of a kind with a pod template, or a pod."""
    return BUILDERS[kind](name, spec)


def new_pod(name: str, spec: Object, kind: str = "") -> Object:
    """A pod as a controller makes it from a template with this spec."""
    return _pod(name, _once(spec) if kind in {"Job", "CronJob"} else spec)


def job_of(cron_job: Object) -> Object:
    """The job that the controller of cron jobs makes of one, as it is in the cluster."""
    metadata = cron_job["metadata"]
    owner = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
    }
    job = named("Job", f"{metadata['name']}-29400000", spec=cron_job["spec"]["jobTemplate"]["spec"])
    return {**job, "metadata": {**job["metadata"], "ownerReferences": [owner]}}
