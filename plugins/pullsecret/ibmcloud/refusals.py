"""IBM Cloud's error documents, as one line and what to do.

Source: IBM's SDKs: IAM answers `{"errors": [{"code", "message_code", "message", "details"}], "trace"}`, the token
service `{"errorCode", "errorMessage"}`, the Kubernetes Service `{"code", "description", "incidentID"}`, Code Engine
`{"errors": [{"code", "message"}], "trace"}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.errors import CloudError
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.answers import text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.network.http.message import Response

_HINTS: Final = {
    401: "to sign in again, run: ibmcloud login",
    403: "ask an administrator of the account for the permission",
    429: "IBM Cloud limits the requests; run the command again later",
}


def refusal_in(response: Response, method: str) -> CloudError:
    """The error for an answer with a status of 300 or more."""
    code, message = _code_and_message(response.json_object or {})
    said = printable(response.redacted_text(message)) if message else f"HTTP status {response.status_line}"
    shown = f"{said} ({printable(code)})" if code and code not in said else said
    return CloudError(
        f"IBM Cloud: {shown}",
        status=response.status,
        code=code,
        is_sent=method != "GET" and response.status >= 500,  # noqa: PLR2004
        hint=_HINTS.get(response.status, ""),
    )


def _code_and_message(content: Mapping[str, object]) -> tuple[str, str]:
    errors = content.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else content
    code = next(filter(None, (text_in(first, name) for name in ("message_code", "errorCode", "code"))), "")
    names = ("message", "errorMessage", "description", "details")
    return code, next(filter(None, (text_in(first, name) for name in names)), "")
