"""The way of `doctor --fix`: look, show, do what other verbs would do, and look again until the pods pull."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.apply.engine import rehearsed
from pullsecret.apply.interruption import Interruption, interruptible
from pullsecret.apply.watching import watch
from pullsecret.journey import Action, AnyRequest, Seen, carry_out, opened
from pullsecret.model.change import together
from pullsecret.model.diagnosis.recovery import patients_of
from pullsecret.model.request import DryRun
from pullsecret.report.recovery import tell_plan, tell_states, tell_watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.change import Plan
    from pullsecret.model.diagnosis.clues import Clues
    from pullsecret.model.diagnosis.diagnosis import Report
    from pullsecret.model.diagnosis.treatment import Prescription
    from pullsecret.model.request import Output

Planner: TypeAlias = "Callable[[Cluster], Plan]"
"""The way of a verb up to its plan."""


def planner(action: Action[AnyRequest, Seen, Plan], request: AnyRequest) -> Planner:
    """The way of a verb up to its plan, for verbs that together make one."""
    return lambda cluster: action.plan(request, action.observe(request, cluster))


@dataclass(frozen=True, kw_only=True)
class Mending:
    """How doctor's findings are mended.

    `show` prints a report and gives its exit status; `prescribe` chooses what is done for it, as the plans of other
    verbs; `is_agreed` asks before; `wait` is for how many seconds the pods are watched then.
    """

    show: Callable[[Report, Output], int]
    prescribe: Callable[[Report], tuple[Prescription, Sequence[Planner]]]
    is_agreed: Callable[[], bool]
    wait: float


def mend(doctor: Action[AnyRequest, Clues, Report], request: AnyRequest, way: Mending) -> int:
    """Look, show, do what mends it, and watch until the pods pull: 0 when all of them do, else 1 or 128 + a signal."""
    with closing(opened(request)) as cluster:
        clues = doctor.observe(request, cluster)
        report = doctor.plan(request, clues)
        status = way.show(report, request.output)
        prescription, planners = way.prescribe(report)
        plan = together(ask(cluster) for ask in planners)
        is_rehearsal = request.output.dry_run is not DryRun.NONE
        tell_plan(() if is_rehearsal else rehearsed(plan, cluster, request.output), prescription.left)
        if not prescription.treatments or not (is_rehearsal or way.is_agreed()):
            return status
        status = carry_out(plan, cluster, request)
        if status or is_rehearsal:
            return status
        status = _watched(prescription, clues, cluster, way.wait)
        if status == 1:
            return way.show(doctor.plan(request, doctor.observe(request, cluster)), request.output)
    return status or (1 if prescription.left or report.failures else 0)


def _watched(prescription: Prescription, clues: Clues, cluster: Cluster, seconds: float) -> int:
    interruption = Interruption()
    patients = patients_of(prescription.treatments, clues)
    tell_watch(patients, seconds)
    with interruptible(interruption):
        states = watch(cluster, patients, seconds, interruption)
    is_good = tell_states(states)
    return interruption.exit_status or (0 if is_good else 1)
