"""What a command says in the end of a run about each cluster, and about all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.request.command_request import Output


@dataclass(frozen=True, kw_only=True)
class Conclusion:
    """What there is to say about one cluster.

    `lines` are true of this cluster. `last` is said only if every cluster of the run is `clear`, each line once.
    `is_failure`: not everything was done, even if no change failed.
    """

    lines: tuple[Printable, ...] = ()
    last: tuple[Printable, ...] = ()
    is_clear: bool = True
    is_failure: bool = False


def print_conclusions(conclusions: Sequence[tuple[Conclusion | None, Output]]) -> bool:
    """Print the conclusions of all clusters of a run, and return whether none is a failure.

    None stands for a cluster about which nothing is known.
    """
    for conclusion, output in conclusions:
        for line in conclusion.lines if conclusion else ():
            where = f" (context {output.context})" if output.spans_contexts else ""
            print_message(Printable.of(line, where))
    if all(conclusion is not None and conclusion.is_clear for conclusion, _ in conclusions):
        for line in dict.fromkeys(line for conclusion, _ in conclusions if conclusion for line in conclusion.last):
            print_message(line)
    return not any(conclusion and conclusion.is_failure for conclusion, _ in conclusions)
