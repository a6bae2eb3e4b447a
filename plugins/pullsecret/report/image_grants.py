"""Who is about to be allowed to pull a project's images, or not any more, before the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN = 10
"""So many projects are listed; more are counted."""


def report_grants(
    projects: Sequence[str], accounts: Sequence[str], images_project: str, *, is_revocation: bool
) -> None:
    """Print whose accounts may pull from now on, or not any more.

    Args:
        projects: the projects of the accounts.
        accounts: their names; none for all accounts of each project.
        images_project: the project of the images.
        is_revocation: whether the permission is removed.
    """
    may = "will no longer be allowed" if is_revocation else "will be allowed"
    print_message(Printable(f"These service accounts {may} to pull the images of project {images_project}:"))
    more = len(projects) - _SHOWN
    shown = Printable.listed(projects[:_SHOWN])
    what = ", ".join(accounts) or "all"
    rest = f" and {more} more" if more > 0 else ""
    print_message(Printable.of(f"  {what} in project{'s' if len(projects) > 1 else ''} ", shown, rest))
