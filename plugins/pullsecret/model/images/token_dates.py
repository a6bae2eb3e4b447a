"""The dates in tokens: read without their signature, and nothing else of a token is kept.

Source: RFC 7519 (`exp`, `iat` in seconds since 1970); Amazon's tokens are base64 of a JSON object with `expiration`.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def dates_in(password: str) -> tuple[datetime | None, datetime | None]:
    """When a token was issued and when it expires; None for a missing date, and for text that is not a token."""
    if claims := claims_in(password):
        return _time(claims.get("iat")), _time(claims.get("exp"))
    return None, _time(_object_in(password).get("expiration")) if password.startswith("eyJ") else None


def claims_in(password: str) -> Mapping[str, object]:
    """The claims of a JSON web token; empty for anything else."""
    parts = password.split(".")
    is_token = len(parts) == 3 and password.startswith("eyJ")  # noqa: PLR2004  header, payload, signature
    return _object_in(parts[1]) if is_token else {}


def is_bound_token(password: str) -> bool:
    """Whether this is the token of a service account that ends with a secret (kubernetes: pkg/serviceaccount)."""
    about = claims_in(password).get("kubernetes.io")
    return isinstance(about, dict) and "secret" in about


def bound_secret(password: str) -> Mapping[str, object]:
    """The name and uid of the secret that a service account's token ends with; empty for any other password."""
    about = claims_in(password).get("kubernetes.io")
    secret = about.get("secret") if isinstance(about, dict) else None
    return secret if isinstance(secret, dict) else {}


def _object_in(text: str) -> Mapping[str, object]:
    """The JSON object in base64 text; empty for anything else."""
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
