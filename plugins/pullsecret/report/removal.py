"""What is about to be deleted, before the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.plan.observed import Key

_SHOWN = 10
"""So many namespaces are listed for a name, unless there are but a few more."""


def report_removal(keys: Sequence[Key]) -> None:
    """Print which secrets will be deleted, a line for each name."""
    places: dict[str, list[str]] = {}
    for namespace, name in keys:
        places.setdefault(name, []).append(namespace)
    print_message(Printable("These secrets will be detached and deleted:"))
    for name, namespaces in places.items():
        more = len(namespaces) - _SHOWN
        shown = Printable.listed(namespaces[:_SHOWN])
        plural = "s" if len(namespaces) > 1 else ""
        rest = f" and {more} more" if more > 0 else ""
        print_message(Printable.of(f"  secret/{name} in namespace{plural} ", shown, rest))
