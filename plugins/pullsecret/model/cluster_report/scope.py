"""What a report covers, in words, and the command that makes it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.request.suggested_command import Flag, pullsecret, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.model.request.targets import Targets


def scope_of(targets: Targets) -> str:
    """The namespaces that the flags select: `all namespaces`, `namespaces team-*`."""
    excluded = f" except {printable(', '.join(targets.exclude))}" if targets.exclude else ""
    if targets.every and not targets.selector:
        return f"all namespaces{excluded}"
    if targets.selector:
        return f"namespaces with labels {printable(targets.selector)}{excluded}"
    names = printable(", ".join(targets.names))
    noun = "namespaces" if targets.may_be_many else "namespace"
    return f"{noun} {names}{excluded}" if names else f"the namespace of the context{excluded}"


def report_command(targets: Targets, style: CommandStyle) -> str:
    """The command with the same target flags; "" for a value that cannot be pasted."""
    return str(typed(pullsecret("report", *_flags_of(targets)), style))


def _flags_of(targets: Targets) -> Iterator[Flag]:
    if targets.every:
        yield Flag("-A")
    if targets.names:
        yield Flag("-n", ",".join(targets.names))
    if targets.selector:
        yield Flag("-l", targets.selector)
    for pattern in targets.exclude:
        yield Flag("--exclude", pattern)
    contexts = targets.contexts
    for pattern in contexts.patterns:
        yield Flag("--contexts", pattern)
    if contexts.every:
        yield Flag("--all-contexts")
    for pattern in contexts.exclude:
        yield Flag("--exclude-context", pattern)
