"""The causes for which an image is not pulled, by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CauseCode(Enum):
    """The causes; the value is what -o json calls it."""

    INVALID_IMAGE = "InvalidImageName"
    NEVER = "PullPolicyNever"
    MALFORMED = "MalformedSecret"
    CHANGED = "NotTriedYet"
    NOT_FOUND = "ImageNotFound"
    UNREACHABLE = "RegistryUnreachable"
    CERTIFICATE = "RegistryCertificate"
    THROTTLED = "TooManyPulls"
    REGISTRY = "RegistryFails"
    SIGNATURE = "SignaturePolicy"
    PRIVATE_ONLY = "PrivateOnly"
    MIRROR = "MirrorWithoutSecret"
    EMPTY = "EmptyLogin"
    WHITE_SPACE = "WhiteSpaceInLogin"
    STALE = "StaleCopy"
    USERNAME = "WrongUsername"
    NO_RIGHT = "NoRightToImage"
    REFUSED = "LoginRefused"
    WRONG_TYPE = "WrongType"
    MADE_BEFORE = "MadeBeforeAttach"
    OWN_LIST = "ListOfItsOwn"
    MISSING = "SecretMissing"
    WRONG_KEY = "WrongKey"
    NOT_ATTACHED = "NotAttached"
    ELSEWHERE = "SecretElsewhere"
    NO_SECRET = "NoSecret"  # noqa: S105  the word, not one
    UNREADABLE = "SecretsUnreadable"
    UNKNOWN = "Unknown"


WITHOUT_LOGIN = frozenset(
    {
        CauseCode.INVALID_IMAGE,
        CauseCode.NEVER,
        CauseCode.NOT_FOUND,
        CauseCode.UNREACHABLE,
        CauseCode.CERTIFICATE,
        CauseCode.THROTTLED,
        CauseCode.REGISTRY,
        CauseCode.SIGNATURE,
        CauseCode.PRIVATE_ONLY,
    }
)
"""The causes that have nothing to do with what the kubelet reads."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause in words, and the name of the secret at fault, "" when it is none's; equal ones are one trouble."""

    code: CauseCode
    text: str
    secret: str = ""
