"""Responses of fake servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.fake_server import Received, Reply

if TYPE_CHECKING:
    from registry.fake_server import Answer

TOKEN = "a-token-for-the-image"  # noqa: S105  the fake server's


def challenged(header: str) -> Reply:
    """A response that asks for a login."""
    return Reply(status=401, headers=(("WWW-Authenticate", header),))


def registry(header: str, manifest: Reply | None = None) -> Answer:
    """A registry that requires a login by this challenge and then serves the manifest."""

    def answer(received: Received) -> Reply:
        if not received.authorization:
            return challenged(header)
        return (manifest or Reply()) if "/manifests/" in received.path else Reply()

    return answer


def tokens(_: Received) -> Reply:
    """A token for any user."""
    return Reply(content={"token": TOKEN})


def error(status: int, message: str = "", code: str = "DENIED", **headers: str) -> Reply:
    """An error as in the distribution specification, or without a message not JSON."""
    content = {"errors": [{"code": code, "message": message}]} if message else "no JSON"
    return Reply(status=status, content=content, headers=tuple(headers.items()))


def moved(location: str, status: int = 307) -> Reply:
    """A redirect."""
    return Reply(status=status, headers=(("Location", location),))
