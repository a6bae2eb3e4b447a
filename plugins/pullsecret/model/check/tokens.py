"""Passwords that are tokens with an end: JSON web tokens, and those of cloud providers' registries.

Only the dates in a token are read, never its signature, and nothing of it is told but the date. Source: RFC 7519
(`exp`, `iat` in seconds since 1970); Amazon's tokens are base64 of a JSON object with `expiration`.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.model.images.dockerconfig import RegistryEntry

CLOUD_TOKENS = {
    "AWS": timedelta(hours=12),
    "oauth2accesstoken": timedelta(hours=1),
    "_dcgcloud_token": timedelta(hours=1),
    "00000000-0000-0000-0000-000000000000": timedelta(hours=3),
}
"""User names that stand for a token of Amazon's, Google's or Microsoft's registry, and how long one lives."""

SOON = timedelta(days=7)
LONG_LIVED = timedelta(days=2)
"""A token that lives no longer is one that something renews: it is told only when it has expired."""


def token_problems(entry: RegistryEntry, now: datetime, written: datetime | None) -> Iterator[Problem]:
    """What is wrong with a login's dates; `written` is when its secret's data was last written, None if unknown."""
    issued, expires = dates_in(entry.password)
    life = CLOUD_TOKENS.get(entry.username)
    where = (entry.server,)
    if expires and expires <= now:
        said = f"the password is a token that expired on {expires:%Y-%m-%d at %H:%M} UTC"
        yield Problem(code="PS401", message=said, registries=where)
    elif expires and expires - now < SOON and expires - (issued or now) > LONG_LIVED:
        said = f"the password is a token that expires on {expires:%Y-%m-%d at %H:%M} UTC"
        yield Problem(code="PS402", message=said, registries=where)
    elif life and not expires and written and now - written > life:
        said = f'the token of user name "{entry.username}" lives {spoken(life)} and was written before that'
        yield Problem(code="PS401", message=said, registries=where)


def short_lived_problems(entry: RegistryEntry) -> Iterator[Problem]:
    """A cloud provider's token on its way into a secret, where nothing will renew it."""
    if life := CLOUD_TOKENS.get(entry.username):
        said = f"the login is a token that ends within {spoken(life)}, and pulls with it"
        yield Problem(code="PS403", message=said, registries=(entry.server,))


def spoken(life: timedelta) -> str:
    """A few hours in words."""
    hours = round(life / timedelta(hours=1))
    return "an hour" if hours == 1 else f"{hours} hours"


def dates_in(password: str) -> tuple[datetime | None, datetime | None]:
    """When a token was issued and when it expires; None for what it does not say, and for what is no token."""
    parts = password.split(".")
    if len(parts) == 3 and password.startswith("eyJ"):  # noqa: PLR2004  header, payload, signature
        claims = _object_in(parts[1])
        return _time(claims.get("iat")), _time(claims.get("exp"))
    return None, _time(_object_in(password).get("expiration")) if password.startswith("eyJ") else None


def _object_in(text: str) -> Mapping[str, object]:
    """The JSON object that base64 text stands for; empty when it is none."""
    try:
        data = base64.b64decode(text.strip() + "=" * (-len(text.strip()) % 4), altchars=b"-_")
        content = json.loads(data)
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _time(seconds: object) -> datetime | None:
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
