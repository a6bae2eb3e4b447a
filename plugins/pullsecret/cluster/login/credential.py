"""How a request identifies its user: an Authorization header, a client certificate, or both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.errors import ConnectError

if TYPE_CHECKING:
    from pullsecret.cluster.kubeconfig.user import KeyPair


@dataclass(frozen=True, kw_only=True)
class Credential:
    """The Authorization header's value (empty for none) and the client certificate of a request."""

    authorization: str = field(default="", repr=False)
    key_pair: KeyPair | None = field(default=None, repr=False)


def bearer(token: str) -> str:
    """The Authorization header for a token; raises ConnectError for one that no header can have."""
    if not (token.isascii() and token.isprintable()):
        raise ConnectError('net/http: invalid header field value for "Authorization"')
    return f"Bearer {token}"
