"""A plan in stages: each is computed when the one before has ended, from what came of it and what is there by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.apply.engine import Interruption, stream_outcomes
from pullsecret.model.plan.change import Done, Outcome, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.apply.terms import Server
    from pullsecret.model.request.command_request import Output

NextStage: TypeAlias = Callable[[Sequence[Outcome], Interruption], Plan | None]
"""From all outcomes so far to the next changes; None when there are no more.

It may read from the cluster, and wait for something there until it is interrupted.
"""


def stream_stages(
    expected: Plan, next_stage: NextStage, cluster: Server, output: Output, interruption: Interruption
) -> Generator[Sequence[Outcome], None, None]:
    """Apply the stages one after another and yield the outcomes as they end; after an interruption, no stage begins.

    Changes that no stage had are reported as skipped.

    Args:
        expected: the changes of all stages, as far as they are known beforehand.
        next_stage: what gives each stage.
        cluster: where to write.
        output: as for `stream_outcomes`.
        interruption: as for `stream_outcomes`.
    """
    ended: list[Outcome] = []
    while not interruption.event.is_set():
        stage = next_stage(tuple(ended), interruption)
        if stage is None:
            break
        for outcomes in stream_outcomes(stage, cluster, output, interruption):
            ended += outcomes
            yield outcomes
    yield tuple(_left_out(expected, ended))


def _left_out(expected: Plan, ended: Sequence[Outcome]) -> Iterator[Outcome]:
    """The changes that have no outcome, as skipped."""
    reported = Counter((outcome.kind, outcome.namespace, outcome.name) for outcome in ended)
    for steps in expected.sequences:
        for change in steps:
            place = (change.kind, change.namespace, change.name)
            if reported[place]:
                reported[place] -= 1
            else:
                yield change.outcome(Done.SKIPPED)
