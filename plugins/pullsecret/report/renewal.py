"""What a renewal by IBM Cloud is about to do, and who still has the previous API key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.plan.renewal import SOURCE, RenewalStep, shown_namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.plan.credential_holders import Remaining


def beginning_line(step: RenewalStep, where: str, *, is_dry: bool) -> str:
    """What IBM Cloud is asked for, or was; `where` names the cluster and the account."""
    what = f"secret/{SOURCE[1]} in namespace {SOURCE[0]}"
    would = "would create" if is_dry else "creates"
    if step is RenewalStep.ASK:
        return f"note: IBM Cloud ({where}) {would} {what} again; the previous API key may end at once"
    if step is RenewalStep.WAIT:
        return f"note: IBM Cloud ({where}) was asked by a run that was interrupted; waiting for {what}"
    return (
        f"note: IBM Cloud ({where}) has written {what} since a run that was interrupted, and is not asked again; "
        "to renew it once more, run the command again in the end"
    )


def holder_lines(remaining: Sequence[Remaining]) -> Iterator[str]:
    """A line for each name of secrets that still have the previous API key, and for what could not be read."""
    places: dict[str, dict[str, None]] = {}
    for holder in (holder for left in remaining for holder in left.holders):
        places.setdefault(holder.name, {})[holder.namespace] = None
    for name, namespaces in places.items():
        yield f"warning: secret/{name} {shown_namespaces(namespaces)} still has the previous API key, which may end"
    for line in dict.fromkeys(line for left in remaining for line in left.unread):
        yield f"warning: other secrets may hold the previous API key: {line}"
