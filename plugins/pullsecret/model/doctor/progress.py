"""What became of the pods after a fix: they have pulled, still wait, or fail for another reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.doctor.runtime_messages import PullError, pattern_of, without_back_off
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, text_at
from pullsecret.model.objects.pod import Wait, is_of, pull_waits
from pullsecret.model.plan.waiting_pods import Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.automatic import AutoFix
    from pullsecret.model.doctor.evidence import Evidence


class State(Enum):
    """The state of an owner's pods; the value is how it is reported."""

    WAITING = "is still waiting for its image"
    OTHER_ERROR = "fails for another reason"
    RECOVERED = "has pulled its images"


@dataclass(frozen=True, kw_only=True)
class ObservedState:
    """The state of an owner's pods, and with OTHER_ERROR the error in plain words."""

    state: State
    error: str = ""

    @property
    def line(self) -> str:
        """What is reported of it after the owner's name."""
        return f"{self.state.value}: {self.error}" if self.error else self.state.value


@dataclass(frozen=True, kw_only=True)
class WatchedOwner:
    """The pods of one owner: which there were, with which errors, and whether only new pods can recover."""

    namespace: str
    owner: str
    uids: frozenset[str]
    errors: frozenset[PullError]
    needs_new_pods: bool

    def observed_state(self, pods: Iterable[Object]) -> ObservedState:
        """Their state, by the pods of their namespace."""
        own = [pod for pod in pods if is_of(pod, self.owner) and "deletionTimestamp" not in mapping_at(pod, "metadata")]
        new = [pod for pod in own if text_at(pod, "metadata", "uid") not in self.uids]
        failing = [pod for pod in own if self._has_other_error(pod, is_new=pod in new)]
        if failing:
            return ObservedState(state=State.OTHER_ERROR, error=_first_error(failing))
        judged = new if self.needs_new_pods else own
        has_recovered = judged and not any(_waits(pod) for pod in own) and all(map(_has_pulled, judged))
        return ObservedState(state=State.RECOVERED if has_recovered else State.WAITING)

    def _has_other_error(self, pod: Object, *, is_new: bool) -> bool:
        """Whether a pod waits for an image although nothing more will be done for it."""
        if is_new and self.needs_new_pods:
            return bool(_waits(pod))
        return not errors_of(pod) <= self.errors


def watched_owners(fixes: Iterable[AutoFix], evidence: Evidence) -> tuple[WatchedOwner, ...]:
    """The owners of the pods that a fix is for, each with the pods that wait now."""
    needs: dict[tuple[str, str], bool] = {}
    for item in fixes:
        if item.diagnosis.is_note:
            continue
        needs_new_pods = item.diagnosis.fix.recovery is not Recovery.WAIT
        owners = [restart.owner for restart in item.owners] if needs_new_pods else item.diagnosis.owners
        for owner in owners:
            key = (item.diagnosis.namespace, owner)
            needs[key] = needs.get(key, False) or needs_new_pods
    return tuple(_watched(key, evidence, needs_new_pods=needs_new_pods) for key, needs_new_pods in needs.items())


def _watched(key: tuple[str, str], evidence: Evidence, *, needs_new_pods: bool) -> WatchedOwner:
    namespace, owner = key
    pods = [pod for pod in evidence.observed.pods.in_namespace(namespace) if is_of(pod, owner)]
    return WatchedOwner(
        namespace=namespace,
        owner=owner,
        uids=frozenset(text_at(pod, "metadata", "uid") for pod in pods),
        errors=frozenset(error for pod in pods for error in errors_of(pod)),
        needs_new_pods=needs_new_pods,
    )


def _waits(pod: Object) -> tuple[Wait, ...]:
    """What the pod waits for; debug containers are no part of what runs."""
    return tuple(wait for wait in pull_waits(pod) if not wait.is_debug)


def _first_error(pods: Iterable[Object]) -> str:
    messages = (wait.message or wait.reason for pod in pods for wait in _waits(pod))
    return next((pattern_of(message).meaning or printable(without_back_off(message)) for message in messages), "")


def errors_of(pod: Object) -> frozenset[PullError]:
    """The errors of a pod's messages; older kubelets report a back-off without its cause, which is nothing new."""
    errors = {pattern_of(wait.message or wait.reason).error for wait in _waits(pod)}
    return frozenset(errors - {PullError.NOTHING})


def _has_pulled(pod: Object) -> bool:
    """Whether a container of the pod has its image: it runs, it ended, or it waits for something that comes later."""
    fields = ("initContainerStatuses", "containerStatuses")
    states = [mapping_at(status, "state") for field in fields for status in mappings_at(pod, "status", field)]
    earlier = {"ContainerCreating", "PodInitializing"}
    return any(state and text_at(state, "waiting", "reason") not in earlier for state in states)
