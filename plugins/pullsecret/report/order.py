"""Outcomes in the order of the plan, whichever namespace ends first."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.objects.objects import AnyKind
    from pullsecret.model.plan.change import Change, Outcome, Plan

_Place: TypeAlias = "tuple[AnyKind, str, str]"


def in_order(plan: Plan, stream: Iterable[Sequence[Outcome]]) -> Iterator[Sequence[Outcome]]:
    """Yield outcomes as soon as all that come before them in the plan are known, those of a moment together."""
    order = Order(plan)
    for ended in stream:
        yield order.add(ended)
    yield order.left()


class Order:
    """Holds outcomes back until all that come before them in the plan are known."""

    def __init__(self, plan: Plan) -> None:
        self._expected = deque(_place(change) for steps in plan.sequences for change in steps)
        self._waiting: dict[_Place, deque[Outcome]] = {}

    def add(self, ended: Iterable[Outcome]) -> Sequence[Outcome]:
        """Take more outcomes, and return those whose turn it is."""
        expected, waiting = self._expected, self._waiting
        for outcome in ended:
            waiting.setdefault(_place(outcome), deque()).append(outcome)
        ready: list[Outcome] = []
        while expected and (found := waiting.get(expected[0])):
            ready.append(found.popleft())
            if not found:
                del waiting[expected[0]]
            expected.popleft()
        return ready

    def left(self) -> Sequence[Outcome]:
        """The outcomes that no other one let through."""
        return [outcome for left in self._waiting.values() for outcome in left]


def _place(item: Change | Outcome) -> _Place:
    """What tells changes apart; of several changes of one object the first one ends first."""
    return item.kind, item.namespace, item.name
