"""The steps of `rotate`: observe, plan, ask, apply in stages, and look who still holds the old credential."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Final

from pullsecret.actions.composed import rotate as composed
from pullsecret.actions.composed import rotation_status
from pullsecret.apply.engine import Interruption, stream_outcomes
from pullsecret.cluster.credential_search import read_remaining
from pullsecret.errors import ApiError, ConnectError, PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Plan
from pullsecret.model.plan.credential_holders import Remaining
from pullsecret.model.plan.rotated_secret import changed_source
from pullsecret.model.plan.rotation_memory import has_next
from pullsecret.model.plan.rotation_stages import finishing_plan
from pullsecret.model.request.command_request import DryRun
from pullsecret.model.request.rotation import RotationStep
from pullsecret.pipeline.canary import prove_canary, read_canary_probes
from pullsecret.pipeline.prepared import Prepared, Question, must_ask
from pullsecret.pipeline.run import run_prepared, run_query
from pullsecret.report.confirmation import check_can_ask
from pullsecret.report.rotation import concluded, report_scope
from pullsecret.report.rotation_status import show
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.composed.rotate import RotateRequest, RotateView
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Outcome
    from pullsecret.model.plan.probe_pod import PullProbe
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.plan.rotation_stages import RotationPlan, Stage
    from pullsecret.report.conclusion import Conclusion

BROAD = "rotate with -A, -l or a pattern"


def run_step(request: RotateRequest) -> int:
    """Run the part of a rotation that is asked for, and return the exit status.

    Raises:
        UsageError: it would have to ask, and there is no terminal.
    """
    if request.step is RotationStep.STATUS:
        return run_query(rotation_status, request, show)
    if request.step is RotationStep.FINISH:
        return run_prepared(prepare_finish, request)
    if request.targets.is_broad and must_ask(request):
        check_can_ask(BROAD)
    return run_prepared(_prepare_rotation, request)


def _prepare_rotation(request: RotateRequest, cluster: Cluster) -> Prepared:
    return prepared_rotation(request, composed.observe(request, cluster), cluster)


def prepared_rotation(request: RotateRequest, view: RotateView, cluster: Cluster) -> Prepared:
    """The stages of what was observed, with the question before and the look at the old credential after them.

    Raises:
        PullSecretError: a source may not be written, or there is nothing to change in the namespace of the canary.
    """
    rotation = composed.plan(request, view)
    if request.output.dry_run is DryRun.NONE:
        _check_sources(view.rotations, rotation.whole, cluster, request)
    probes = _canary_probes(request, view, rotation, cluster)
    stages = RotationStages(rotation, view.rotations, probes, request, cluster)
    asks = request.targets.is_broad and rotation.changed
    return Prepared(
        plan=rotation.whole,
        next_stage=stages.next_stage,
        question=Question(what=BROAD, show=partial(report_scope, view.rotations, rotation.changed)) if asks else None,
        conclude=partial(_conclude, request, view, stages, cluster),
    )


def _check_sources(rotations: Sequence[Rotation], plan: Plan, cluster: Cluster, request: RotateRequest) -> None:
    """Let the server validate the changes of the sources, so that no sibling is created for what it refuses.

    Raises:
        PullSecretError: a source may not be written, or cannot be.
    """
    places = {rotation.place for rotation in rotations}
    changes = [change for steps in plan.sequences for change in steps if (change.namespace, change.name) in places]
    dry = replace(request.output, dry_run=DryRun.SERVER, is_diff=False)
    stages = stream_outcomes(Plan(sequences=tuple((change,) for change in changes)), cluster, dry, Interruption())
    for outcome in chain.from_iterable(stages):
        if outcome.error is not None:
            raise outcome.error


def _canary_probes(
    request: RotateRequest, view: RotateView, rotation: RotationPlan, cluster: Cluster
) -> tuple[PullProbe, ...]:
    """What a node will pull in the canary's namespace; nothing without --probe, or if nothing is changed there."""
    keys = [key for key in rotation.changed if key[0] == request.canary]
    if not (request.probes and keys) or request.output.dry_run is DryRun.CLIENT:
        return ()
    hosts = frozenset[str]().union(*(each.hosts for each in view.rotations))
    images = request.verification.images if request.verification else ()
    return read_canary_probes(keys, images, hosts, cluster)


