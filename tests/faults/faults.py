"""The faults: what can happen to a request between the program and the API server."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from control_plane.api import MERGE_PATCH, ApiError
from faults.proxy import Answer

if TYPE_CHECKING:
    from faults.proxy import Exchange, Fault

PHRASES = {
    403: "Forbidden",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def forward(exchange: Exchange) -> None:
    """No fault."""
    exchange.reply(exchange.forward())


def reset_before(exchange: Exchange) -> None:
    """The connection breaks before the server receives the request."""
    exchange.reset()


def reset_after(exchange: Exchange) -> None:
    """The server processes the request, and the answer is lost."""
    exchange.forward()
    exchange.reset()


def half_answer(exchange: Exchange) -> None:
    """The server processes the request, and the answer is cut off in the middle."""
    exchange.reply_in_part(exchange.forward())


def drops(exchange: Exchange) -> None:
    """The answer arrives in pieces."""
    exchange.reply_in_drops(exchange.forward(), drops=4, pause=0.03)


def concurrent_change(exchange: Exchange) -> None:
    """Another client changes the object first, so that the server reports a conflict."""
    if exchange.request.method in ("PATCH", "DELETE"):
        mark = {"metadata": {"annotations": {"another-client": secrets.token_hex(4)}}}
        with suppress(ApiError):
            exchange.proxy.api.request("PATCH", exchange.request.path, mark, content=MERGE_PATCH)
    forward(exchange)


def slow(seconds: float) -> Fault:
    """The request is delayed."""

    def slowed(exchange: Exchange) -> None:
        exchange.wait(seconds)
        forward(exchange)

    return slowed


def throttled(retry_after: int | None) -> Fault:
    """429 as API priority and fairness sends it: plain text, with or without Retry-After."""
    headers = () if retry_after is None else (("Retry-After", str(retry_after)),)
    answer = Answer(
        status=_status(429),
        headers=(("Content-Type", "text/plain; charset=utf-8"), *headers),
        body=b"Too many requests, please try again later.\n",
    )

    def throttled_(exchange: Exchange) -> None:
        exchange.reply(answer)

    return throttled_


def failed(code: int) -> Fault:
    """A 5xx in the API server's format; the request is not processed."""
    said = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
    said |= {"message": f"made to fail with {code}", "reason": PHRASES[code].replace(" ", "")}
    answer = Answer(
        status=_status(code), headers=(("Content-Type", "application/json"),), body=json.dumps(said).encode()
    )

    def failed_before(exchange: Exchange) -> None:
        exchange.reply(answer)

    return failed_before


def failed_after(code: int) -> Fault:
    """A 5xx of a load balancer that timed out, although the server processed the request."""
    answer = Answer(status=_status(code), headers=(("Content-Type", "text/html"),), body=b"<h1>Try again later</h1>")

    def failed_after_(exchange: Exchange) -> None:
        exchange.forward()
        exchange.reply(answer)

    return failed_after_


def _status(code: int) -> str:
    return f"{code} {PHRASES[code]}"


LOSES_ANSWER = frozenset({"reset_before", "reset_after", "half_answer", "failed_before", "failed_after_"})
"""After these faults, by their names in the log, the program cannot know whether a write was done."""
