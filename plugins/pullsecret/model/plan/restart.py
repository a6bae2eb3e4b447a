"""Owners whose pods are recreated, and pods that are recreated: how they should be.

A restart is the annotation that `kubectl rollout restart` writes (kubectl: pkg/polymorphichelpers/objectrestarter.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.objects.objects import (
    AnyKind,
    Object,
    as_manifest,
    mapping_at,
    mappings_at,
    merged,
    name_of,
    resource_of,
    text_at,
)
from pullsecret.model.plan.change import GONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.plan.change import DesiredState

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def restarted(kind: AnyKind, name: str, at: str, *secrets: str) -> DesiredState:
    """An owner with a changed template: the time of its restart and, if given, more secrets in its list.

    The function raises NotFoundError for an owner that does not exist, and RefusedError for a paused deployment.
    """

    def desired(current: Object | None) -> Object:
        owner = _existing(current, kind, name)
        if mapping_at(owner, "spec").get("paused") is True:
            message = f"can't restart paused {kind.word} (run rollout resume first)"
            raise RefusedError(message)
        stamp: Object = {"metadata": {"annotations": {RESTARTED_AT: at}}}
        return merged(_with_secrets(owner, secrets), {"spec": {"template": stamp}})

    return desired


def with_pull_secrets(kind: AnyKind, name: str, *secrets: str) -> DesiredState:
    """An owner whose next pods will have more secrets; existing pods stay as they are."""
    return lambda current: _with_secrets(_existing(current, kind, name), secrets)


def deleted(pod: Object) -> DesiredState:
    """No pod of this name, unless it is another one by now: its owner has recreated it."""
    return lambda current: GONE if current is None or _is_same(current, pod) else current


def recreated_pod(pod: Object, *secrets: str) -> DesiredState:
    """The same pod, created again, with more secrets if given; a pod created since stays.

    The function raises RefusedError for a pod with a running container: it would end without its grace period.
    """
    fresh = as_manifest(pod)
    desired = merged(fresh, {"spec": _longer_list(mapping_at(fresh, "spec"), secrets)})

    def recreated(current: Object | None) -> Object:
        if current is None or not _is_same(current, pod):
            return desired if current is None else current
        if _has_running_container(current):
            raise RefusedError(f"pod/{name_of(pod)} has a running container and is not recreated")
        return desired

    return recreated


def shown_pod(pod: Object) -> Object:
    """A pod's manifest to print: values of environment variables, and annotations, may hold credentials."""
    fresh = as_manifest(pod)
    spec = mapping_at(fresh, "spec")
    fields = ("initContainers", "containers", "ephemeralContainers")
    containers = {field: [_shown_container(item) for item in mappings_at(spec, field)] for field in fields}
    shown = {**spec, **{field: items for field, items in containers.items() if items}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        **fresh,
        "metadata": {**mapping_at(fresh, "metadata"), "annotations": {}},
        "spec": shown,
    }


def _shown_container(container: Object) -> Object:
    names = [{**entry, "value": "<hidden>"} if "value" in entry else entry for entry in mappings_at(container, "env")]
    return {**container, "env": names} if names else container


def _has_running_container(pod: Object) -> bool:
    fields = ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
    states = (mapping_at(status, "state") for field in fields for status in mappings_at(pod, "status", field))
    return any("running" in state for state in states)


def _existing(current: Object | None, kind: AnyKind, name: str) -> Object:
    if current is None:
        raise NotFoundError(f'{resource_of(kind)} "{name}" not found', code=404, reason="NotFound")
    return current


def _with_secrets(owner: Object, secrets: Sequence[str]) -> Object:
    spec = _longer_list(mapping_at(owner, "spec", "template", "spec"), secrets)
    return merged(owner, {"spec": {"template": {"spec": spec}}}) if spec else owner


def _longer_list(spec: Object, secrets: Sequence[str]) -> Object:
    """The change of a pod's spec that adds secrets after the others; nothing when all are listed already.

    Entries without a name, which reference nothing, are left out.
    """
    there = [entry for entry in mappings_at(spec, "imagePullSecrets") if text_at(entry, "name")]
    names = {text_at(entry, "name") for entry in there}
    added = [{"name": secret} for secret in dict.fromkeys(secrets) if secret not in names]
    return {"imagePullSecrets": [*there, *added]} if added else {}


def _is_same(current: Object, pod: Object) -> bool:
    return name_of(current) == name_of(pod) and text_at(current, "metadata", "uid") == text_at(pod, "metadata", "uid")
