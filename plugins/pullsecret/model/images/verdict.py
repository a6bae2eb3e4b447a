"""A question to a registry about credentials or an image, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Result(Enum):
    """The result of a query; the value is its text."""

    WORKS = "works"
    LOGS_IN = "logs in"
    BAD_CREDENTIAL = "bad credential"
    NO_PERMISSION = "no permission"
    NOT_FOUND = "image not found"
    LOGIN_REQUIRED = "login required"
    UNAUTHORIZED = "unauthorized"
    BLOCKED = "blocked by the cluster"
    PRIVATE_ONLY = "private endpoint only"
    UNREACHABLE = "cannot reach the registry"
    THROTTLED = "too many requests"
    FAILED = "unexpected response"
    INSECURE = "skipped"
    INTERNAL_ADDRESS = "refused to contact"
    MALFORMED = "malformed"
    NO_PASSWORD = "no password"  # noqa: S105  the text of a result
    NO_ENTRY = "no entry for this image"
    INVALID_IMAGE = "invalid image name"
    NOT_TRIED = "not tried"
    PULLED = "pulled"
    PULL_FAILED = "pull failed"
    NOT_PROBED = "not probed"

    @property
    def word(self) -> str:
        """The result in the form of a Kubernetes reason: `BadCredential`."""
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong, as far as could be checked."""
        return self in {Result.WORKS, Result.LOGS_IN, Result.NOT_TRIED, Result.PULLED}

    @property
    def is_proven(self) -> bool:
        """Whether the registry has accepted the credentials."""
        return self in {Result.WORKS, Result.LOGS_IN, Result.PULLED}

    @property
    def is_untested(self) -> bool:
        """Whether nothing is known, because no usable answer was received."""
        return self in _UNTESTED

    @property
    def is_refusal(self) -> bool:
        """Whether the registry has rejected the credentials, or denies them this image."""
        return self in {Result.BAD_CREDENTIAL, Result.NO_PERMISSION}

    @property
    def is_open(self) -> bool:
        """Whether the credentials were neither accepted nor rejected, because the registry could not be asked."""
        return self in _OPEN


_UNTESTED = frozenset(
    {
        Result.UNREACHABLE,
        Result.THROTTLED,
        Result.FAILED,
        Result.INSECURE,
        Result.INTERNAL_ADDRESS,
        Result.NOT_TRIED,
        Result.NOT_PROBED,
    }
)

_OPEN = frozenset({Result.UNREACHABLE, Result.PRIVATE_ONLY, Result.THROTTLED, Result.FAILED, Result.NOT_TRIED})


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A result, and in `detail` the message of the registry or the network, or ""."""

    result: Result
    detail: str = ""

    @property
    def text(self) -> str:
        """Both in one line: `bad credential: 401 Unauthorized`."""
        return f"{self.result.value}: {self.detail}" if self.detail else self.result.value


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who logs in: with a password or, for some docker entries, with an identity token (an OAuth2 refresh token)."""

    username: str
    password: str = field(default="", repr=False)
    identity_token: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class RegistryQuery:
    """A question to a registry: whether this identity, or an anonymous client for None, may pull this image.

    `host` includes the port, if any. Without `repository` the question is only whether the credentials are valid;
    `reference` is a tag or a digest.
    """

    host: str
    repository: str = ""
    reference: str = ""
    identity: Identity | None = field(default=None, repr=False)
