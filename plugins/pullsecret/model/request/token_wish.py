"""What kind of token `create --internal-registry` makes, according to the flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

TOKEN_LIFE: Final = timedelta(days=30)
"""What is asked for without --expires-in; the API server may shorten it."""

LONGEST_LIFE: Final = timedelta(seconds=1 << 32)
"""What an API server takes (kubernetes: pkg/apis/authentication/validation)."""


@dataclass(frozen=True, kw_only=True)
class TokenWish:
    """A token of a service account for OpenShift's internal registry.

    `project` has the images and the account, "" for the namespace of the connection. `account` is an existing one, ""
    for the one that this program creates for pulls. `from_context` is the context of the registry's cluster, "" for
    that of the targets.
    """

    project: str = ""
    account: str = ""
    from_context: str = ""
    lifetime: timedelta = TOKEN_LIFE
