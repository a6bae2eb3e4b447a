"""What container runtimes report when a pull fails, and what that means: the one table of their messages.

The texts are those of containerd (seen with 1.6 on a kubelet 1.36), and of containers/image, which CRI-O pulls with;
the registries' own words in them are those of Docker's registry, Docker Hub and IBM Cloud Container Registry.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class PullError(Enum):
    """The error that a message reports."""

    NOTHING = "nothing"
    UNAUTHORIZED = "unauthorized"
    LOGIN_REJECTED = "login-rejected"
    NOT_AUTHORIZED = "not-authorized"
    BAD_USERNAME = "bad-username"
    FORBIDDEN = "forbidden"
    PRIVATE_ONLY = "private-only"
    NOT_FOUND = "not-found"
    CERTIFICATE = "certificate"
    UNKNOWN_HOST = "unknown-host"
    UNREACHABLE = "unreachable"
    RATE_LIMIT = "rate-limit"
    SERVER_ERROR = "server-error"
    SIGNATURE = "signature"
    INVALID_NAME = "invalid-name"
    NEVER_PULLED = "never-pulled"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"


ABOUT_CREDENTIALS = frozenset(
    {
        PullError.NOTHING,
        PullError.UNAUTHORIZED,
        PullError.LOGIN_REJECTED,
        PullError.NOT_AUTHORIZED,
        PullError.BAD_USERNAME,
        PullError.FORBIDDEN,
        PullError.PRIVATE_ONLY,
    }
)
"""The errors that another pull secret can fix. Older kubelets report none at all in ImagePullBackOff."""

MAY_NOT_EXIST = frozenset({PullError.NOT_AUTHORIZED, PullError.FORBIDDEN})
"""The errors by which registries hide from those without a right whether there is such an image."""


class MessagePattern(NamedTuple):
    """A part of a message, as a regular expression, and its meaning in plain words."""

    error: PullError
    pattern: str
    meaning: str

    @property
    def is_about_login(self) -> bool:
        """Whether the registry did not accept the username and the password at all, whatever the image."""
        return self.error in (PullError.BAD_USERNAME, PullError.LOGIN_REJECTED)


PATTERNS = (
    MessagePattern(
        PullError.MALFORMED,
        r"unable to parse auth field|illegal base64 data|cannot unmarshal \w+ into Go|^invalid character ",
        "a referenced pull secret cannot be parsed, so the kubelet pulls none of the pod's images",
    ),
    MessagePattern(
        PullError.INVALID_NAME,
        r"couldn't parse image name|invalid reference format|must be lowercase",
        "the image name is invalid",
    ),
    MessagePattern(
        PullError.NEVER_PULLED,
        r"is not present with pull policy of Never",
        "imagePullPolicy is Never, and the node has no such image, or none that the pod's credentials may use",
    ),
    MessagePattern(
        PullError.SIGNATURE,
        r"[Ss]ignature.*(validation failed|required)",
        "the node's signature policy rejects the image",
    ),
    MessagePattern(
        PullError.PRIVATE_ONLY,
        r"[Pp]rivate-only access is enabled",
        "the registry accepts pulls over its private endpoint only: use its private.* host",
    ),
    MessagePattern(
        PullError.RATE_LIMIT,
        r"429 Too Many Requests|toomanyrequests|pull QPS exceeded|[Qq]uota exceeded|reached your (un\w+ )?pull rate",
        "rate limit of the registry or the node exceeded",
    ),
    MessagePattern(
        PullError.BAD_USERNAME,
        r"oauth token.*: 400 Bad Request|auth token.*: 400",
        "the token service rejected the username format",
    ),
    MessagePattern(
        PullError.LOGIN_REJECTED,
        r"oauth token.*: 401 Unauthorized|invalid username/password|incorrect username or password",
        "the registry rejected the username and password",
    ),
    MessagePattern(
        PullError.FORBIDDEN,
        r"oauth token.*: 403 Forbidden|status code \[.*\]: 403 Forbidden|\b403 \(?Forbidden",
        "the registry denies this image: no credentials were sent, or they may not pull it, or it does not exist",
    ),
    MessagePattern(
        PullError.NOT_AUTHORIZED,
        r"insufficient_scope|[Ii]nsufficient scope|requested access to the resource is denied|"
        r"pull access denied|\bdenied: |access to the requested resource is not authorized|"
        r"unauthorized to access repository|is not authorized to perform",
        "not authorized to pull this image, or it does not exist: no credentials were sent, or they lack permission",
    ),
    MessagePattern(
        PullError.UNAUTHORIZED,
        r"401 Unauthorized|no basic auth credentials|unauthorized: |authentication required|authorization failed",
        "the registry requires credentials: none were sent, or it rejected them, or they may not pull this image",
    ),
    MessagePattern(
        PullError.SERVER_ERROR,
        r"(status code \[.*\]|unexpected status(?: code)?|oauth token).*: 5\d\d|received unexpected HTTP status: 5\d\d",
        "the registry returned a server error",
    ),
    MessagePattern(
        PullError.NOT_FOUND,
        r": not found$|code = NotFound|manifest unknown|name unknown|404 Not Found|repository .* not found",
        "the registry has no such image or tag",
    ),
    MessagePattern(
        PullError.UNKNOWN_HOST, r"no such host|server misbehaving", "the node cannot resolve the registry's host"
    ),
    MessagePattern(
        PullError.CERTIFICATE,
        r"x509: certificate (is valid for|has expired)|x509: .*not valid|tls: failed to verify",
        "the registry's certificate is not valid for this host or time",
    ),
    MessagePattern(
        PullError.CERTIFICATE, r"x509: |certificate", "the node does not trust the issuer of the registry's certificate"
    ),
    MessagePattern(
        PullError.UNREACHABLE,
        r"connection refused|connection reset|no route to host|network is unreachable|i/o timeout|deadline exceeded|"
        r"Client\.Timeout|TLS handshake timeout|server gave HTTP response to HTTPS client|"
        r"does not look like a TLS handshake|: EOF$",
        "the node cannot reach the registry",
    ),
)
"""In the order of matching: more precise messages come first."""

_UNKNOWN = MessagePattern(PullError.UNKNOWN, "", "")
_NOTHING = MessagePattern(PullError.NOTHING, "", "")
_LONGEST = 2000
"""Characters of a message that are matched: those of real runtimes have a few hundred."""
_SANDBOX_IMAGE = re.compile(r'(?:sandbox|pause|infra)[ -]image "?([^\s"]+?)"?:?(?:\s|$)')
_BACK_OFF = re.compile(r'^Back-off pulling image "[^"]*"(?:: ErrImagePull: |$)')


@lru_cache(maxsize=1024)
def pattern_of(message: str) -> MessagePattern:
    """The pattern of a waiting or event message, with or without the kubelet's own words before it."""
    said = _shortened(without_back_off(message))
    if not said:
        return _NOTHING
    return next((row for row in PATTERNS if re.search(row.pattern, said)), _UNKNOWN)


def sandbox_image(message: str) -> str:
    """The sandbox (pause) image that a runtime could not pull, by the kubelet's event; "" if that is not why."""
    found = _SANDBOX_IMAGE.search(message[:_LONGEST])
    return found[1] if found else ""


def _shortened(message: str) -> str:
    """The beginning and the end of a long message: the time that the expressions take grows with its square."""
    if len(message) <= _LONGEST:
        return message
    return f"{message[: _LONGEST // 2]}\n{message[-_LONGEST // 2 :]}"


def without_back_off(message: str) -> str:
    """The runtime's message alone; "" where the kubelet reports only the back-off, as it did before 1.31."""
    return _BACK_OFF.sub("", message.strip()).removeprefix("Error: ").strip()
