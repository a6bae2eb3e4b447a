"""What to say of pods that wait: who comes up alone, and the one command for each of those who never will."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from pullsecret.model.plan.change import BAD, Done, Outcome
from pullsecret.model.plan.waiting_pods import RESTARTABLE, Advice, Recovery

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.objects.objects import Kind, Object
    from pullsecret.model.request.connection import ConnectionFlags

TEMPLATED = RESTARTABLE | {"statefulset", "replicaset", "replicationcontroller"}
"""The kinds whose pod template is where kubectl can patch it."""

JOBS_OWN = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
"""The labels that the server puts into a job's template, and does not take with a new one."""

SHOWN = 20
"""So many owners are told by name; a cluster in trouble has thousands."""


def advice_lines(advice: Sequence[Advice], ended: Iterable[Outcome], connection: ConnectionFlags) -> Iterator[str]:
    """The lines for the advice whose cause came true.

    Args:
        advice: what the plan foresaw.
        ended: what became of the changes.
        connection: the flags that the suggested kubectl commands must repeat to reach the same cluster.
    """
    dones = {(outcome.namespace, (outcome.kind, outcome.name)): outcome.done for outcome in ended}
    valid = [item for item in advice if _came_true(item, dones)]
    for item in valid[:SHOWN]:
        yield from _lines(item, connection)
    if len(valid) > SHOWN:
        yield f"... and {len(valid) - SHOWN} more owners of waiting pods"


def _came_true(item: Advice, dones: Mapping[tuple[str, tuple[Kind, str]], Done]) -> bool:
    if item.cause is None:
        return True
    done = dones.get((item.namespace, item.cause), Done.UNTOUCHED)
    if item.remedy is Recovery.TIME:
        return done in (Done.CREATED, Done.CONFIGURED, Done.REPLACED)
    return done not in BAD


def _lines(item: Advice, connection: ConnectionFlags) -> Iterator[str]:
    count = f" ({len(item.pods)} pods)" if len(item.pods) > 1 else ""
    who = f"{item.owner}{count} in namespace {item.namespace}"
    if item.remedy is Recovery.TIME:
        yield f"{who} waits for an image and comes up by itself at its next attempt, within about five minutes"
        return
    why = "its pods list other secrets" if item.remedy is Recovery.OWN_LIST else "it waits for an image since before"
    yield f"{who} will not come up by itself ({why}); what helps:"
    yield f"  {remedy_command(item, connection)}"


def remedy_command(item: Advice, connection: ConnectionFlags) -> str:
    """The command that makes the owner's pods anew with the secret in their list."""
    kubectl = shlex.join(["kubectl", *same_cluster(connection), "-n", item.namespace])
    kind, _, _ = item.owner.partition("/")
    anew = f"{kubectl} delete pod {' '.join(item.pods)}"
    if item.remedy is Recovery.OWN_LIST:
        return _with_longer_list(item, kubectl, anew)
    if kind == "pod":
        return f"{kubectl} get {item.owner} -o yaml | {kubectl} replace --force -f -"
    if kind == "job":
        return _resumed(item.owner, kubectl)
    return f"{kubectl} rollout restart {item.owner}" if kind in RESTARTABLE else anew


def _resumed(job: str, kubectl: str) -> str:
    """The commands that stop a job's pods and start others: a pod deleted by hand counts against its backoffLimit."""
    stop, go = (f"{kubectl} patch {job} -p {_quoted({'spec': {'suspend': is_on}})}" for is_on in (True, False))
    return f"{stop} && {kubectl} wait {job} --for=condition=Suspended && {go}"


def _with_longer_list(item: Advice, kubectl: str, anew: str) -> str:
    """The command that adds the secret to a list of the owner's own; what cannot be changed in place is made anew."""
    kind, _, _ = item.owner.partition("/")
    listed: Object = {"spec": {"imagePullSecrets": [{"name": item.secret}]}}
    if kind == "pod":
        return _made_anew(item.owner, listed, kubectl)
    if kind == "job":
        template = {**listed, "metadata": {"labels": dict.fromkeys(JOBS_OWN)}}
        return _made_anew(item.owner, {"spec": {"selector": None, "template": template}}, kubectl)
    if kind not in TEMPLATED:
        return f"{kubectl} edit {item.owner}  # add {json.dumps({'name': item.secret})} to the pods' imagePullSecrets"
    patch = f"{kubectl} patch {item.owner} -p {_quoted({'spec': {'template': listed}})}"
    return patch if kind in RESTARTABLE else f"{patch} && {anew}"


def _made_anew(owner: str, change: Object, kubectl: str) -> str:
    changed = f"kubectl patch --local -f - -o yaml -p {_quoted(change)}"
    return f"{kubectl} get {owner} -o yaml | {changed} | {kubectl} replace --force -f -"


def _quoted(patch: Object) -> str:
    return shlex.quote(json.dumps(patch, separators=(",", ":")))


def same_cluster(connection: ConnectionFlags) -> list[str]:
    """The flags that a suggested command must repeat to reach the same cluster."""
    flags = {"--kubeconfig": connection.kubeconfig, "--context": connection.context, "--cluster": connection.cluster}
    return [f"{flag}={value}" for flag, value in flags.items() if value]
