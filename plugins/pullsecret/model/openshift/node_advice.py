"""A sentence about the nodes of a cluster, and the command that goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pullsecret.model.request.suggested_command import SuggestedCommand


@dataclass(frozen=True, kw_only=True)
class NodeAdvice:
    """A sentence without `note:` or `warning:` before it, and a command below it; a warning if it costs something."""

    text: str
    command: SuggestedCommand | None = None
    is_warning: bool = False


def counted_nodes(number: int) -> str:
    """A number of nodes: `1 node`, `2 nodes`."""
    return f"{number} node" + ("" if number == 1 else "s")
