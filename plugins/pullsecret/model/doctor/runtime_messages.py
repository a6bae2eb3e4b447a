"""What container runtimes say when a pull fails, and what that means: the one table of their messages.

The texts are those of containerd (seen with 1.6 on a kubelet 1.36), and of containers/image, which CRI-O pulls with;
the registries' own words in them are those of Docker's registry, Docker Hub and IBM Cloud Container Registry.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple


class PullError(Enum):
    """What a message comes to."""

    NOTHING = "nothing"
    UNAUTHORIZED = "unauthorized"
    NO_RIGHT = "no-right"
    BAD_USERNAME = "bad-username"
    FORBIDDEN = "forbidden"
    PRIVATE_ONLY = "private-only"
    NOT_FOUND = "not-found"
    CERTIFICATE = "certificate"
    UNKNOWN_HOST = "unknown-host"
    UNREACHABLE = "unreachable"
    THROTTLED = "throttled"
    SERVER_ERROR = "server-error"
    SIGNATURE = "signature"
    INVALID_NAME = "invalid-name"
    NEVER_PULLED = "never-pulled"
    MALFORMED = "malformed"
    UNKNOWN = "unknown"


ABOUT_LOGIN = frozenset(
    {
        PullError.NOTHING,
        PullError.UNAUTHORIZED,
        PullError.NO_RIGHT,
        PullError.BAD_USERNAME,
        PullError.FORBIDDEN,
        PullError.PRIVATE_ONLY,
    }
)
"""Those that another pull secret can change. Older kubelets say nothing at all in ImagePullBackOff."""


class MessagePattern(NamedTuple):
    """A part of a message, as a regular expression, and what it means in plain words."""

    saying: PullError
    pattern: str
    plain: str


TEXTS = (
    MessagePattern(
        PullError.MALFORMED,
        r"unable to parse auth field|illegal base64 data|cannot unmarshal \w+ into Go|^invalid character ",
        "a pull secret that the pod names cannot be parsed, so the kubelet pulls none of the pod's images",
    ),
    MessagePattern(
        PullError.INVALID_NAME,
        r"couldn't parse image name|invalid reference format|must be lowercase",
        "the image's name is none",
    ),
    MessagePattern(
        PullError.NEVER_PULLED,
        r"is not present with pull policy of Never",
        "imagePullPolicy is Never, and the node has no such image, or none that the pod's credentials may use",
    ),
    MessagePattern(
        PullError.SIGNATURE,
        r"[Ss]ignature.*(validation failed|required)",
        "the node's signature policy refuses the image",
    ),
    MessagePattern(
        PullError.PRIVATE_ONLY,
        r"[Pp]rivate-only access is enabled",
        "the registry answers on its private network only: use its host that begins with private.",
    ),
    MessagePattern(
        PullError.THROTTLED,
        r"429 Too Many Requests|toomanyrequests|pull QPS exceeded|[Qq]uota exceeded|reached your (un\w+ )?pull rate",
        "too many pulls: the registry, or the node's own limit, asks to wait",
    ),
    MessagePattern(
        PullError.BAD_USERNAME,
        r"oauth token.*: 400 Bad Request|auth token.*: 400",
        "the token service refused the login's form: the user name does not fit the password",
    ),
    MessagePattern(
        PullError.UNAUTHORIZED,
        r"oauth token.*: 401 Unauthorized|invalid username/password|incorrect username or password",
        "the registry refused the user name and password",
    ),
    MessagePattern(
        PullError.FORBIDDEN,
        r"oauth token.*: 403 Forbidden|status code \[.*\]: 403 Forbidden|\b403 \(?Forbidden",
        "the registry knows the login, and forbids this image to it",
    ),
    MessagePattern(
        PullError.NO_RIGHT,
        r"insufficient_scope|[Ii]nsufficient scope|requested access to the resource is denied|"
        r"pull access denied|[Dd]enied: You are not authorized",
        "the registry gives this image to no login that it was sent: none was sent, or it has no right to the image",
    ),
    MessagePattern(
        PullError.UNAUTHORIZED,
        r"401 Unauthorized|no basic auth credentials|unauthorized: |authentication required|authorization failed",
        "the registry wants a login: none was sent, or it refused the one sent",
    ),
    MessagePattern(
        PullError.SERVER_ERROR,
        r"(status code \[.*\]|unexpected status(?: code)?|oauth token).*: 5\d\d|received unexpected HTTP status: 5\d\d",
        "the registry itself fails",
    ),
    MessagePattern(
        PullError.NOT_FOUND,
        r": not found$|code = NotFound|manifest unknown|name unknown|404 Not Found|repository .* not found",
        "the registry has no such image or tag",
    ),
    MessagePattern(
        PullError.UNKNOWN_HOST, r"no such host|server misbehaving", "the node finds no address for the registry's name"
    ),
    MessagePattern(
        PullError.CERTIFICATE,
        r"x509: certificate (is valid for|has expired)|x509: .*not valid|tls: failed to verify",
        "the registry's certificate is not good for this host and time",
    ),
    MessagePattern(
        PullError.CERTIFICATE, r"x509: |certificate", "the node does not trust who issued the registry's certificate"
    ),
    MessagePattern(
        PullError.UNREACHABLE,
        r"connection refused|connection reset|no route to host|network is unreachable|i/o timeout|deadline exceeded|"
        r"Client\.Timeout|TLS handshake timeout|server gave HTTP response to HTTPS client|"
        r"does not look like a TLS handshake|: EOF$",
        "the node does not reach the registry",
    ),
)
"""In the order of asking: what is said more precisely comes first."""

_UNKNOWN = MessagePattern(PullError.UNKNOWN, "", "")
_NOTHING = MessagePattern(PullError.NOTHING, "", "")
_LONGEST = 2000
"""Characters of a message that are looked at: those of real runtimes have a few hundred."""
_BACK_OFF = re.compile(r'^Back-off pulling image "[^"]*"(?:: ErrImagePull: |$)')


@lru_cache(maxsize=1024)
def text_of(message: str) -> MessagePattern:
    """What a waiting or event message means, with or without the kubelet's own words before it."""
    said = _shortened(without_back_off(message))
    if not said:
        return _NOTHING
    return next((text for text in TEXTS if re.search(text.pattern, said)), _UNKNOWN)


def _shortened(message: str) -> str:
    """The beginning and the end of a long message: the time that the expressions take grows with its square."""
    if len(message) <= _LONGEST:
        return message
    return f"{message[: _LONGEST // 2]}\n{message[-_LONGEST // 2 :]}"


def without_back_off(message: str) -> str:
    """The runtime's message alone; "" when the kubelet tells only that it waits, as it did before 1.31."""
    return _BACK_OFF.sub("", message.strip()).removeprefix("Error: ").strip()
