"""The table of `verify`, the same rows as JSON, YAML or names, and hints for what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.images.verdict import Result
from pullsecret.model.request.command_request import Format, Output
from pullsecret.report.columns import print_columns
from pullsecret.report.documents import print_items
from pullsecret.report.names import print_names
from pullsecret.report.streams import print_messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.results.verify import Verified, VerifyRow

_HEADERS = ("NAMESPACE", "SECRET", "IMAGE/REGISTRY", "RESULT")

_HINTS = {
    Result.BAD_CREDENTIAL: "rejected and not retried; replace it with create, entitled or copy",
    Result.NO_PERMISSION: "the credentials are valid but may not pull this image (or it does not exist)",
    Result.LOGIN_REQUIRED: "no referenced pull secret has an entry for this image; copy or create one, and attach it",
    Result.UNAUTHORIZED: "the credentials are wrong or may not pull this image; verify NAME --image shows which",
    Result.BLOCKED: "see images.config.openshift.io/cluster; what it blocks, nodes do not pull either",
    Result.PRIVATE_ONLY: "use private.HOST in the image name and in the secret (create --icr REGION --private)",
    Result.INSECURE: "the registry does not use TLS; use --insecure to send credentials in the clear",
    Result.INTERNAL_ADDRESS: "credentials are sent to an internal address only where the registry itself has one",
    Result.MALFORMED: "pods that reference this secret cannot pull any image, not even public ones",
}


def show(verified: Verified, output: Output) -> int:
    """Print the verdicts; 0 if all are good, 1 if not, 2 if something could not be read or tested."""
    print_messages((*verified.notes, *verified.failures), output)
    if output.is_document:
        print_items("VerdictList", [row.as_object() for row in verified.rows], output, errors=verified.failures)
    elif output.format is Format.NAME:
        print_names([(row.namespace, f"secret/{row.secret}") for row in verified.rows if row.secret], output)
    elif verified.rows:
        print_columns(_HEADERS, [_cells(row) for row in verified.rows], output)
    elif not verified.failures:
        print_messages([verified.emptiness], output)
    _say_hints(verified.rows, output)
    if verified.failures or verified.untested:
        return 2
    return 0 if all(row.verdict.result.is_good for row in verified.rows) else 1


def _cells(row: VerifyRow) -> tuple[str, ...]:
    secret = row.secret or ("<none>" if row.is_secret_known else "<unknown>")
    return row.namespace, secret, row.image or "<all>", row.verdict.text


def _say_hints(rows: Sequence[VerifyRow], output: Output) -> None:
    results = dict.fromkeys(row.verdict.result for row in rows)
    print_messages([f"note: {result.value}: {_HINTS[result]}" for result in results if result in _HINTS], output)
