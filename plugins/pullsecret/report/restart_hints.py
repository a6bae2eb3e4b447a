"""Which waiting pods recover on their own after a change, and the command that restarts each of the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.plan.change import BAD, Done, Outcome
from pullsecret.model.plan.waiting_pods import RESTARTABLE, Recovery, RestartHint
from pullsecret.model.request.suggested_command import (
    NOT_PASTEABLE,
    CommandStyle,
    Flag,
    Name,
    SuggestedCommand,
    kubectl,
    typed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.objects.objects import Kind, Object
    from pullsecret.model.request.connection import ConnectionFlags

TEMPLATED = RESTARTABLE | {"statefulset", "replicaset", "replicationcontroller"}
"""The kinds whose pod template kubectl can patch."""

PATCHABLE = TEMPLATED | {"pod", "job"}
"""The kinds whose list of secrets a command can change; any other is opened in an editor."""

JOBS_OWN = ("controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name")
"""The labels that the server adds to a job's template, and rejects in a new job."""

SHOWN = 20
"""So many owners are listed by name; a failing cluster has thousands."""


def hint_lines(
    hints: Sequence[RestartHint], ended: Iterable[Outcome], connection: ConnectionFlags
) -> Iterator[Printable]:
    """The lines for the hints whose change was made.

    Args:
        hints: what the plan expected.
        ended: what became of the changes.
        connection: the flags that the suggested kubectl commands must repeat to reach the same cluster.
    """
    dones = {(outcome.namespace, (outcome.kind, outcome.name)): outcome.done for outcome in ended}
    valid = [item for item in hints if _has_happened(item, dones)]
    for item in valid[:SHOWN]:
        yield from _lines(item, connection)
    if len(valid) > SHOWN:
        yield Printable(f"... and {len(valid) - SHOWN} more workloads with waiting pods")


def _has_happened(item: RestartHint, dones: Mapping[tuple[str, tuple[Kind, str]], Done]) -> bool:
    if item.cause is None:
        return True
    done = dones.get((item.namespace, item.cause), Done.SKIPPED)
    if item.recovery is Recovery.WAIT:
        return done in (Done.CREATED, Done.CONFIGURED, Done.REPLACED)
    return done not in BAD


def _lines(item: RestartHint, connection: ConnectionFlags) -> Iterator[Printable]:
    count = f" ({len(item.pods)} pods)" if len(item.pods) > 1 else ""
    who = f"note: {printable(item.owner)}{count} in namespace {item.namespace}"
    if item.recovery is Recovery.WAIT:
        yield Printable(f"{who} is waiting for an image and will recover at its next attempt, within about 5 minutes")
        return
    yield Printable(f"{who} will not recover on its own ({_why(item)}). {editing_hint(item) or 'Run'}:")
    yield Printable.of("  ", typed(restart_command(item), CommandStyle(connection=connection)) or NOT_PASTEABLE)


def _why(item: RestartHint) -> str:
    is_own = item.recovery is Recovery.EDIT_TEMPLATE
    if _kind(item) == "pod":
        return "it sets its own imagePullSecrets" if is_own else "it was created before the secret was attached"
    return f"its pods {'set their own imagePullSecrets' if is_own else 'were created before the secret was attached'}"


def editing_hint(item: RestartHint) -> str:
    """What to add where the command for an owner opens an editor; "" for every other command."""
    if item.recovery is not Recovery.EDIT_TEMPLATE or _kind(item) in PATCHABLE:
        return ""
    return f"Add {item.secret} to the imagePullSecrets of its pods"


def restart_command(item: RestartHint) -> SuggestedCommand:
    """The command that recreates the owner's pods with the secret in their list."""
    kind, place = _kind(item), Flag("-n", item.namespace)
    deleting = kubectl(place, "delete", "pod", *map(Name, item.pods))
    if item.recovery is Recovery.EDIT_TEMPLATE:
        return _with_longer_list(item, place, deleting)
    if kind == "pod":
        return _replaced(item.owner, place)
    if kind == "job":
        return _resumed(item.owner, place)
    return kubectl(place, "rollout", "restart", Name(item.owner)) if kind in RESTARTABLE else deleting


def _kind(item: RestartHint) -> str:
    return item.owner.partition("/")[0]


def _resumed(job: str, place: Flag) -> SuggestedCommand:
    """The commands that suspend a job and resume it: a pod deleted by hand counts against its backoffLimit."""
    stop, go = (kubectl(place, "patch", Name(job), _patch({"spec": {"suspend": is_on}})) for is_on in (True, False))
    return stop.then(kubectl(place, "wait", Name(job), Flag("--for", "condition=Suspended"))).then(go)


def _with_longer_list(item: RestartHint, place: Flag, deleting: SuggestedCommand) -> SuggestedCommand:
    """The command that adds the secret to the owner's own list; what cannot be changed in place is recreated."""
    kind = _kind(item)
    listed: Object = {"spec": {"imagePullSecrets": [{"name": item.secret}]}}
    if kind == "pod":
        return _replaced(item.owner, place, listed)
    if kind == "job":
        template = {**listed, "metadata": {"labels": dict.fromkeys(JOBS_OWN)}}
        return _replaced(item.owner, place, {"spec": {"selector": None, "template": template}})
    if kind not in TEMPLATED:
        return kubectl(place, "edit", Name(item.owner))
    patching = kubectl(place, "patch", Name(item.owner), _patch({"spec": {"template": listed}}))
    return patching if kind in RESTARTABLE else patching.then(deleting)


def _replaced(owner: str, place: Flag, change: Object | None = None) -> SuggestedCommand:
    """The command that deletes an object and creates it again, changed on its way."""
    reading = kubectl(place, "get", Name(owner), Flag("-o", "yaml"))
    if change is not None:
        changing = kubectl("patch", Flag("--local"), Flag("-f", "-"), Flag("-o", "yaml"), _patch(change))
        reading = reading.into(changing)
    return reading.into(kubectl(place, "replace", Flag("--force"), Flag("-f", "-")))


def _patch(change: Object) -> Flag:
    return Flag("-p", json.dumps(change, separators=(",", ":")))
