"""The table of `verify`, the same rows as JSON, YAML or names, and what helps where something is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.images.verdict import Result
from pullsecret.model.request.common import Format, Output
from pullsecret.report.columns import put_columns
from pullsecret.report.manifests import put_objects
from pullsecret.report.streams import put, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.results.verify import Verified, VerifyRow

_HEADERS = ("NAMESPACE", "SECRET", "IMAGE/REGISTRY", "RESULT")

_HINTS = {
    Result.BAD_CREDENTIAL: "bad credential: it was tried once and not again; put a good one in its place with create, "
    "entitled or copy",
    Result.NO_RIGHT: "no right to this image: the login is good, so give it the right to pull there; an image that is "
    "not there may look the same",
    Result.NEEDS_LOGIN: "needs a login: no pull secret that a pod names has an entry for the image; copy or "
    "create one, and attach it",
    Result.PRIVATE_ONLY: "private endpoint only: pods must name the registry's private. host, and the secret needs it: "
    "create --icr REGION --private",
    Result.UNSAFE: "not asked: without TLS others on the way can read the credential; --insecure asks nevertheless",
    Result.MALFORMED: "malformed: no pod that names the secret pulls any image, public ones included",
}


def show(verified: Verified, output: Output) -> int:
    """Print what was verified; the exit status is 1 unless all is good and could be looked at."""
    for line in (*verified.notes, *verified.failures):
        say(line)
    if output.format in (Format.JSON, Format.YAML):
        rows = [row.as_object() for row in verified.rows]
        put_objects([{"apiVersion": "v1", "kind": "List", "items": rows}], output.format)
    elif output.format is Format.NAME:
        for name in dict.fromkeys(row.secret for row in verified.rows if row.secret):
            put(f"secret/{name}")
    elif verified.rows:
        put_columns(_HEADERS, [_cells(row) for row in verified.rows], show_headers=output.show_headers)
    elif not verified.failures:
        say(verified.emptiness)
    _say_hints(verified.rows)
    return 1 if verified.failures or not all(row.verdict.result.is_good for row in verified.rows) else 0


def _cells(row: VerifyRow) -> tuple[str, ...]:
    return row.namespace, row.secret or "<none>", row.image or "<all>", row.verdict.text


def _say_hints(rows: Sequence[VerifyRow]) -> None:
    for result in dict.fromkeys(row.verdict.result for row in rows):
        if result in _HINTS:
            say(_HINTS[result])
