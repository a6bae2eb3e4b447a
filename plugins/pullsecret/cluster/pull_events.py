"""What the kubelet's events tell of pulls: the attempts, and the runtime's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import see_all
from pullsecret.model.doctor.evidence import time_of, version_of
from pullsecret.model.doctor.pull_backoff import Pulls, together
from pullsecret.model.objects.objects import Kind, Object, namespace_of, text_at
from pullsecret.model.objects.pod import pull_waits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import Key


def see_pulls(
    cluster: Cluster, places: Sequence[str], ill: Mapping[Key, Object]
) -> Mapping[tuple[str, str, str], Pulls]:
    """The attempts of each pod that waits, by namespace, pod and image; none where events may not be read."""
    events = see_all(cluster, Kind.EVENT, places, fields="reason=Pulling,involvedObject.kind=Pod")
    found: dict[tuple[str, str, str], Pulls] = {}
    for event in events.present.values():
        key = _pod_and_image(event)
        last = time_of(text_at(event, "lastTimestamp"))
        count = event.get("count")
        if last and isinstance(count, int) and _is_of_this_pod(event, ill.get(key[:2])):
            before = found.get(key)
            pulls = Pulls(count=count, last=last, version=version_of(event))
            found[key] = together(before, pulls) if before else pulls
    return found


def see_failures(
    cluster: Cluster, places: Sequence[str], ill: Mapping[Key, Object]
) -> Mapping[tuple[str, str, str], str]:
    """What the runtime said, where the status itself tells only of the back-off, as that of older kubelets does."""
    mute = [wait for pod in ill.values() for wait in pull_waits(pod) if wait.message.endswith(f'image "{wait.image}"')]
    if not mute:
        return {}
    events = see_all(cluster, Kind.EVENT, places, fields="reason=Failed,involvedObject.kind=Pod")
    told: dict[tuple[str, str, str], str] = {}
    for event in events.present.values():
        key = _pod_and_image(event)
        if key[2] and _is_of_this_pod(event, ill.get(key[:2])):
            told[key] = text_at(event, "message").partition('": ')[2]
    return told


def _pod_and_image(event: Object) -> tuple[str, str, str]:
    """Namespace, pod and image of `Pulling image "I"` and `Failed to pull image "I": ...`."""
    head, quote, rest = text_at(event, "message").partition('image "')
    image = rest.partition('"')[0] if quote and head in ("Pulling ", "Failed to pull ") else ""
    return namespace_of(event), text_at(event, "involvedObject", "name"), image


def _is_of_this_pod(event: Object, pod: Object | None) -> bool:
    return pod is not None and text_at(event, "involvedObject", "uid") == text_at(pod, "metadata", "uid")
