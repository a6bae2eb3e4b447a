"""What a response of the API server means: an object, warnings, or an error with kubectl's message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
from pullsecret.network.go_text import quoted
from pullsecret.network.redaction import without

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object
    from pullsecret.network.http.message import Response

_MAX_TEXT = 2048  # client-go: rest/request.go, maxUnstructuredResponseTextBytes
_WARNING = re.compile(r'(\d{3})\s+\S+\s+"((?:[^"\\]|\\.)*)"')

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

_QUOTED = {403: "Forbidden", 415: "UnsupportedMediaType"}
"""Codes for which the response's own text is the message."""


def retry_after(response: Response) -> float | None:
    """The seconds that the server asks to wait; None when it does not say, or says a date."""
    text = response.value("Retry-After")
    return float(text) if text.isascii() and text.isdigit() else None


def warnings_in(response: Response) -> tuple[str, ...]:
    """The texts of the Warning headers with code 299 (client-go: rest/warnings.go)."""
    found = (match for value in response.values("Warning") for match in _WARNING.finditer(value))
    return tuple(response.redacted_text(re.sub(r"\\(.)", r"\1", match[2])) for match in found if match[1] == "299")


def object_in(response: Response, what: str) -> Object:
    """The Kubernetes object in a good response.

    Raises:
        ApiError: the server refused; its message names `what` (`get secrets`) when the server's own does not.
        ConnectError: the server is not a Kubernetes API server.
    """
    content = response.json_object
    if not 200 <= response.status <= 206:  # noqa: PLR2004  client-go: rest/request.go, transformResponse
        raise _refusal(response, content, what)
    if content is None:
        raise ConnectError("the server does not look like a Kubernetes API server (response is not JSON)")
    return content


def _refusal(response: Response, content: Object | None, what: str) -> ApiError:
    """The server's Status as an error, or what the bare status code means."""
    message = content.get("message") if content is not None and content.get("kind") == "Status" else None
    if content is not None and isinstance(message, str):
        reason, message = response.redacted_text(str(content.get("reason") or "")), response.redacted_text(message)
    else:
        reason, message = _generic(response, what)
    kind = _BY_CODE.get(response.status, ServerError if response.status >= 500 else ApiError)  # noqa: PLR2004
    if reason == "AlreadyExists":
        kind = AlreadyExistsError
    return kind(message, code=response.status, reason=reason, retry_after=retry_after(response))


def _generic(response: Response, what: str) -> tuple[str, str]:
    """Reason and message for a response without a Status: a load balancer's or a proxy's."""
    operation = what.partition(" ")[0]
    if response.status == 409 and operation == "post":  # noqa: PLR2004
        reason, message = "AlreadyExists", "the server reported a conflict"
    elif response.status in _GENERIC:
        reason, message = _GENERIC[response.status]
    elif response.status in _QUOTED:
        reason, message = _QUOTED[response.status], response.redacted_text(_text(response, operation))
    elif response.status >= 500:  # noqa: PLR2004
        reason = "InternalError"
        text = quoted(without(_text(response, operation), response.credentials))
        message = f"an error on the server ({text}) has prevented the request from succeeding"
    else:
        reason = ""
        message = f"the server responded with the status code {response.status} but did not return more information"
    return reason, f"{message} ({what})"


def _text(response: Response, operation: str) -> str:
    """The response's text as kubectl quotes it; `unknown` where it is not text, or may quote a secret that was sent."""
    media = response.value("Content-Type").partition(";")[0].strip()
    if operation != "get" or (media and not media.startswith("text/")):
        return "unknown"
    return response.body[:_MAX_TEXT].decode("utf-8", errors="replace").strip()
