"""How long a new API key or token is to be valid."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.flags.values import parse_seconds
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable

_DAYS = re.compile(r"([0-9]{1,5})d")
_SHORTEST = timedelta(minutes=10)
"""Of a token that Kubernetes makes (kubernetes: pkg/apis/authentication/validation)."""

ExpiresIn: TypeAlias = Annotated[
    str,
    Option(
        "--expires-in",
        metavar="DURATION",
        help="Lifetime of the API key or token that is created (for example 90d, 12h; a token's default is 30d).",
    ),
]


def parsed_lifetime(text: str) -> timedelta:
    """The life of a new API key or token: --expires-in.

    Raises:
        FlagError: it is no duration.
        UsageError: it is too short.
    """
    days = _DAYS.fullmatch(text)
    life = timedelta(days=int(days[1])) if days else timedelta(seconds=parse_seconds("--expires-in", text))
    if life < _SHORTEST:
        raise UsageError(f"--expires-in must be 10m or more, not {printable(text)}")
    return life
