"""Requests and answers without what differs from run to run, so that those of two clients can be compared."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.fake_server import Received

_HEADERS = {"if-match", "iam-apikey", "content-type", "accept", "x-auth-resource-group"}
"""The headers that matter; of a deletion in Code Engine, where the SDK sends none, If-Match does not."""

_NUMBERS = re.compile(
    r"(ServiceId|ApiKey|policy)-[0-9a-f-]{20,}|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b1-[0-9a-f]{16,32}\b"
    r"|(?<![\w-])[\w-]{44}(?![\w-])"
)
"""What differs from run to run: IDs, entity tags and keys."""


def comparable(request: Received) -> tuple[str, ...]:
    """Method, path, query, headers that matter, and body, without what differs from run to run."""
    shown = headers_that_matter(request)
    if request.method == "DELETE":
        shown.pop("if-match", None)
    if not request.body:
        shown.pop("content-type", None)
    if request.method == "DELETE" or request.path.endswith("/disable"):
        shown.pop("accept", None)  # there is no content to accept
    is_form = request.path == "/identity/token"
    body: object = parse_qs(request.body) if is_form else json.loads(request.body or "null")
    path = _NUMBERS.sub("<new>", request.path)
    return (request.method, path, _stable(request.query), _stable(shown), _stable(_sorted(body)))


def headers_that_matter(request: Received) -> dict[str, str]:
    """The headers that tell what is asked for, in lower case, without parameters."""
    headers = {name.lower(): value.partition(";")[0] for name, value in request.headers.items()}
    return {name: value for name, value in headers.items() if name in _HEADERS}


def in_any_order(requests: Sequence[tuple[str, ...]], endings: tuple[str, ...]) -> list[object]:
    """Requests in their order, then those whose paths end so, sorted."""
    last = [one for one in requests if one[1].endswith(endings)]
    return [*(one for one in requests if one not in last), sorted(last)]


def without_dates(understood: object, sent: object) -> object:
    """What a model understood, with its dates as they were sent: it writes them in another form."""
    if isinstance(understood, dict) and isinstance(sent, dict):
        return {name: without_dates(value, sent.get(name)) for name, value in understood.items()}
    if isinstance(understood, list) and isinstance(sent, list):
        return [without_dates(one, other) for one, other in zip(understood, sent, strict=True)]
    is_date = isinstance(understood, str) and isinstance(sent, str) and understood[:16] == sent[:16] and "T" in sent
    return sent if is_date else understood


def _sorted(body: object) -> object:
    """A body whose lists, of attributes, are in one order."""
    if isinstance(body, dict):
        return {name: _sorted(value) for name, value in sorted(body.items())}
    if isinstance(body, list):
        return sorted((_sorted(one) for one in body), key=repr)
    return body


def _stable(value: object) -> str:
    return _NUMBERS.sub("<new>", json.dumps(value, sort_keys=True))
