"""What to do about an answer: commands for what is in the cluster, words for what is in manifests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.doctor.fixes import command_of_step

if TYPE_CHECKING:
    from pullsecret.model.can_pull.answer import PullAnswer
    from pullsecret.model.request.suggested_command import SuggestedCommand


@dataclass(frozen=True, kw_only=True)
class SuggestedFix:
    """Commands, in order, and words; both may be empty."""

    commands: tuple[SuggestedCommand, ...] = ()
    advice: str = ""


def suggested_fix(answer: PullAnswer) -> SuggestedFix:
    """The fix of an answer."""
    fix = answer.answer.fix
    if fix is None:
        return SuggestedFix()
    commands = tuple(command_of_step(step, answer.namespace) for step in fix.steps)
    return SuggestedFix(commands=commands, advice=fix.advice)
