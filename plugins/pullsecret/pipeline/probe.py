"""The steps of `verify --probe`: observe, plan, create the pod and wait for it, report."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from pullsecret.actions import probe as action
from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.apply.probe_pull import probe_pull
from pullsecret.pipeline.run import open_cluster

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.actions.probe import ProbeRequest
    from pullsecret.model.request.command_request import Output
    from pullsecret.model.results.verify import Verified


def verify_by_probe(request: ProbeRequest, show: Callable[[Verified, Output], int]) -> int:
    """Prove a pull on a node, and return the exit status of what `show` prints; 128 + a signal."""
    interruption = Interruption()
    with closing(open_cluster(request)) as cluster:
        planned = action.plan(request, action.observe(request, cluster))
        if planned.probe is None:
            return show(planned.known, request.output)
        with handle_signals(interruption):
            result = probe_pull(cluster, planned.probe, interruption)
    status = show(action.verified(request, planned.probe, result), request.output)
    return interruption.exit_status or status
