"""The secrets that a pod's spec uses: to pull its images, as a volume, or in variables; and where workloads have one.

A pull secret can be mounted as well, as builders of images do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")

POD_SPECS = {
    Kind.DEPLOYMENT: ("spec", "template", "spec"),
    Kind.STATEFUL_SET: ("spec", "template", "spec"),
    Kind.DAEMON_SET: ("spec", "template", "spec"),
    Kind.REPLICA_SET: ("spec", "template", "spec"),
    Kind.REPLICATION_CONTROLLER: ("spec", "template", "spec"),
    Kind.JOB: ("spec", "template", "spec"),
    Kind.CRON_JOB: ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""Kubernetes' own kinds with a pod template, each with the path of the pod's spec in it."""


def used_secrets(spec: Object) -> tuple[str, ...]:
    """The names of the secrets that a pod's spec uses, each once, its pull secrets first."""
    return tuple(name for name in dict.fromkeys(_names_in(spec)) if name)


def _names_in(spec: Object) -> Iterator[str]:
    yield from (text_at(entry, "name") for entry in mappings_at(spec, "imagePullSecrets"))
    for volume in mappings_at(spec, "volumes"):
        yield text_at(volume, "secret", "secretName")
        for source in mappings_at(volume, "projected", "sources"):
            yield text_at(source, "secret", "name")
    for field in _CONTAINERS:
        for container in mappings_at(spec, field):
            yield from (text_at(one, "secretRef", "name") for one in mappings_at(container, "envFrom"))
            variables = mappings_at(container, "env")
            yield from (text_at(one, "valueFrom", "secretKeyRef", "name") for one in variables)


def spec_in_template(kind: Kind, workload: Object) -> Object:
    """The pod's spec in the template of a workload; empty for one without."""
    return mapping_at(workload, *POD_SPECS[kind])
