"""`rotate --finish` with the old API key's end: look everywhere, ask IBM Cloud, and only then disable or delete it.

NAME-previous is marked first, so that no run goes back to a key that is about to end; it is deleted last, so that a
run that was killed is finished by the same command.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotate import RotateView, observe_begun
from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.cluster.credential_search import read_everything
from pullsecret.cluster.identity import read_identity
from pullsecret.errors import NotFoundError, PullSecretError, RefusedError
from pullsecret.model.go.printable import Printable
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.clusters import apply_all, look_at_all
from pullsecret.pipeline.ended_keys import EndedKeys, FinishedPlace
from pullsecret.pipeline.ibm_session import open_and_name_session
from pullsecret.pipeline.members import Member, open_members
from pullsecret.pipeline.prepared import Question, is_confirmed, must_ask
from pullsecret.pipeline.rotate import prepare_finish
from pullsecret.pipeline.run import apply_prepared, located, open_cluster
from pullsecret.report.confirmation import check_can_ask
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.composed.rotate_key import EndKeyRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.pipeline.prepared import Prepared
    from pullsecret.report.conclusion import Conclusion


def finish_with_key(request: EndKeyRequest) -> int:
    """Disable or delete the key that a rotation has replaced, then delete NAME-previous; returns the exit status.

    Raises:
        PullSecretError: nothing was disabled, deleted or finished.
    """
    if request.output.dry_run is DryRun.NONE and must_ask(request):
        check_can_ask(request.end.flag)
    with ExitStack() as opened:
        members = _open(request, opened)
        places = tuple(_look(member, is_alone=len(members) == 1) for member in members)
        if request.output.dry_run is not DryRun.NONE:
            _say("note: in a dry run, IBM Cloud is not asked whether the old API key can end")
        elif any(place.view.rotations for place in places) and not _end_keys(request, places):
            return 1
        finishing = [member for member, place in zip(members, places, strict=True) if place.view.rotations]
        return _finish(finishing or members, request)


def _open(request: EndKeyRequest, opened: ExitStack) -> Sequence[Member[EndKeyRequest]]:
    if request.targets.contexts.is_given:
        return open_members(request, opened, lambda _: None)
    cluster = opened.enter_context(closing(open_cluster(request)))
    return (Member(request=located(request, cluster), cluster=cluster),)


def _look(member: Member[EndKeyRequest], *, is_alone: bool) -> FinishedPlace:
    """One cluster; one that cannot be read stops the run, as it may hold the key."""
    if member.cluster is None:
        raise member.error or RefusedError("a cluster cannot be read")
    return FinishedPlace(
        cluster=member.cluster,
        identity=read_identity(member.cluster),
        context=member.context,
        view=_observe(member.request, member.cluster, is_alone=is_alone),
    )


def _observe(request: EndKeyRequest, cluster: Cluster, *, is_alone: bool) -> RotateView:
    """What was rotated in one cluster; of several, one without the source is searched for the key all the same."""
    try:
        return observe_begun(request, cluster)
    except NotFoundError:
        if is_alone:
            raise
        return RotateView(rotations=(), observed=read_everything(request.targets, cluster))


def _end_keys(request: EndKeyRequest, places: Sequence[FinishedPlace]) -> bool:
    """Judge, ask, and end the keys; whether that was confirmed."""
    interruption = Interruption()
    with open_and_name_session(request.end.sign_in, request.connection, places[0].cluster, interruption) as session:
        keys = EndedKeys.judged(places, request, session)
        question = Question(what=request.end.flag, show=keys.show) if keys.found else None
        if not is_confirmed(question, request):
            return False
        with handle_signals(interruption):
            keys.end(interruption)
        return True


def _finish(members: Sequence[Member[EndKeyRequest]], request: EndKeyRequest) -> int:
    """Delete NAME-previous, as `rotate --finish` does; what it kept has ended."""
    if not request.targets.contexts.is_given:
        (member,) = members
        if member.cluster is None:  # it was read a moment ago
            raise RefusedError("a cluster cannot be read")
        return apply_prepared(_prepare(member.request, member.cluster), member.cluster, request)
    return apply_all(look_at_all(_prepare, members), request)


def _prepare(request: EndKeyRequest, cluster: Cluster) -> Prepared:
    prepared = prepare_finish(request, cluster)
    conclude = prepared.conclude

    def conclude_without_advice() -> Conclusion:
        if conclude is None:
            raise PullSecretError("a finished rotation has a conclusion")
        return replace(conclude(), last=())

    return replace(prepared, question=None, conclude=conclude_without_advice)


def _say(line: str) -> None:
    print_message(Printable(line))
