"""What a registry is asked about a login, and what it says to that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Result(Enum):
    """What came of it; the value is how it is told."""

    WORKS = "works"
    LOGS_IN = "logs in"
    BAD_CREDENTIAL = "bad credential"
    NO_RIGHT = "no right to this image"
    ABSENT = "image not found"
    NEEDS_LOGIN = "needs a login"
    PRIVATE_ONLY = "private endpoint only"
    UNREACHABLE = "cannot reach the registry"
    THROTTLED = "too many requests"
    FAILED = "no usable answer"
    UNSAFE = "not asked"
    MALFORMED = "malformed"
    NO_PASSWORD = "no password"  # noqa: S105  the words, not one
    NO_ENTRY = "no entry for this image"
    INVALID_IMAGE = "invalid image name"
    UNTRIED = "not tried"

    @property
    def word(self) -> str:
        """The result as Kubernetes writes reasons: `BadCredential`."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong, as far as could be asked."""
        return self in {Result.WORKS, Result.LOGS_IN, Result.UNTRIED}

    @property
    def is_open(self) -> bool:
        """Whether the login was judged neither good nor bad: it could not be asked about from here."""
        return self in _OPEN


_OPEN = frozenset({Result.UNREACHABLE, Result.PRIVATE_ONLY, Result.THROTTLED, Result.FAILED, Result.UNTRIED})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A result, and in `detail` what the registry or the network said, "" when there is no more to say."""

    result: Result
    detail: str = ""

    @property
    def text(self) -> str:
        """Both in a line: `bad credential: 401 Unauthorized`."""
        return f"{self.result.value}: {self.detail}" if self.detail else self.result.value


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who logs in: with a password or, as docker keeps some logins, with an identity token (OAuth2's refresh token)."""

    username: str
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class RegistryQuery:
    """A question to a registry: may this identity, or anybody for None, pull this image.

    `host` has its port, if any. Without `repository` the question is only whether the login is right; `reference` is a
    tag or a digest.
    """

    host: str
    repository: str = ""
    reference: str = ""
    identity: Identity | None = field(default=None, repr=False)
