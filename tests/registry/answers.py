"""What stand-ins answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.standin import Got, Said

if TYPE_CHECKING:
    from registry.standin import Answer

TOKEN = "a-token-for-the-image"  # noqa: S105  the stand-in's


def challenged(header: str) -> Said:
    """Who are you?"""
    return Said(status=401, headers=(("WWW-Authenticate", header),))


def registry(header: str, manifest: Said | None = None) -> Answer:
    """Wants a login by this challenge; who has one gets the manifest."""

    def answer(got: Got) -> Said:
        if not got.authorization:
            return challenged(header)
        return (manifest or Said()) if "/manifests/" in got.path else Said()

    return answer


def tokens(_: Got) -> Said:
    """A token for everybody."""
    return Said(content={"token": TOKEN})


def error(status: int, message: str = "", code: str = "DENIED", **headers: str) -> Said:
    """A refusal as the distribution specification has it, or without a message no JSON at all."""
    content = {"errors": [{"code": code, "message": message}]} if message else "no JSON"
    return Said(status=status, content=content, headers=tuple(headers.items()))


def moved(location: str, status: int = 307) -> Said:
    """It is elsewhere."""
    return Said(status=status, headers=(("Location", location),))
