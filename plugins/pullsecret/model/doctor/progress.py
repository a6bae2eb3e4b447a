"""What became of the pods that were treated: they pull, they still wait, or they wait for another reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.doctor.runtime_messages import PullError, text_of
from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, text_at
from pullsecret.model.objects.pod import is_of, pull_waits
from pullsecret.model.plan.waiting_pods import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.automatic import AutoFix
    from pullsecret.model.doctor.evidence import Evidence


class State(Enum):
    """How a patient is."""

    WAITING = "still waits for its image"
    WORSE = "waits for another reason now"
    HEALED = "pulls its images"


@dataclass(frozen=True, kw_only=True)
class WatchedOwner:
    """The pods of one owner: which there were, what their trouble was, and whether only new ones can be well."""

    namespace: str
    owner: str
    uids: frozenset[str]
    troubles: frozenset[PullError]
    needs_new_pods: bool

    def state(self, pods: Iterable[Object]) -> State:
        """How they are, by the pods of their namespace."""
        own = [pod for pod in pods if is_of(pod, self.owner) and "deletionTimestamp" not in mapping_at(pod, "metadata")]
        new = [pod for pod in own if text_at(pod, "metadata", "uid") not in self.uids]
        if any(self._is_worse(pod, is_new=pod in new) for pod in own):
            return State.WORSE
        judged = new if self.needs_new_pods else own
        is_well = judged and not any(pull_waits(pod) for pod in own) and all(map(_has_pulled, judged))
        return State.HEALED if is_well else State.WAITING

    def _is_worse(self, pod: Object, *, is_new: bool) -> bool:
        """Whether a pod waits for an image for which nothing more will be done."""
        if is_new and self.needs_new_pods:
            return bool(pull_waits(pod))
        return not troubles_of(pod) <= self.troubles


def watched_owners(fixes: Iterable[AutoFix], evidence: Evidence) -> tuple[WatchedOwner, ...]:
    """The owners of pods that were treated, each with the pods that wait now."""
    needs: dict[tuple[str, str], bool] = {}
    for item in fixes:
        is_anew = item.diagnosis.fix.remedy is not Recovery.TIME
        owners = [advice.owner for advice in item.owners] if is_anew else item.diagnosis.owners
        for owner in owners:
            key = (item.diagnosis.namespace, owner)
            needs[key] = needs.get(key, False) or is_anew
    return tuple(_patient(key, evidence, is_anew=is_anew) for key, is_anew in needs.items())


def _patient(key: tuple[str, str], evidence: Evidence, *, is_anew: bool) -> WatchedOwner:
    namespace, owner = key
    pods = [pod for pod in evidence.observed.pods.in_namespace(namespace) if is_of(pod, owner)]
    return WatchedOwner(
        namespace=namespace,
        owner=owner,
        uids=frozenset(text_at(pod, "metadata", "uid") for pod in pods),
        troubles=frozenset(trouble for pod in pods for trouble in troubles_of(pod)),
        needs_new_pods=is_anew,
    )


def troubles_of(pod: Object) -> frozenset[PullError]:
    """What a pod's messages come to; older kubelets tell of a back-off without its cause, which is nothing new."""
    sayings = {text_of(wait.message or wait.reason).saying for wait in pull_waits(pod)}
    return frozenset(sayings - {PullError.NOTHING})


def _has_pulled(pod: Object) -> bool:
    """Whether a container of the pod has its image: it runs, it ended, or it waits for something that comes later."""
    fields = ("initContainerStatuses", "containerStatuses")
    states = [mapping_at(status, "state") for field in fields for status in mappings_at(pod, "status", field)]
    later = {"ContainerCreating", "PodInitializing"}
    begun = [state for state in states if text_at(state, "waiting", "reason") not in later and state]
    return bool(begun)
