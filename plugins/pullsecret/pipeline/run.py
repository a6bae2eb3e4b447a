"""The way of every command: observe, plan, apply, report."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Protocol, TypeVar

from pullsecret.apply.engine import apply
from pullsecret.apply.interruption import Interruption, interruptible
from pullsecret.cluster import connect
from pullsecret.model.request.common import Request
from pullsecret.report.outcomes import tell
from pullsecret.report.streams import log, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.common import Output

Asked_contra = TypeVar("Asked_contra", bound=Request, contravariant=True)
AnyRequest = TypeVar("AnyRequest", bound=Request)
Seen = TypeVar("Seen")
Decided = TypeVar("Decided")
Decided_co = TypeVar("Decided_co", covariant=True)


class Action(Protocol[Asked_contra, Seen, Decided_co]):
    """A command's own part of the way; the modules of actions/ are such."""

    def observe(self, request: Asked_contra, cluster: Cluster, /) -> Seen:
        """Ask the cluster for what the plan needs."""

    def plan(self, request: Asked_contra, view: Seen, /) -> Decided_co:
        """Decide, asking nobody."""


class FileAction(Protocol[Asked_contra, Seen, Decided_co]):
    """The same for what is found on this machine."""

    def observe(self, request: Asked_contra, /) -> Seen:
        """Read what the plan needs."""

    def plan(self, request: Asked_contra, view: Seen, /) -> Decided_co:
        """Decide, asking nobody."""


def run_change(action: Action[AnyRequest, Seen, Plan], request: AnyRequest) -> int:
    """A command that changes something, from its request to the exit status: 0 as asked, 1 not all, 128 + a signal."""
    with closing(open_cluster(request)) as cluster:
        return apply_plan(action.plan(request, action.observe(request, cluster)), cluster, request)


def apply_plan(plan: Plan, cluster: Cluster, request: Request) -> int:
    """Do what is planned, and tell it: the second half of `run_change`."""
    interruption = Interruption()
    with interruptible(interruption):
        outcomes = apply(plan, cluster, request.output, interruption)
        is_good = tell(plan, outcomes, request)
    return interruption.exit_status or (0 if is_good else 1)


def run_query(
    action: Action[AnyRequest, Seen, Decided], request: AnyRequest, show: Callable[[Decided, Output], int]
) -> int:
    """A command that only looks: its plan is what `show`, of report/, prints, and its answer is the exit status."""
    with closing(open_cluster(request)) as cluster:
        decided = action.plan(request, action.observe(request, cluster))
    return show(decided, request.output)


def run_offline(
    action: FileAction[AnyRequest, Seen, Decided], request: AnyRequest, show: Callable[[Decided, Output], int]
) -> int:
    """The same for a command that looks at files of this machine; no cluster is asked."""
    return show(action.plan(request, action.observe(request)), request.output)


def open_cluster(request: Request) -> Cluster:
    """The cluster that a request is for; close it."""
    return connect(request.connection, environ=os.environ, log=log, warn=warn, stdin_free=not request.reads_stdin)
