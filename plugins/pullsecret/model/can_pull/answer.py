"""What can-pull answers for one image of a pod."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.pod import listed_names

if TYPE_CHECKING:
    from pullsecret.model.can_pull.admission import Admitted
    from pullsecret.model.can_pull.planned_image import PlannedImage
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.images.keyring import PullCredential
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand


class CanPull(Enum):
    """Whether an image would be pulled; the value is the word."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Reason(Enum):
    """Why; the value is the one in -o json, where doctor has the same cause, that of doctor."""

    MATCHED = "CredentialsMatch"
    VERIFIED = "Verified"
    PUBLIC = "PublicImage"
    OF_NODES = "NodeCredentials"
    PROVIDER = "NodeCredentialProvider"
    NOT_ADMITTED = "PodNotAdmitted"
    LIST_UNKNOWN = "PullSecretsUnknown"
    CONTENT_UNKNOWN = "SecretContentUnknown"
    DOUBTFUL = "DoubtfulCredentials"
    EXPIRED = "ExpiredCredentials"
    NOT_TESTED = "NotTested"
    BLOCKED = "RegistryBlocked"
    INVALID_IMAGE = CauseCode.INVALID_IMAGE.value
    NEVER = CauseCode.NEVER.value
    MALFORMED = CauseCode.MALFORMED.value
    NOT_FOUND = CauseCode.NOT_FOUND.value
    STATIC_POD = CauseCode.STATIC_POD.value
    PRIVATE_ONLY = CauseCode.PRIVATE_ONLY.value
    MIRROR = CauseCode.MIRROR.value
    OTHER_PROJECT = CauseCode.OTHER_PROJECT.value
    ACCOUNT_TOKEN = CauseCode.ACCOUNT_TOKEN.value
    EMPTY = CauseCode.EMPTY.value
    STALE = CauseCode.STALE.value
    WHITESPACE = CauseCode.WHITESPACE.value
    USERNAME = CauseCode.USERNAME.value
    CREATED_BEFORE = CauseCode.CREATED_BEFORE.value
    NOT_AUTHORIZED = CauseCode.NOT_AUTHORIZED.value
    REJECTED = CauseCode.REJECTED.value
    WRONG_TYPE = CauseCode.WRONG_TYPE.value
    OWN_LIST = CauseCode.OWN_LIST.value
    NAMELESS = CauseCode.NAMELESS.value
    MISSING = CauseCode.MISSING.value
    WRONG_KEY = CauseCode.WRONG_KEY.value
    NOT_ATTACHED = CauseCode.NOT_ATTACHED.value
    ELSEWHERE = CauseCode.ELSEWHERE.value
    NO_SECRET = CauseCode.NO_SECRET.value
    UNREADABLE = CauseCode.UNREADABLE.value


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A result with its reason, in a sentence, and the fix; `credential` is the one that counts, None for none.

    `is_for_public`: nothing would be sent, which is enough for a public image, so that only its registry knows.
    """

    result: CanPull
    reason: Reason
    message: str
    credential: PullCredential | None = field(default=None, repr=False)
    fix: Fix | None = None
    is_for_public: bool = False


@dataclass(frozen=True, kw_only=True)
class SuggestedFix:
    """Commands, in order, and what else to do, in words; both may be empty."""

    commands: tuple[SuggestedCommand, ...] = ()
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class OtherPod:
    """An existing pod that does not have the list of a new one, and what is true of it instead."""

    name: str
    listed: tuple[str, ...]
    answer: Answer
    credentials: tuple[PullCredential, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True)
class PullAnswer:
    """The answer for one image.

    `credentials` are all that the kubelet would try, in its order. `missing` are the secrets of the list that do not
    exist, `malformed` is the one that stops every pull, "" for none, and what `unseen` ones hold is not known. `notes`
    are what else matters. `others` are existing pods with another list. `place` is that of the image in a manifest.
    """

    admitted: Admitted
    image: PlannedImage
    answer: Answer
    account: str
    place: FileLine | None = None
    credentials: tuple[PullCredential, ...] = field(default=(), repr=False)
    malformed: str = ""
    missing: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    fix: SuggestedFix = field(default_factory=SuggestedFix)
    notes: tuple[str, ...] = ()
    others: tuple[OtherPod, ...] = ()

    @property
    def namespace(self) -> str:
        """The namespace of the pod."""
        return self.admitted.source.namespace

    @property
    def subject(self) -> str:
        """`kind/name` of what has the pod's template; "" for an image that was asked for."""
        return self.admitted.source.subject

    @property
    def listed(self) -> tuple[str, ...]:
        """The pull secrets of the pod, in order."""
        return listed_names(self.admitted.pod)


def credential_object(credential: PullCredential) -> Object:
    """A credential as -o json has it: never the password."""
    entry = credential.entry
    return {
        "secret": credential.secret,
        "registry": shown_key(entry.server),
        "username": entry.shown_username,
        "hasPassword": entry.has_password,
    }


@dataclass(frozen=True, kw_only=True)
class CanPullReport:
    """All answers, and lines for stderr: notes, and what could not be looked at."""

    answers: tuple[PullAnswer, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
