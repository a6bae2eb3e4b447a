"""What a response of the API server means."""

from __future__ import annotations

import json

import pytest

from pullsecret import errors
from pullsecret.cluster.http.response import object_in, warnings_in
from pullsecret.network.http.message import Response


def answer(status: int, body: object, *headers: tuple[str, str]) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status=status, headers=headers, body=content)


def status(code: int, reason: str, message: str = "words") -> Response:
    return answer(code, {"kind": "Status", "message": message, "reason": reason, "code": code})


def refused(given: Response, what: str = "get secrets x") -> errors.ApiError:
    with pytest.raises(errors.ApiError) as caught:
        object_in(given, what)
    return caught.value


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (400, "BadRequest", errors.ApiError),
        (401, "Unauthorized", errors.UnauthorizedError),
        (403, "Forbidden", errors.ForbiddenError),
        (404, "NotFound", errors.NotFoundError),
        (409, "Conflict", errors.ConflictError),
        (409, "AlreadyExists", errors.AlreadyExistsError),
        (410, "Expired", errors.GoneError),
        (422, "Invalid", errors.InvalidError),
        (429, "TooManyRequests", errors.ThrottledError),
        (500, "InternalError", errors.ServerError),
        (503, "ServiceUnavailable", errors.ServerError),
    ],
)
def test_status_is_an_error_of_its_kind(code: int, reason: str, kind: type[errors.ApiError]) -> None:
    error = refused(status(code, reason))

    assert type(error) is kind
    assert (error.code, error.reason, error.message) == (code, reason, "words")
    assert error.__cause__ is None


@pytest.mark.parametrize(
    ("given", "what", "line"),
    [
        pytest.param(
            answer(500, b"boom", ("Content-Type", "text/plain")),
            "get secrets",
            'Error from server (InternalError): an error on the server ("boom") '
            "has prevented the request from succeeding (get secrets)",
            id="text",
        ),
        pytest.param(
            answer(500, b'a"b\n\x1b[31m', ("Content-Type", "text/plain")),
            "get secrets",
            'Error from server (InternalError): an error on the server ("a\\"b\\n\\u001b[31m") '
            "has prevented the request from succeeding (get secrets)",
            id="text that steers a terminal",
        ),
        pytest.param(
            answer(502, b"<S3CRET>", ("Content-Type", "text/html")),
            "patch secrets x",
            'Error from server (InternalError): an error on the server ("unknown") '
            "has prevented the request from succeeding (patch secrets x)",
            id="echo of what was written",
        ),
        pytest.param(
            answer(409, b"{}"),
            "post secrets",
            "Error from server (AlreadyExists): the server reported a conflict (post secrets)",
            id="conflict of a post",
        ),
        pytest.param(
            answer(302, b""),
            "get secrets",
            "Error from server: the server responded with the status code 302 "
            "but did not return more information (get secrets)",
            id="redirect",
        ),
    ],
)
def test_response_without_a_status(given: Response, what: str, line: str) -> None:
    assert refused(given, what).line == line


def test_message_has_no_control_characters() -> None:
    assert refused(status(403, "Forbidden", "no\x1b[2J\x07\nway")).message == "no\\u001b[2J\\u0007\nway"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"\xff", b'{"a":' * 100_000, b'{"a": ' + b"9" * 5000 + b"}"],
    ids=["nothing", "HTML", "list", "not text", "deep", "number of 5,000 digits"],
)
def test_good_response_without_an_object(body: bytes) -> None:
    with pytest.raises(errors.ConnectError, match="does not look like a Kubernetes API server") as caught:
        object_in(answer(200, body), "get secrets")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("0", 0.0), ("", None), ("-1", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)]
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert refused(answer(429, b"", ("retry-after", value))).retry_after == seconds


@pytest.mark.parametrize(
    ("headers", "texts"),
    [
        (['299 - "soon gone"'], ("soon gone",)),
        (['299 - "one", 299 k8s "two"', '299 - "three"'], ("one", "two", "three")),
        (['299 - "a \\"b\\" \\\\ c"'], ('a "b" \\ c',)),
        (['214 - "transformed"', "nonsense", '299 "no agent"'], ()),
        (['299 - "\x1b[31mred"'], ("\\u001b[31mred",)),
    ],
)
def test_warnings(headers: list[str], texts: tuple[str, ...]) -> None:
    assert warnings_in(answer(200, {}, *(("Warning", value) for value in headers))) == texts
