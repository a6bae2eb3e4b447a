"""Reads pull attempts and the runtime's messages from the kubelet's events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in
from pullsecret.model.doctor.evidence import version_of
from pullsecret.model.doctor.pull_backoff import Pulls, merged_pulls
from pullsecret.model.doctor.runtime_messages import sandbox_image
from pullsecret.model.objects.objects import Kind, Object, namespace_of, point_in_time, text_at
from pullsecret.model.objects.pod import SANDBOX, Wait, is_without_sandbox, pull_waits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import Key


def read_pull_attempts(
    cluster: Cluster, namespaces: Sequence[str], failing: Mapping[Key, Object]
) -> Mapping[tuple[str, str, str], Pulls]:
    """Read the pull attempts of each failing pod by namespace, pod and image; none without permission."""
    events = read_all_in(cluster, Kind.EVENT, namespaces, fields="reason=Pulling,involvedObject.kind=Pod")
    found: dict[tuple[str, str, str], Pulls] = {}
    for event in events.present.values():
        key = _pod_and_image(event)
        last = point_in_time(text_at(event, "lastTimestamp"))
        count = event.get("count")
        if last and isinstance(count, int) and _is_of_this_pod(event, failing.get(key[:2])):
            before = found.get(key)
            pulls = Pulls(count=count, last=last, version=version_of(event))
            found[key] = merged_pulls(before, pulls) if before else pulls
    return found


def read_pull_failures(
    cluster: Cluster, namespaces: Sequence[str], failing: Mapping[Key, Object]
) -> Mapping[tuple[str, str, str], str]:
    """Read the runtime's message where the status reports only the back-off, as older kubelets do."""
    without_message = [
        wait for pod in failing.values() for wait in pull_waits(pod) if wait.message.endswith(f'image "{wait.image}"')
    ]
    if not without_message:
        return {}
    events = read_all_in(cluster, Kind.EVENT, namespaces, fields="reason=Failed,involvedObject.kind=Pod")
    messages: dict[tuple[str, str, str], str] = {}
    for event in events.present.values():
        key = _pod_and_image(event)
        if key[2] and _is_of_this_pod(event, failing.get(key[:2])):
            messages[key] = text_at(event, "message").partition('": ')[2]
    return messages


def read_sandbox_waits(cluster: Cluster, namespaces: Sequence[str], pods: Mapping[Key, Object]) -> Mapping[Key, Wait]:
    """Read which pods wait for the runtime's sandbox image, which only events report; none without permission."""
    waiting = {key: pod for key, pod in pods.items() if is_without_sandbox(pod)}
    if not waiting:
        return {}
    events = read_all_in(cluster, Kind.EVENT, namespaces, fields=f"reason={SANDBOX},involvedObject.kind=Pod")
    found: dict[Key, tuple[datetime, Wait]] = {}
    for event in events.present.values():
        key = (namespace_of(event), text_at(event, "involvedObject", "name"))
        message = text_at(event, "message")
        image = sandbox_image(message)
        last = point_in_time(text_at(event, "lastTimestamp") or text_at(event, "metadata", "creationTimestamp"))
        if image and last and _is_of_this_pod(event, waiting.get(key)) and (key not in found or last > found[key][0]):
            found[key] = (last, Wait(container="", image=image, reason=SANDBOX, message=message))
    return {key: wait for key, (_, wait) in found.items()}


def _pod_and_image(event: Object) -> tuple[str, str, str]:
    """Return namespace, pod and image of `Pulling image "I"` and `Failed to pull image "I": ...`."""
    head, quote, rest = text_at(event, "message").partition('image "')
    image = rest.partition('"')[0] if quote and head in ("Pulling ", "Failed to pull ") else ""
    return namespace_of(event), text_at(event, "involvedObject", "name"), image


def _is_of_this_pod(event: Object, pod: Object | None) -> bool:
    return pod is not None and text_at(event, "involvedObject", "uid") == text_at(pod, "metadata", "uid")
