"""What to know after changes that succeeded, and the command to run next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.plan.change import BAD, Done
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.plan.change import NextStep, Outcome
    from pullsecret.model.request.connection import ConnectionFlags

_SHOWN = 20
"""So many steps are listed; more are counted."""


def next_step_lines(
    steps: Sequence[NextStep], ended: Iterable[Outcome], connection: ConnectionFlags
) -> Iterator[Printable]:
    """The lines for the objects that were changed; `connection` is what commands must repeat."""
    changed = {
        (outcome.kind, outcome.namespace, outcome.name)
        for outcome in ended
        if outcome.done not in BAD and outcome.done is not Done.UNCHANGED
    }
    valid = [step for step in steps if (step.kind, step.namespace, step.name) in changed]
    for step in valid[:_SHOWN]:
        yield Printable(f"note: {step.note}")
        if step.command is not None:
            yield Printable.of("  ", typed(step.command, CommandStyle(connection=connection)) or NOT_PASTEABLE)
    if len(valid) > _SHOWN:
        yield Printable(f"... and {len(valid) - _SHOWN} more")
