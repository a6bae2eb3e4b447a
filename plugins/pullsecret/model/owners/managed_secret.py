"""Whether kubectl-pullsecret manages a secret, and whether it was edited since.

These are marks: they guard against accidents, and anyone who may write a secret can forge them. Where a credential may
go is decided by what the administrator names, and by the proof of a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.generated_secrets import is_written_by_openshift
from pullsecret.model.objects.objects import merged, text_at
from pullsecret.model.objects.pullsecret import EDITED_BY, is_marked
from pullsecret.model.owners.field_managers import claims_of, claims_on, claims_on_type
from pullsecret.model.owners.find_owner import is_controlled, undoing_owner
from pullsecret.model.owners.owner import Field

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.owners.owner import Owner


def is_ours(secret: Object) -> bool:
    """Whether kubectl-pullsecret manages the secret: it created it or took it over, and wrote its data last."""
    return has_our_mark(secret) and data_owner(secret) is None and not editor_of(secret)


def has_our_mark(secret: Object) -> bool:
    """Whether the secret is marked as ours and has no controller, also if its data was edited."""
    return is_marked(secret) and not (is_controlled(secret) or is_written_by_openshift(secret))


def data_owner(secret: Object) -> Owner | None:
    """The other party that manages a secret and undoes what others write; None for people, and where there is none."""
    return undoing_owner(secret, Field.DATA)


def editor_of(secret: Object) -> str:
    """The field manager that wrote the data of a managed secret since, ready to be shown; empty when none did."""
    if is_marked(secret) and (noted := text_at(secret, "metadata", "annotations", EDITED_BY)):
        return printable(noted)
    claims = claims_on(secret, Field.DATA)
    if not is_marked(secret) or not claims or any(claim.is_ours for claim in claims):
        return ""
    latest = max(claims, key=lambda claim: claim.time)
    return "" if _was_taken_over(secret, latest.time, latest.manager) else printable(latest.manager)


def with_editor_noted(after: Object, before: Object) -> Object:
    """A secret in which a credential was changed, with who edited it before: the write hides that from `editor_of`."""
    editor = editor_of(before)
    return merged(after, {"metadata": {"annotations": {EDITED_BY: editor}}}) if editor else after


def _was_taken_over(secret: Object, written: str, manager: str) -> bool:
    """Whether the data are still those with which the secret was created, and our label is from later.

    A write of equal data does not change who owns them (kubernetes: managed fields of updates), so a secret that was
    taken over with equal data has its creator's. Times have seconds: one of the same second counts as later.
    """
    is_creators = any(claim.manager == manager for claim in claims_on_type(secret))
    ours = max((claim.time for claim in claims_of(secret) if claim.is_ours), default="")
    return is_creators and ours >= written
