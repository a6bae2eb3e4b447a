"""What IAM knows of API keys that are found in secrets; each is sent to IAM and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CloudError
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.network.side_by_side import call_each

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey

_PARALLEL: Final = 8
_HIDDEN: Final = frozenset({401, 403, 404})
"""Statuses for a caller who may not see a key, or if it does not exist; which one, the key itself tells."""
_NOT_FOUND: Final = 404
_REJECTED: Final = frozenset({400, 401})
_UNANSWERED: Final = frozenset({0, 429})


@dataclass(frozen=True, kw_only=True)
class KeyDetails:
    """An API key as IAM knows it, without its value; None if IAM rejects it, or for a `problem`, which says why.

    `is_unanswered`: IBM Cloud gave no answer, or refused it because of the number of requests.
    """

    key: ApiKey | None = None
    problem: str = ""
    is_unanswered: bool = False

    @property
    def is_rejected(self) -> bool:
        """Whether the key does not exist anymore, or never did."""
        return self.key is None and not self.problem


def read_key_details(session: Session, values: Iterable[str]) -> dict[str, KeyDetails]:
    """Look up each API key once, by its value, eight at a time.

    The session's user is asked first, who sees disabled keys, too; then the key itself, which always sees itself. Once
    IBM Cloud gives no answer about one, the others are not asked for: anyone can put a thousand keys into secrets.
    """
    distinct, ended = tuple(dict.fromkeys(values)), Event()

    def look_up(value: str) -> KeyDetails:
        if ended.is_set():
            return KeyDetails(
                problem="not looked up, because IBM Cloud gave no answer about another", is_unanswered=True
            )
        found = _read_details(session, value)
        if found.is_unanswered:
            ended.set()
        return found

    found = call_each(look_up, distinct, at_once=_PARALLEL)
    return dict(zip(distinct, found, strict=True))


def read_seen_details(session: Session, value: str) -> KeyDetails:
    """Look up an API key by its value, and only as the session's user: asking as the key itself would count as its use.

    A key is rejected if IAM finds none, and the key cannot log in, either.
    """
    try:
        return KeyDetails(key=Identities.of(session).details_of(value))
    except CloudError as error:
        if error.status != _NOT_FOUND:
            return KeyDetails(problem=error.message)
        found = _read_details(session, value)
    return found if found.is_rejected else KeyDetails(problem="you may not see this API key")


def _read_details(session: Session, value: str) -> KeyDetails:
    try:
        return KeyDetails(key=Identities.of(session).details_of(value))
    except CloudError as error:
        if error.status not in _HIDDEN:
            return _unknown(error)
    client = session.client_as(value)
    try:
        client.sign_in()
    except CloudError as error:
        return KeyDetails() if error.status in _REJECTED else _unknown(error)
    try:
        # A refusal after the key has logged in does not mean that it is dead.
        return KeyDetails(key=Identities(client=client, iam=session.endpoints.iam, account="").details_of(value))
    except CloudError as error:
        return _unknown(error)


def _unknown(error: CloudError) -> KeyDetails:
    is_unanswered = error.status in _UNANSWERED or error.status >= 500  # noqa: PLR2004
    return KeyDetails(problem=error.message, is_unanswered=is_unanswered)
