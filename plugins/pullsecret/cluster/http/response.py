"""What the server said: the answer as data, and a refusal as one of our errors in kubectl's words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from pullsecret.errors import (
    AlreadyExistsError,
    ApiError,
    ConflictError,
    ConnectError,
    ForbiddenError,
    GoneError,
    InvalidError,
    NotFoundError,
    ServerError,
    ThrottledError,
    UnauthorizedError,
)
from pullsecret.network.go_text import plain, quoted
from pullsecret.network.redaction import without

_MAX_TEXT = 2048  # client-go: rest/request.go, maxUnstructuredResponseTextBytes
_WARNING = re.compile(r'\s*(\d{3})\s+\S+\s+"((?:[^"\\]|\\.)*)"')

_BY_CODE: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    422: InvalidError,
    429: ThrottledError,
}

# apimachinery: pkg/api/errors/errors.go, NewGenericServerResponse
_GENERIC = {
    400: ("BadRequest", "the server rejected our request for an unknown reason"),
    401: ("Unauthorized", "the server has asked for the client to provide credentials"),
    404: ("NotFound", "the server could not find the requested resource"),
    405: ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
    406: ("NotAcceptable", "the server was unable to respond with a content type that the client supports"),
    409: ("Conflict", "the server reported a conflict"),
    422: ("Invalid", "the server rejected our request due to an error in our request"),
    429: ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
    503: ("ServiceUnavailable", "the server is currently unable to handle the request"),
    504: (
        "Timeout",
        "the server was unable to return a response in the time allotted, but may still be processing the request",
    ),
}

_TELLING = {403: "Forbidden", 415: "UnsupportedMediaType"}
"""Codes for which the answer's own text is the message."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer; `credentials` are those of the question, which no text of the answer may show."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    credentials: tuple[str, ...] = field(default=(), repr=False)

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header."""
        return self._by_name.get(name.lower(), ())

    def value(self, name: str) -> str:
        """A header's first value; empty when absent."""
        return next(iter(self.values(name)), "")

    @cached_property
    def _by_name(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, value in self.headers:
            found[name.lower()] = (*found.get(name.lower(), ()), value)
        return found

    @property
    def retry_after(self) -> float | None:
        """The seconds that the server asks to wait; None when it does not say, or says a date."""
        text = self.value("Retry-After")
        return float(text) if text.isascii() and text.isdigit() else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """The texts of the Warning headers with code 299 (client-go: rest/warnings.go)."""
        found = (match for value in self.values("Warning") for match in _WARNING.finditer(value))
        return tuple(self.said(re.sub(r"\\(.)", r"\1", match[2])) for match in found if match[1] == "299")

    def discreet(self, credentials: tuple[str, ...]) -> Answer:
        """The same answer, which shows none of these credentials of the question; its body is still as it came."""
        headers = tuple((name, without(value, credentials)) for name, value in self.headers)
        return replace(self, reason=without(self.reason, credentials), headers=headers, credentials=credentials)

    def said(self, text: str) -> str:
        """A text of the answer as it may be shown: nothing that steers a terminal, and no credential."""
        return without(plain(text), self.credentials)


def object_in(answer: Answer, what: str) -> dict[str, Any]:
    """The Kubernetes object in a good answer.

    Raises:
        ApiError: the server refused; of `what` (`get secrets`) its message tells when the server's own does not.
        ConnectError: what answered is no Kubernetes API.
    """
    content = _json(answer.body)
    if not 200 <= answer.status <= 206:  # noqa: PLR2004  client-go: rest/request.go, transformResponse
        raise _refusal(answer, content, what)
    if content is None:
        raise ConnectError("what answered is not a Kubernetes API: its answer is no JSON object")
    return content


def _json(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body; None when it is none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _refusal(answer: Answer, content: dict[str, Any] | None, what: str) -> ApiError:
    """The server's Status as an error, or what the bare status code means."""
    if content is not None and content.get("kind") == "Status" and isinstance(content.get("message"), str):
        reason, message = answer.said(str(content.get("reason") or "")), answer.said(content["message"])
    else:
        reason, message = _generic(answer, what)
    kind = _BY_CODE.get(answer.status, ServerError if answer.status >= 500 else ApiError)  # noqa: PLR2004
    if reason == "AlreadyExists":
        kind = AlreadyExistsError
    return kind(message, code=answer.status, reason=reason, retry_after=answer.retry_after)


def _generic(answer: Answer, what: str) -> tuple[str, str]:
    """Reason and message for an answer that is no Status: a load balancer's or a proxy's."""
    verb = what.partition(" ")[0]
    if answer.status == 409 and verb == "post":  # noqa: PLR2004
        reason, message = "AlreadyExists", "the server reported a conflict"
    elif answer.status in _GENERIC:
        reason, message = _GENERIC[answer.status]
    elif answer.status in _TELLING:
        reason, message = _TELLING[answer.status], answer.said(_text(answer, verb))
    elif answer.status >= 500:  # noqa: PLR2004
        reason = "InternalError"
        text = quoted(without(_text(answer, verb), answer.credentials))
        message = f"an error on the server ({text}) has prevented the request from succeeding"
    else:
        reason = ""
        message = f"the server responded with the status code {answer.status} but did not return more information"
    return reason, f"{message} ({what})"


def _text(answer: Answer, verb: str) -> str:
    """The answer's text as kubectl quotes it; `unknown` for what is no text, or may echo a secret that was sent."""
    media = answer.value("Content-Type").partition(";")[0].strip()
    if verb != "get" or (media and not media.startswith("text/")):
        return "unknown"
    return answer.body[:_MAX_TEXT].decode("utf-8", errors="replace").strip()
