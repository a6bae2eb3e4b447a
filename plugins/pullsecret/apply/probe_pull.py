"""Prove a pull with a pod that runs nothing, and delete the pod however that ends."""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.errors import ApiError, ConnectError, NotFoundError, RefusedError, ServerError
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.plan.probe_pod import (
    PROBE_SELECTOR,
    ProbeResult,
    Pull,
    change_by_admission,
    leftovers,
    probe_pod,
    result_of,
    why_waiting,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.probe_pod import PullProbe

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
_ATTEMPTS = 5
"""So often the deletion is tried: the kubelet writes the status meanwhile, and the network may fail."""


def probe_pull(cluster: Cluster, probe: PullProbe, interruption: Interruption) -> ProbeResult:
    """Create the pod of a probe, wait until a node has pulled the image or could not, and delete the pod.

    The server validates it first without persisting it, and it is not created if admission would change what it does.
    An interruption ends the wait; the pod is deleted then, too. The caller has installed `handle_signals`: with a
    second signal, the process ends at once and says which pod is left. Such a pod ends by its deadline, and the next
    probe in its namespace deletes it.

    Raises:
        PullSecretError: the server refuses the pod, or does not answer.
    """
    wanted = probe_pod(probe, secrets.token_hex(4))
    admitted = cluster.create(Kind.POD, wanted, dry_run=True)
    if change := change_by_admission(wanted, admitted):
        return ProbeResult(pull=Pull.UNKNOWN, message=_refusal_of(change, probe))
    _delete_leftovers(cluster, probe, text_at(admitted, "metadata", "creationTimestamp"))
    if interruption.event.is_set():
        return ProbeResult(pull=Pull.UNKNOWN, message="interrupted")
    running = _ProbePod(cluster, wanted)
    with running.deleted_in_the_end(interruption):
        result = _watch(running, probe, interruption)
    return replace(result, left=name_of(wanted) if running.is_left else "")


def check_probe(cluster: Cluster, probe: PullProbe) -> None:
    """Have the server validate the pod of a probe that will be created later.

    Raises:
        RefusedError: admission would change what the pod does.
        PullSecretError: the server refuses the pod, or does not answer.
    """
    wanted = probe_pod(probe, secrets.token_hex(4))
    if change := change_by_admission(wanted, cluster.create(Kind.POD, wanted, dry_run=True)):
        raise RefusedError(_refusal_of(change, probe))


def _refusal_of(change: str, probe: PullProbe) -> str:
    return f"admission in namespace {probe.namespace} {change}; a pod like that would prove something else"


def _watch(running: _ProbePod, probe: PullProbe, interruption: Interruption) -> ProbeResult:
    """Create the pod, and read it until its status proves something or its time is over."""
    give_up = time.monotonic() + probe.seconds
    pod = running.create()
    if change := change_by_admission(running.wanted, pod):
        return ProbeResult(pull=Pull.UNKNOWN, message=_refusal_of(change, probe))
    pause = FIRST_PAUSE
    while (result := result_of(pod)) is None:
        left = give_up - time.monotonic()
        if left <= 0:
            return ProbeResult(pull=Pull.UNKNOWN, message=f"{why_waiting(pod)} after {probe.seconds:g}s")
        if interruption.event.wait(min(pause, left)):
            return ProbeResult(pull=Pull.UNKNOWN, message="interrupted")
        pause = min(pause * 1.5, LONGEST_PAUSE)
        try:
            pod = running.read()
        except NotFoundError:
            return ProbeResult(pull=Pull.UNKNOWN, message="the pod was deleted by another client")
    return result


@dataclass
class _ProbePod:
    """The pod while it is there; `is_left` tells, in the end, that it may still be."""

    cluster: Cluster
    wanted: Object = field(repr=False)
    is_left: bool = False

    @property
    def story(self) -> str:
        """What to tell of it if the process ends before it is deleted."""
        name, namespace = name_of(self.wanted), text_at(self.wanted, "metadata", "namespace")
        return f"pod/{name} in namespace {namespace} may be left; it runs nothing, and ends by its deadline"

    def create(self) -> Object:
        """Create it; without an answer, the pod may exist all the same."""
        try:
            return self.cluster.create(Kind.POD, self.wanted)
        except (ConnectError, ServerError) as error:
            with suppress(NotFoundError):
                return self.read()
            raise error.with_hint(self.story) from error

    def read(self) -> Object:
        """The pod as it is now."""
        return self.cluster.read(Kind.POD, text_at(self.wanted, "metadata", "namespace"), name_of(self.wanted))

    @contextmanager
    def deleted_in_the_end(self, interruption: Interruption) -> Iterator[None]:
        """Delete the pod at the end of the block, whatever ends it."""
        interruption.at_risk[id(self)] = self
        try:
            yield
        finally:
            self._delete()
            if not self.is_left:
                del interruption.at_risk[id(self)]

    def _delete(self) -> None:
        """Delete the pod, which has a name that only this run knows, in whatever state it is by now."""
        self.is_left = True
        for attempt in range(_ATTEMPTS):
            time.sleep(0.1 * attempt)
            with suppress(ApiError, ConnectError):
                with suppress(NotFoundError):
                    self.cluster.delete(Kind.POD, self.read(), at_once=True)
                self.is_left = False
                return


def _delete_leftovers(cluster: Cluster, probe: PullProbe, now: str) -> None:
    """Delete what killed runs have left in the namespace; what cannot be deleted is no reason to stop."""
    with suppress(ApiError, ConnectError):
        for pod in leftovers(cluster.read_all(Kind.POD, probe.namespace, labels=PROBE_SELECTOR), now):
            with suppress(ApiError):
                cluster.delete(Kind.POD, pod, at_once=True)
