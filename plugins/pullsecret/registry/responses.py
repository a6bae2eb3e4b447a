"""What a registry's or a token server's refusal means.

Sources: distribution docs/content/spec/api.md (error codes) and auth/token.md; IBM Cloud documentation, Registry,
"Why can't I pull images" and "Automating access" (400 for a user name that does not fit the password; the words of
private-only access).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.images.verdict import Result, Verdict

if TYPE_CHECKING:
    from pullsecret.registry.http import Reply

_PRIVATE_ONLY = re.compile(r"private-only access|over the private network", re.IGNORECASE)
_REJECTED = frozenset({400, 401, 403})
_SAYS_NOTHING = frozenset({"", "authentication required"})
"""Messages that tell less than the status (distribution: registry/api/errcode/register.go)."""
_LONGEST = 200


def open_verdict(reply: Reply) -> Verdict | None:
    """The verdict that says nothing about the credential: too many requests, a server's failure, a private endpoint."""
    if _PRIVATE_ONLY.search(_text(reply)):
        return Verdict(result=Result.PRIVATE_ONLY, detail=_told(reply))
    if reply.status == 429:  # noqa: PLR2004
        wait = reply.values("Retry-After")
        return Verdict(result=Result.THROTTLED, detail=f"again in {reply.said(wait[0])} s" if wait else _told(reply))
    if reply.status >= 500:  # noqa: PLR2004
        return Verdict(result=Result.FAILED, detail=_told(reply))
    return None


def token_refusal(reply: Reply, rejected: Result) -> Verdict:
    """The verdict on a token server's answer that is no token; `rejected` is what it means when it does not want to."""
    if verdict := open_verdict(reply):
        return verdict
    if reply.status in _REJECTED:
        return Verdict(result=rejected, detail=_told(reply))
    return Verdict(result=Result.FAILED, detail=f"its token server said {_told(reply)}")


def image_verdict(reply: Reply, *, logged_in: bool) -> Verdict:
    """The verdict on the answer to a request for an image's manifest."""
    if verdict := open_verdict(reply):
        return verdict
    if 200 <= reply.status < 300:  # noqa: PLR2004
        return Verdict(result=Result.WORKS)
    if reply.status == 404:  # noqa: PLR2004
        return Verdict(result=Result.NOT_FOUND)
    if reply.status in {401, 403}:
        return Verdict(result=Result.NO_PERMISSION if logged_in else Result.LOGIN_REQUIRED, detail=_told(reply))
    return Verdict(result=Result.FAILED, detail=_told(reply))


def _told(reply: Reply) -> str:
    """The first error's own message, else the status: `401 Unauthorized`."""
    for error in _errors(reply):
        if isinstance(message := error.get("message"), str) and message not in _SAYS_NOTHING:
            return printable(reply.said(message))[:_LONGEST]
    return reply.status_line


def _errors(reply: Reply) -> list[dict[str, object]]:
    try:
        content = json.loads(reply.body)
    except (ValueError, RecursionError):
        return []
    errors = content.get("errors") if isinstance(content, dict) else None
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def _text(reply: Reply) -> str:
    return reply.body.decode("utf-8", "replace") if reply.status >= 400 else ""  # noqa: PLR2004
