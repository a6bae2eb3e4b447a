"""What --fix is about to do, whether it may, and what became of the pods."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pullsecret.model.doctor.progress import State
from pullsecret.report.durations import human_duration
from pullsecret.report.streams import put, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.doctor.progress import WatchedOwner
    from pullsecret.model.plan.change import Outcome


def tell_plan(outcomes: Iterable[Outcome], left: Sequence[str]) -> None:
    """Say what would become of each object, and what is left to a person."""
    for line in left:
        say(line)
    lines = [_line(outcome) for outcome in outcomes]
    if lines:
        say("--fix does this:")
    for line in lines:
        say(f"  {line}")


def _line(outcome: Outcome) -> str:
    what = f"{outcome.kind.word}/{outcome.name}"
    if outcome.error is not None:
        return f"{what}: {outcome.error.line}"
    return f"{what} {outcome.done.value} in namespace {outcome.namespace}"


def tell_watch(owners: Sequence[WatchedOwner], seconds: float) -> None:
    """Say that nothing more is done, only waited for."""
    who = owners[0].owner if len(owners) == 1 else f"{len(owners)} owners of pods"
    say(f"watching {who} for up to {human_duration(int(seconds))}; Ctrl-C ends the watching only")


def is_confirmed() -> bool:
    """Whether a person at the terminal wants it; where there is no terminal, to have typed --fix is enough."""
    if sys.stdin is None or not sys.stdin.isatty():
        return True
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    say("nothing was changed")
    return False


def tell_states(states: Mapping[WatchedOwner, State]) -> bool:
    """A line for each owner; whether all of them are well."""
    for owner, state in states.items():
        tell = put if state is State.HEALED else say
        tell(f"{owner.owner} in namespace {owner.namespace} {state.value}")
    return all(state is State.HEALED for state in states.values())
