"""The table of `rotate --status`, and the same rows as JSON, YAML or names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.request.command_request import Format, Output
from pullsecret.report.columns import print_columns
from pullsecret.report.documents import print_items
from pullsecret.report.names import print_names
from pullsecret.report.streams import print_messages

if TYPE_CHECKING:
    from pullsecret.model.plan.rotation_status import RotationStatus

_HEADERS = ("NAMESPACE", "NAME", "CREDENTIAL", "SECRET")


def show(status: RotationStatus, output: Output) -> int:
    """Print how far rotations are; the exit status is 1 if something could not be read."""
    print_messages((*status.notes, *status.failures), output)
    if output.is_document:
        items = (row.as_object() for row in status.rows)
        print_items("RotationStatus", items, output, errors=status.failures)
    elif output.format is Format.NAME:
        print_names([(row.namespace, f"secret/{row.name}") for row in status.rows], output)
    elif status.rows:
        cells = ([row.namespace, row.name, row.held.value, row.reason] for row in status.rows)
        print_columns(_HEADERS, cells, output)
    return 1 if status.failures else 0
