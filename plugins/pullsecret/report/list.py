"""The table of `list`, and the same rows as JSON, YAML or names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.results.list import as_time
from pullsecret.report.columns import print_columns
from pullsecret.report.documents import print_items
from pullsecret.report.durations import human_duration
from pullsecret.report.names import print_names
from pullsecret.report.streams import print_lines, print_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.results.list import Listing, ListRow

_HEADERS = ("NAMESPACE", "NAME", "REGISTRIES", "SERVICEACCOUNTS", "AGE")
_WIDE_HEADERS = ("TYPE", "USERNAMES", "ORIGIN", "OWNER", "EXPIRY")

PRODUCT = "kubectl-pullsecret"
"""The owner of a secret that this program alone writes."""

_GRANT_HEADERS = ("IMAGES OF", "PROJECT", "SERVICEACCOUNTS", "ROLEBINDING", "AGE")
"""Whose images the service accounts of another project may pull."""

_MANY_REGISTRIES = 3
"""A row with more registries shows the first ones and counts the rest; -o wide shows all."""


def show(listing: Listing, output: Output) -> int:
    """Print a listing; the exit status is 1 if something that was requested could not be read."""
    print_messages((*listing.notes, *listing.failures), output)
    if output.is_document:
        items = (row.as_object() for row in listing.rows)
        grants = [grant.as_object() for grant in listing.grants]
        print_items("PullSecretList", items, output, imageGrants=grants, errors=listing.failures)
    elif output.format is Format.NAME:
        print_names([(row.namespace, f"secret/{row.name}") for row in listing.rows], output)
    elif listing.rows or listing.grants:
        _put_table(listing.rows, output)
        _put_grants(listing, output)
    elif not listing.failures:
        print_messages([listing.emptiness], output)
    return 1 if listing.failures else 0


def _put_table(rows: Sequence[ListRow], output: Output) -> None:
    if not rows:
        return
    is_wide = output.format is Format.WIDE
    headers = _HEADERS + (_WIDE_HEADERS if is_wide else ())
    print_columns(headers, (_cells(row, is_wide=is_wide) for row in rows), output)


def _put_grants(listing: Listing, output: Output) -> None:
    """Print the grants of allow-pull as a table of their own, below that of the secrets."""
    if not listing.grants:
        return
    if listing.rows and not output.spans_contexts:
        print_lines([Printable("")])
    rows = (
        [grant.images, grant.project, ",".join(grant.accounts) or "<all>", grant.name, age_of(grant.created)]
        for grant in listing.grants
    )
    print_columns(_GRANT_HEADERS, rows, output)


def _cells(row: ListRow, *, is_wide: bool) -> list[str]:
    cells = [row.namespace, row.name, _registries(row, is_wide=is_wide), _accounts(row), age_of(row.created)]
    if is_wide:
        cells += [row.type, _joined(tuple(dict.fromkeys(row.registries.values()))), row.origin or "<none>"]
        cells.append(row.owner or (PRODUCT if row.is_managed else "<none>"))
        cells.append(as_time(row.expires) or "<none>")
    return cells


def _registries(row: ListRow, *, is_wide: bool) -> str:
    if row.malformed:
        return f"<malformed: {row.malformed}>"
    names = tuple(row.registries)
    if is_wide or len(names) <= _MANY_REGISTRIES:
        return _joined(names)
    return f"{_joined(names[: _MANY_REGISTRIES - 1])} + {len(names) - _MANY_REGISTRIES + 1} more"


def _accounts(row: ListRow) -> str:
    """The service accounts; a sibling, which none may reference, is marked as one instead."""
    return f"<previous {row.previous_of}>" if row.previous_of else _joined(row.accounts)


def _joined(words: tuple[str, ...]) -> str:
    return ",".join(word for word in words if word) or "<none>"


def age_of(created: str) -> str:
    """The age in kubectl's short form: 45s, 12m, 3h20m, 5d4h, 320d, 2y81d."""
    try:
        seconds = int((datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds())
    except ValueError:
        return "<unknown>"
    return human_duration(max(seconds, 0))
