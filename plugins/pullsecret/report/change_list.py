"""The ChangeList: what became of each object of a run, for programs."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from pullsecret.model.plan.change import Done
from pullsecret.report.documents import print_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Outcome
    from pullsecret.model.request.command_request import Output

RESULTS = {done: "unknown" if done is Done.UNKNOWN else done.value for done in Done}
"""The values of `result`, each of which is a key of `summary`, too."""

_AFTER_FAILURE = "skipped because an earlier change in the namespace failed"
_INTERRUPTED = "skipped because the run was interrupted"


def print_changes(ended: Mapping[str, Sequence[Outcome]], output: Output, *, errors: Mapping[str, str]) -> None:
    """Print an item for each object, the failed ones included, and how many there are of each result.

    Args:
        ended: the outcomes by context.
        output: the format.
        errors: by context, why a cluster could not be read.
    """
    counts = Counter(outcome.done for outcomes in ended.values() for outcome in outcomes)
    summary = {
        "namespaces": sum(len({outcome.namespace for outcome in outcomes}) for outcomes in ended.values()),
        **{word: counts[done] for done, word in RESULTS.items()},
    }
    print_document(
        "ChangeList",
        chain.from_iterable(_items(context, outcomes) for context, outcomes in ended.items()),
        output,
        dryRun=output.dry_run.value,
        summary=summary,
        errors=[{"context": context, "message": message} for context, message in errors.items()],
    )


def _items(context: str, ended: Sequence[Outcome]) -> Iterator[Object]:
    failed = {outcome.namespace for outcome in ended if outcome.done is Done.FAILED}
    for outcome in ended:
        yield {"context": context, **_item(outcome, has_failure=outcome.namespace in failed)}


def _item(outcome: Outcome, *, has_failure: bool) -> Object:
    return {
        "namespace": outcome.namespace,
        "kind": outcome.kind.title,
        "name": outcome.name,
        "result": RESULTS[outcome.done],
        "message": message_of(outcome, has_failure=has_failure),
    }


def message_of(outcome: Outcome, *, has_failure: bool) -> str:
    """Why the object is not in its desired state, and what to do; "" where it is."""
    if outcome.error is not None:
        return "\n".join(filter(None, (outcome.error.line.removeprefix("error: "), outcome.error.hint)))
    if outcome.done is Done.SKIPPED:
        return _AFTER_FAILURE if has_failure else _INTERRUPTED
    return outcome.note
