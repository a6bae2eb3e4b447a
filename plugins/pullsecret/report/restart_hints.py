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

    from pullsecret.model.objects.objects import AnyKind, Object
    from pullsecret.model.request.connection import ConnectionFlags

TEMPLATED = RESTARTABLE | {"statefulset", "replicaset"}
"""The kinds whose pod template kubectl can patch."""

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


def _has_happened(item: RestartHint, dones: Mapping[tuple[str, tuple[AnyKind, str]], Done]) -> bool:
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
    words = restart_words(item)
    command = restart_command(item)
    yield Printable(f"{who} will not recover on its own ({_why(item)}). {_sentence(words) or 'Run:'}")
    if command is not None:
        yield Printable.of("  ", typed(command, CommandStyle(connection=connection)) or NOT_PASTEABLE)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}" if words else ""


def _why(item: RestartHint) -> str:
    is_own = item.recovery is Recovery.EDIT_TEMPLATE
    if _kind(item) == "pod":
        return "it sets its own imagePullSecrets" if is_own else "it was created before the secret was attached"
    return f"its pods {'set their own imagePullSecrets' if is_own else 'were created before the secret was attached'}"


def restart_words(item: RestartHint) -> str:
    """What to do where no command is known to recreate an owner's pods; "" where `restart_command` says all."""
    if _is_of_cron_job(item) and item.recovery is Recovery.EDIT_TEMPLATE:
        maker = printable(item.facts.made_by)
        return f"add {printable(item.secret)} to the imagePullSecrets of {maker}, too: it creates the next jobs"
    if restart_command(item) is not None:
        return ""
    owner, maker = printable(item.owner), printable(item.facts.made_by)
    start = f"what {owner} does when its pod is deleted is not known; if it runs once, start it again"
    if maker:
        start = f"start {owner} again where it comes from, {maker}"
    if item.recovery is not Recovery.EDIT_TEMPLATE:
        return start
    place = f"{maker}, which created {owner}" if maker else owner
    again = "" if maker else "; if it runs once, start it again"
    return f"add {printable(item.secret)} to the imagePullSecrets of the pods in {place}{again}"


def restart_command(item: RestartHint) -> SuggestedCommand | None:
    """The command that recreates the owner's pods with the secret in their list; None where none is known to.

    An owner of an unknown kind may fail for good with its pod; and what another controller created is put back by it.
    """
    kind, place = _kind(item), Flag("-n", item.namespace)
    is_made_by_other = bool(item.facts.made_by) and not _is_of_cron_job(item)
    if item.is_of_unknown_kind or (is_made_by_other and kind == "job"):
        return None
    deleting = kubectl(place, "delete", "pod", *map(Name, item.pods), Flag("--ignore-not-found"))
    if item.recovery is Recovery.EDIT_TEMPLATE:
        return None if is_made_by_other else _with_longer_list(item, place, deleting)
    if kind == "pod":
        return _replaced(item.owner, place)
    if kind == "job":
        return _resumed(item.owner, place)
    return kubectl(place, "rollout", "restart", Name(item.owner)) if item.is_restartable else deleting


def _is_of_cron_job(item: RestartHint) -> bool:
    """Whether a cron job created the owner, a job: it changes no job that it has created."""
    return item.facts.made_by.startswith("cronjob/")


def _kind(item: RestartHint) -> str:
    return item.owner.partition("/")[0]


def _resumed(job: str, place: Flag) -> SuggestedCommand:
    """The commands that suspend a job and resume it: a pod deleted by hand counts against its backoffLimit."""
    stop, go = (kubectl(place, "patch", Name(job), _patch({"spec": {"suspend": is_on}})) for is_on in (True, False))
    return stop.then(kubectl(place, "wait", Name(job), Flag("--for", "condition=Suspended"))).then(go)


def _with_longer_list(item: RestartHint, place: Flag, deleting: SuggestedCommand) -> SuggestedCommand | None:
    """The command that adds the secret to the owner's own list; what cannot be changed in place is recreated."""
    kind = _kind(item)
    listed: Object = {"spec": {"imagePullSecrets": _new_entries(item)}}
    if kind == "pod":
        return _replaced(item.owner, place, *_patch_of_list(item, listed))
    if kind == "job":
        template = {**listed, "metadata": {"labels": dict.fromkeys(JOBS_OWN)}}
        return _replaced(item.owner, place, *_patch_of_list(item, {"spec": {"selector": None, "template": template}}))
    if kind not in TEMPLATED:
        return None
    change = _patch_of_list(item, {"spec": {"template": listed}})
    patching = kubectl(place, "patch", Name(item.owner), *change)
    return patching if kind in RESTARTABLE else patching.then(deleting)


def _has_nameless(item: RestartHint) -> bool:
    return "" in item.facts.names


def _new_entries(item: RestartHint) -> list[Object]:
    """The entry to merge into the list, or the whole list where one without a name makes a merge by name fail."""
    names = dict.fromkeys((*filter(None, item.facts.names), item.secret)) if _has_nameless(item) else (item.secret,)
    return [{"name": name} for name in names]


def _patch_of_list(item: RestartHint, change: Object) -> tuple[Flag, ...]:
    return (*((Flag("--type", "merge"),) if _has_nameless(item) else ()), _patch(change))


def _replaced(owner: str, place: Flag, *patch: Flag) -> SuggestedCommand:
    """The command that deletes an object and creates it again, changed on its way."""
    reading = kubectl(place, "get", Name(owner), Flag("-o", "yaml"))
    if patch:
        reading = reading.into(kubectl("patch", Flag("--local"), Flag("-f", "-"), Flag("-o", "yaml"), *patch))
    return reading.into(kubectl(place, "replace", Flag("--force"), Flag("-f", "-")))


def _patch(change: Object) -> Flag:
    return Flag("-p", json.dumps(change, separators=(",", ":")))
