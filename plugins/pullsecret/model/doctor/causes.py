"""The causes for which an image cannot be pulled, by code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CauseCode(Enum):
    """The causes; the value is the one in -o json."""

    INVALID_IMAGE = "InvalidImageName"
    NEVER = "PullPolicyNever"
    MALFORMED = "MalformedSecret"
    NOT_RETRIED = "NotRetriedYet"
    NOT_FOUND = "ImageNotFound"
    STATIC_POD = "StaticPod"
    SANDBOX = "SandboxImage"
    UNREACHABLE = "RegistryUnreachable"
    CERTIFICATE = "RegistryCertificate"
    RATE_LIMIT = "RateLimitExceeded"
    SERVER_ERROR = "RegistryServerError"
    SIGNATURE = "SignaturePolicy"
    PRIVATE_ONLY = "PrivateEndpointOnly"
    MIRROR = "MirrorWithoutSecret"
    OTHER_PROJECT = "ImageOfOtherProject"
    ACCOUNT_TOKEN = "ServiceAccountToken"  # noqa: S105  the words, not one
    KEPT = "ImmutableSecretKept"
    EMPTY = "EmptyEntry"
    WHITESPACE = "WhitespaceInCredentials"
    STALE = "StaleCopy"
    USERNAME = "WrongUsername"
    NOT_AUTHORIZED = "NotAuthorized"
    REJECTED = "CredentialsRejected"
    WRONG_TYPE = "WrongSecretType"
    CREATED_BEFORE = "CreatedBeforeAttach"
    OWN_LIST = "OwnImagePullSecrets"
    NAMELESS = "EntryWithoutName"
    MISSING = "MissingSecret"
    WRONG_KEY = "WrongRegistryKey"
    NOT_ATTACHED = "SecretNotAttached"
    ELSEWHERE = "SecretInOtherNamespace"
    NO_SECRET = "NoSecret"  # noqa: S105  the word, not one
    UNREADABLE = "SecretsUnreadable"
    UNKNOWN = "Unknown"


WITHOUT_CREDENTIALS = frozenset(
    {
        CauseCode.INVALID_IMAGE,
        CauseCode.NEVER,
        CauseCode.NOT_FOUND,
        CauseCode.UNREACHABLE,
        CauseCode.CERTIFICATE,
        CauseCode.RATE_LIMIT,
        CauseCode.SERVER_ERROR,
        CauseCode.SIGNATURE,
        CauseCode.PRIVATE_ONLY,
        CauseCode.STATIC_POD,
        CauseCode.SANDBOX,
    }
)
"""The causes that have nothing to do with the secrets that the kubelet reads."""


@dataclass(frozen=True, kw_only=True)
class Cause:
    """A cause in words, and the name of the secret at fault ("" for none); pods with equal causes are grouped."""

    code: CauseCode
    text: str
    secret: str = ""