def _conclude(request: RotateRequest, view: RotateView, stages: RotationStages, cluster: Cluster) -> Conclusion:
    """Read everything again, and tell who still holds what was replaced."""
    olds = tuple(dict.fromkeys(rotation.before for rotation in view.rotations if not rotation.is_done))
    try:
        remaining = read_remaining(view.observed.selection, cluster, view.rotations, olds) if olds else ()
    except (ApiError, ConnectError) as error:
        unread = (error.line.removeprefix("error: "),)
        remaining = tuple(Remaining(credential=old, unread=unread) for old in olds)
    found = concluded(view.rotations, remaining, request, stages.stopped)
    is_kept = any(rotation.is_undo and has_next(rotation.memory) for rotation in view.rotations)
    return replace(found, lines=(*found.lines, _NEW_KEY)) if is_kept else found


_NEW_KEY: Final = Printable(
    "note: the new API key stays valid; to end it as well, finish with --finish --delete-old-key"
)


def prepare_finish(request: RotateRequest, cluster: Cluster) -> Prepared:
    """Look who still holds the old credentials, and ask if there is anyone; then delete what remembers them."""
    view = composed.observe_begun(request, cluster)
    credentials = tuple(dict.fromkeys(rotation.before for rotation in view.rotations))
    remaining = read_remaining(view.observed.selection, cluster, view.rotations, credentials) if credentials else ()
    conclusion = concluded(view.rotations, remaining, request)

    def show_holders() -> None:
        for line in conclusion.lines:
            print_message(line)

    what = "finishing a rotation whose old credential is still held, or may be,"
    question = None if conclusion.is_clear else Question(what=what, show=show_holders)
    was_shown = question is not None and must_ask(request)
    return Prepared(
        plan=finishing_plan(view.rotations, view.notes),
        question=question,
        conclude=lambda: replace(conclusion, lines=()) if was_shown else conclusion,
    )


class RotationStages:
    """The stages of a rotation, one after another, until too much of one fails.

    `stopped` tells why no more stages began, "" when all did.
    """

    def __init__(
        self,
        plan: RotationPlan,
        rotations: Sequence[Rotation],
        probes: Sequence[PullProbe],
        request: RotateRequest,
        cluster: Cluster,
    ) -> None:
        self._rotations = [rotation for rotation in rotations if not rotation.is_done]
        self._probes = probes
        self._todo = list(plan.stages)
        self._request, self._cluster = request, cluster
        self._current: Stage | None = None
        self._known = 0
        self.stopped = ""

    def next_stage(self, ended: Sequence[Outcome], interruption: Interruption) -> Plan | None:
        """The changes that come after these outcomes; None when there are no more, or too many failed."""
        latest, self._known = ended[self._known :], len(ended)
        if self._current is not None:
            self.stopped = self._judged(self._current, latest, interruption)
        if self._todo and self._current is not None and not self.stopped:
            self.stopped = self._source_problem()
        if self.stopped or not self._todo:
            return None
        self._current = self._todo.pop(0)
        return self._current.plan

    def _source_problem(self) -> str:
        """Why no more copies are changed: a source was changed meanwhile, as --undo does."""
        if self._request.output.dry_run is not DryRun.NONE:
            return ""
        try:
            for rotation in self._rotations:
                current = self._cluster.read(Kind.SECRET, *rotation.place)
                if changed_source(current, rotation) is not current:
                    namespace, name = rotation.place
                    return f"stopped, because secret/{name} in namespace {namespace} was changed back meanwhile"
        except PullSecretError as error:
            return f"stopped: {error.message}"
        return ""

    def _judged(self, stage: Stage, outcomes: Sequence[Outcome], interruption: Interruption) -> str:
        """Why nothing more is done after a stage; "" to go on."""
        if stage.limit is None:
            return ""
        namespaces = {outcome.namespace for outcome in outcomes}
        failed = {outcome.namespace for outcome in outcomes if not outcome.is_good}
        if len(failed) > stage.limit * len(namespaces):
            what = stage.title or f"{len(failed)} of {len(namespaces)} namespaces"
            return f"stopped, because {what} failed"
        if stage.is_canary and self._request.output.dry_run is DryRun.NONE:
            problem = prove_canary(self._probes, self._cluster, interruption)
            return f"stopped after {stage.title}: {problem}" if problem else ""
        return ""
