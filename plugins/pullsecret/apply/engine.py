"""The fan-out: the namespaces side by side, the changes within one namespace in order."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING

from pullsecret.apply.settle import Settler
from pullsecret.model.change import Change, Done, Outcome, Plan, Steps
from pullsecret.model.kubeobject import Kind
from pullsecret.model.request import DryRun

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.apply.interruption import Interruption
    from pullsecret.cluster.client import Cluster


def apply(
    plan: Plan, cluster: Cluster, *, dry_run: DryRun, parallel: int, interruption: Interruption
) -> Iterator[Outcome]:
    """Do what is planned and yield each outcome as it ends; every change has exactly one.

    Args:
        plan: the changes, a sequence a namespace.
        cluster: where they are written.
        dry_run: whether they are written at all, and who judges them if not.
        parallel: how many namespaces are worked on at a time.
        interruption: once it is set nothing new is begun, and what was not begun is `not done`.
    """
    settler = Settler(cluster=cluster, dry_run=dry_run, stop=interruption.event)
    if len(plan.sequences) <= 1:
        for steps in plan.sequences:
            yield from _walked(steps, settler)
        return
    with ThreadPoolExecutor(min(parallel, len(plan.sequences))) as pool:
        futures = [pool.submit(_walk, steps, settler) for steps in plan.sequences]
        yield from _as_they_end(futures, interruption)


def _as_they_end(futures: list[Future[list[Outcome]]], interruption: Interruption) -> Iterator[Outcome]:
    try:
        for future in as_completed(futures):
            yield from future.result()
    finally:
        # Whoever stops listening (a closed pipe) stops the work, too: what is queued ends at once as `not done`.
        interruption.event.set()


def _walk(steps: Steps, settler: Settler) -> list[Outcome]:
    return list(_walked(steps, settler))


def _walked(steps: Steps, settler: Settler) -> Iterator[Outcome]:
    failed: set[tuple[Kind, str]] = set()
    for change in steps:
        outcome = _untouched(change) if settler.stop.is_set() or change.needs & failed else settler.settled(change)
        if not outcome.is_good:
            failed.add((change.kind, change.name))
        elif change.kind is Kind.NAMESPACE and outcome.done is Done.CREATED and settler.dry_run is DryRun.SERVER:
            settler = settler.without_server()  # what is in a namespace that was not really made, no server can judge
        yield outcome


def _untouched(change: Change) -> Outcome:
    return Outcome(kind=change.kind, namespace=change.namespace, name=change.name, done=Done.UNTOUCHED)
