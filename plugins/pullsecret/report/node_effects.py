"""What the nodes do with a changed global pull secret, and which waiting pods it helps, as lines for stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.openshift.topology import ClusterKind
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, Flag, pullsecret, typed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.openshift.helped_pods import HelpedPods
    from pullsecret.model.openshift.node_advice import NodeAdvice

_SHOWN: Final = 20
"""So many owners of waiting pods are listed by name."""


def advice_lines(advice: Sequence[NodeAdvice], style: CommandStyle) -> Iterator[Printable]:
    """A line for each sentence, and one for its command."""
    for item in advice:
        yield Printable(f"{'warning' if item.is_warning else 'note'}: {item.text}")
        if item.command is not None:
            yield Printable.of("  ", typed(item.command, style) or NOT_PASTEABLE)


def helped_lines(found: Sequence[HelpedPods], kind: ClusterKind, style: CommandStyle) -> Iterator[Printable]:
    """A line for the waiting pods of each owner: those that recover, and those that do not and why."""
    when = (
        "once its worker is reloaded or replaced" if kind is ClusterKind.IBM_CLOUD else "once its node has the change"
    )
    for item in found[:_SHOWN]:
        count = f" ({len(item.pods)} pods)" if len(item.pods) > 1 else ""
        who = f"{printable(item.owner)}{count} in namespace {item.namespace}"
        if not item.obstacle:
            image = printable(item.image)
            yield Printable(f"note: {who} is waiting for {image} and will try again {when}, within about 5 minutes")
            continue
        yield Printable(f"warning: {who} is waiting for {printable(item.image)} and will not recover: {item.obstacle}")
        yield Printable.of("  ", typed(pullsecret("doctor", Flag("-n", item.namespace)), style) or NOT_PASTEABLE)
    if len(found) > _SHOWN:
        yield Printable(f"... and {len(found) - _SHOWN} more workloads with waiting pods")
