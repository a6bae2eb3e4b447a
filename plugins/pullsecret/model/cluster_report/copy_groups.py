"""The sources of copies, each with its copies: what the report draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.cluster_report.reported_secret import ReportedSecret, SecretPlace


@dataclass(frozen=True, kw_only=True)
class CopyGroup:
    """A source and the secrets that are marked as its copies, by namespace and name.

    `reported` is the source, None if it is not in the report: gone, not readable, not asked for, or in another cluster;
    the standing of the copies tells which. A source may itself be a copy (`reported.origin`).
    """

    source: SecretPlace
    reported: ReportedSecret | None
    copies: tuple[ReportedSecret, ...]


def copy_groups(secrets: Iterable[ReportedSecret]) -> tuple[CopyGroup, ...]:
    """The groups, those with most copies first; siblings are no copies."""
    known = {secret.place: secret for secret in secrets}
    found: dict[SecretPlace, list[ReportedSecret]] = {}
    for secret in known.values():
        if secret.origin is not None and not secret.role:
            found.setdefault(secret.origin, []).append(secret)
    groups = (
        CopyGroup(
            source=source,
            reported=known.get(source),
            copies=tuple(sorted(copies, key=lambda copy: copy.place)),
        )
        for source, copies in found.items()
    )
    return tuple(sorted(groups, key=lambda group: (-len(group.copies), group.source)))
