"""What changed pod templates do to pods: as notes, and before the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHOWN = 10
"""So many workloads are listed; more are counted."""


def rollout_notes(rollouts: Sequence[str]) -> tuple[str, ...]:
    """A note for each workload."""
    return tuple(f"note: {line}" for line in _shown(rollouts))


def report_rollouts(rollouts: Sequence[str], warnings: Sequence[str]) -> None:
    """Print what to know before, and what will happen to the pods of the workloads."""
    for line in warnings:
        print_message(Printable(line))
    print_message(Printable("These pod templates will be changed:"))
    for line in _shown(rollouts):
        print_message(Printable(f"  {line}"))


def _shown(rollouts: Sequence[str]) -> Iterator[str]:
    yield from rollouts[:_SHOWN]
    if len(rollouts) > _SHOWN:
        yield f"{len(rollouts) - _SHOWN} more workloads"
