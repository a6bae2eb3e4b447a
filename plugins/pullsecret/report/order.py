"""Outcomes in the order of the plan, whichever namespace ends first."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.objects.objects import Kind
    from pullsecret.model.plan.change import Change, Outcome, Plan

_Place: TypeAlias = "tuple[Kind, str, str]"


def in_order(plan: Plan, outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Yield each outcome as soon as all that come before it in the plan are known."""
    expected = deque(_place(change) for steps in plan.sequences for change in steps)
    waiting: dict[_Place, deque[Outcome]] = {}
    for outcome in outcomes:
        waiting.setdefault(_place(outcome), deque()).append(outcome)
        while expected and (found := waiting.get(expected[0])):
            yield found.popleft()
            expected.popleft()
    for left in waiting.values():
        yield from left


def _place(item: Change | Outcome) -> _Place:
    """What tells changes apart; of several changes of one object the first one ends first."""
    return item.kind, item.namespace, item.name
