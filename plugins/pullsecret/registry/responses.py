"""What a response of a registry or a token server means.

Sources: distribution docs/content/spec/api.md (error codes) and auth/token.md; IBM Cloud documentation, Registry,
"Why can't I pull images" and "Automating access" (400 for a username that does not match the password; the
messages of private-only access).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.images.verdict import Result, Verdict

if TYPE_CHECKING:
    from pullsecret.network.http.message import Response

_PRIVATE_ONLY = re.compile(r"private-only access|over the private network", re.IGNORECASE)
_REJECTED = frozenset({400, 401, 403})
_UNSPECIFIC = frozenset({"", "authentication required"})
"""Messages that are less specific than the status (distribution: registry/api/errcode/register.go)."""
_MAX_LENGTH = 200


def open_verdict(response: Response) -> Verdict | None:
    """The verdict that is not about the credentials: too many requests, a server error, a private endpoint."""
    if _PRIVATE_ONLY.search(_text(response)):
        return Verdict(result=Result.PRIVATE_ONLY, detail=_error_text(response))
    if response.status == 429:  # noqa: PLR2004
        wait = response.values("Retry-After")
        return Verdict(
            result=Result.THROTTLED,
            detail=f"try again in {printable(response.redacted_text(wait[0]))} s" if wait else _error_text(response),
        )
    if response.status >= 500:  # noqa: PLR2004
        return Verdict(result=Result.FAILED, detail=_error_text(response))
    return None


def token_refusal(response: Response, rejected: Result) -> Verdict:
    """The verdict on a token server's response without a token; `rejected` is the result when it refuses one."""
    if verdict := open_verdict(response):
        return verdict
    if response.status in _REJECTED:
        return Verdict(result=rejected, detail=_error_text(response))
    return Verdict(result=Result.FAILED, detail=f"the token server responded: {_error_text(response)}")


def image_verdict(response: Response, *, logged_in: bool) -> Verdict:
    """The verdict on the response to a request for an image's manifest."""
    if verdict := open_verdict(response):
        return verdict
    if 200 <= response.status < 300:  # noqa: PLR2004
        return Verdict(result=Result.WORKS)
    if response.status == 404:  # noqa: PLR2004
        return Verdict(result=Result.NOT_FOUND)
    if response.status in {401, 403}:
        return Verdict(
            result=Result.NO_PERMISSION if logged_in else Result.LOGIN_REQUIRED, detail=_error_text(response)
        )
    return Verdict(result=Result.FAILED, detail=_error_text(response))


def _error_text(response: Response) -> str:
    """The first error's message, or the status: `401 Unauthorized`."""
    for error in _errors(response):
        if isinstance(message := error.get("message"), str) and message not in _UNSPECIFIC:
            return printable(response.redacted_text(message))[:_MAX_LENGTH]
    return response.status_line


def _errors(response: Response) -> list[dict[str, object]]:
    content = response.json_object
    errors = content.get("errors") if content else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _text(response: Response) -> str:
    return response.body.decode("utf-8", "replace") if response.status >= 400 else ""  # noqa: PLR2004
