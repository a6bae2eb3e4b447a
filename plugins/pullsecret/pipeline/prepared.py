"""What a command is about to write in one cluster, between what it read and the first write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from pullsecret.apply.engine import stream_outcomes
from pullsecret.apply.stages import stream_stages
from pullsecret.cluster.client import Cluster
from pullsecret.model.request.command_request import CommandRequest, DryRun
from pullsecret.report.confirmation import ask_to_continue, check_can_ask

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from pullsecret.apply.engine import Interruption
    from pullsecret.apply.stages import NextStage
    from pullsecret.apply.terms import Server
    from pullsecret.model.plan.change import Outcome, Plan
    from pullsecret.model.request.command_request import Output
    from pullsecret.report.conclusion import Conclusion

AnyRequest = TypeVar("AnyRequest", bound=CommandRequest)


@dataclass(frozen=True, kw_only=True)
class Question:
    """Why a command asks before it writes in one cluster alone: `what`, as in `check_can_ask`; `show` prints it."""

    what: str
    show: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The changes; with `next_stage` in stages, of which `plan` has all as far as they are known.

    `conclude` is called after the changes and their report, unless nothing was written; it may read from the cluster.
    """

    plan: Plan
    next_stage: NextStage | None = None
    question: Question | None = None
    conclude: Callable[[], Conclusion] | None = None

    def conclusion(self, output: Output, interruption: Interruption) -> Conclusion | None:
        """What to say in the end; None when there is nothing, or when it is not known."""
        if self.conclude is None or output.dry_run is not DryRun.NONE or interruption.signal_number:
            return None
        return self.conclude()

    def stream(
        self, cluster: Server, output: Output, interruption: Interruption
    ) -> Generator[Sequence[Outcome], None, None]:
        """Apply the changes and yield what becomes of them, as `stream_outcomes` does."""
        if self.next_stage is None:
            return stream_outcomes(self.plan, cluster, output, interruption)
        return stream_stages(self.plan, self.next_stage, cluster, output, interruption)


Prepare: TypeAlias = Callable[[AnyRequest, Cluster], Prepared]
"""Reads a cluster and decides what to write; raises what makes it impossible."""


def must_ask(request: CommandRequest) -> bool:
    """Whether a prompt comes before writes that need one."""
    return not request.is_confirmed and request.output.dry_run is DryRun.NONE


def is_confirmed(question: Question | None, request: CommandRequest) -> bool:
    """Whether to go on: without a question, with --yes, in a dry run, or after asking.

    Raises:
        UsageError: there is no terminal to ask on.
    """
    if question is None or not must_ask(request):
        return True
    check_can_ask(question.what)
    question.show()
    return ask_to_continue()
