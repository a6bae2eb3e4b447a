"""IBM Cloud IAM's identities and API keys, as plain values.

Source: IBM's SDK ibm-platform-services, iam_identity_v1.py (ServiceId, ApiKey).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.answers import date_in, object_at, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE_ID_PREFIX: Final = "ServiceId-"
PROFILE_PREFIX: Final = "Profile-"


@dataclass(frozen=True, kw_only=True)
class ServiceId:
    """A service ID: `id` is `ServiceId-...`, and `iam_id` is what its keys and policies name it by."""

    id: str
    iam_id: str
    name: str
    account: str = ""
    description: str = ""
    is_locked: bool = False

    @property
    def shown(self) -> str:
        """Name and ID, for a sentence."""
        return f'"{printable(self.name)}" ({printable(self.id)})'


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """An API key: `id` is `ApiKey-...`, `iam_id` that of its identity; `value` is known only when it is created.

    `last_used` is when it last authenticated: None if it never did, or if `has_activity` is not set: IAM did not say.
    """

    id: str
    iam_id: str
    name: str
    account: str = ""
    description: str = ""
    is_locked: bool = False
    is_disabled: bool = False
    created: datetime | None = None
    expires: datetime | None = None
    last_used: datetime | None = None
    has_activity: bool = False
    value: str = field(default="", repr=False)

    def is_alive(self, now: datetime) -> bool:
        """Whether it can be used: neither disabled nor expired."""
        return not self.is_disabled and (self.expires is None or self.expires > now)


def service_id_in(content: Mapping[str, object]) -> ServiceId:
    """The service ID in an answer of IAM."""
    return ServiceId(
        id=text_in(content, "id"),
        iam_id=text_in(content, "iam_id"),
        name=text_in(content, "name"),
        account=text_in(content, "account_id"),
        description=text_in(content, "description"),
        is_locked=content.get("locked") is True,
    )


def api_key_in(content: Mapping[str, object]) -> ApiKey:
    """The API key in an answer of IAM."""
    return ApiKey(
        id=text_in(content, "id"),
        iam_id=text_in(content, "iam_id"),
        name=text_in(content, "name"),
        account=text_in(content, "account_id"),
        description=text_in(content, "description"),
        is_locked=content.get("locked") is True,
        is_disabled=content.get("disabled") is True,
        created=date_in(content, "created_at"),
        expires=date_in(content, "expires_at"),
        last_used=date_in(object_at(content, "activity"), "last_authn"),
        has_activity=_has_activity(content),
        value=text_in(content, "apikey"),
    )


def _has_activity(content: Mapping[str, object]) -> bool:
    """Whether IAM tells when a key was last used, or that it never was; not if that is no date."""
    activity = content.get("activity")
    if not isinstance(activity, dict):
        return False
    if activity.get("last_authn"):
        return date_in(activity, "last_authn") is not None
    return str(activity.get("authn_count") or "0") == "0"


def date_for_iam(date: datetime) -> str:
    """A date as IAM reads it: `2026-11-28T10:15+0000`."""
    return f"{date.astimezone(UTC):%Y-%m-%dT%H:%M}+0000"
