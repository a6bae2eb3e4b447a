"""What a command changes in the global pull secret: asked on the terminal, or said in lines for stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from pullsecret.model.plan.global_secret import GlobalPlan


def show_changes(key: tuple[str, str], found: GlobalPlan) -> None:
    """Print each entry that is added (+), changed (~) or removed (-), and what that means, before the question."""
    namespace, name = key
    print_message(Printable(f"These entries of secret/{name} in namespace {namespace} will change:"))
    for change in found.changes:
        print_message(Printable(f"  {change.line}"))
    for line in found.meaning:
        print_message(Printable(line))


def change_notes(key: tuple[str, str], found: GlobalPlan) -> tuple[str, ...]:
    """The same in lines that are notes and warnings, where nothing is asked."""
    namespace, name = key
    where = f"secret/{name} in namespace {namespace}"
    return (*(f"note: {where}: {change.line}" for change in found.changes), *found.meaning)
