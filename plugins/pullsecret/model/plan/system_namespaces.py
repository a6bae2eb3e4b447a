"""System namespaces that -A, -l or a pattern selects: what is there already is updated, and nothing is created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import name_of
from pullsecret.model.owners.managed_secret import is_ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.existing_secret import NewSecret
    from pullsecret.model.plan.observed import ObservedNamespaces


def managed_already(namespace: str, secrets: Sequence[NewSecret], observed: ObservedNamespaces) -> Sequence[NewSecret]:
    """Those of the secrets that are in the namespace already, and are managed by this program."""
    present = observed.secrets.present
    return [new for new in secrets if is_ours(present.get((namespace, name_of(new.secret)), {}))]


def system_notes(observed: ObservedNamespaces, planned: Iterable[Steps]) -> tuple[str, ...]:
    """How many system namespaces nothing is written to, because they were not named."""
    left_out = len(observed.selection.system - {change.namespace for steps in planned for change in steps})
    if not left_out:
        return ()
    what, them = ("1 system namespace", "it") if left_out == 1 else (f"{left_out} system namespaces", "them")
    return (f"note: left out {what}; use --include-system to include {them}",)
