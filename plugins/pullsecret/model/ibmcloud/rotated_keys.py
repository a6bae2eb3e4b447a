"""Whose API key is rotated, and whether the old one may be disabled or deleted in the end: by what IAM says alone.

An annotation decides nothing: a user who may write a secret can write it, and put another one's key into the secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.identity import SERVICE_ID_PREFIX
from pullsecret.model.ibmcloud.marks import is_key_for

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId

_IAM: Final = "iam-"
LONGEST_ROTATION: Final = timedelta(minutes=10)
"""A copy that was written later than this after its source does not tell when the rotation ended: its owner can write
it at any time."""
_MINUTE: Final = timedelta(minutes=1)


def service_id_of(key: ApiKey) -> str:
    """The ID of the service ID that a key belongs to; "" for a user's key, or any other."""
    identifier = key.iam_id.removeprefix(_IAM)
    return identifier if key.iam_id.startswith(f"{_IAM}{SERVICE_ID_PREFIX}") else ""


def check_replaceable(key: ApiKey | None, problem: str, account: str, what: str) -> ApiKey:
    """The key that a new one of the same service ID can replace.

    Args:
        key: what IAM knows of the key in the secret, None for nothing.
        problem: why IAM could not be asked, "" if it was.
        account: the session's.
        what: the secret, in words.

    Raises:
        RefusedError: it cannot be looked up, or belongs to a user or to another account.
    """
    if key is None:
        if problem:
            raise RefusedError(f"cannot look up the API key of {what}: {problem}")
        hint = "to write a new one there, run `create NAME --icr REGION --service-id ID --overwrite -n NAMESPACE`"
        raise RefusedError(f"IBM Cloud does not accept the API key of {what}: it was deleted or disabled", hint=hint)
    if not service_id_of(key):
        hint = "create a key yourself, and pass it with --password-stdin"
        raise RefusedError(f"the API key of {what} belongs to a user, not to a service ID", hint=hint)
    if key.account and key.account != account:
        raise RefusedError(
            f"the API key of {what} belongs to account {printable(key.account)}",
            hint="to select that account, run: ibmcloud target -c ACCOUNT",
        )
    return key


def check_named(service_id: ServiceId, wanted: str, what: str) -> None:
    """Refuse another service ID than the one that is named, by its name or ID.

    Raises:
        RefusedError: it is another one.
    """
    if wanted and wanted not in (service_id.id, service_id.name):
        raise RefusedError(
            f"the API key of {what} belongs to service ID {service_id.shown}, not to {printable(wanted)}"
        )


def check_origin(key: ApiKey, service_id: ServiceId, *, name: str, cluster: str, what: str) -> None:
    """Refuse a key that was not made for the secret, unless its service ID is named: others could get a key that way.

    Raises:
        RefusedError: IAM does not describe it so.
    """
    if not is_key_for(key.description, name=name, cluster=cluster):
        raise RefusedError(
            f"the API key of {what} belongs to service ID {service_id.shown} and was not made by kubectl-pullsecret "
            "for this secret: anyone who may write the secret would get a new key of that service ID",
            hint=f"to confirm that it is the right one, name it: --service-id={printable(service_id.id)}",
        )


def check_resumed(key: ApiKey | None, problem: str, old: ApiKey | None, now: datetime, what: str) -> ApiKey:
    """The key that an earlier run began to write, if it is as good as a new one.

    `old` is the key that it replaces, None if that is not known.

    Raises:
        RefusedError: it cannot be looked up, is dead, or belongs to another identity.
    """
    if problem:
        raise RefusedError(f"cannot look up the new API key of {what}: {problem}")
    if key is None or not key.is_alive(now):
        hint = "to go back to the previous one, use --undo, then --finish"
        raise RefusedError(f"the new API key of {what} was deleted or disabled, or has expired", hint=hint)
    if not service_id_of(key) or (old is not None and old.iam_id != key.iam_id):
        hint = "run that command again, or use --status, --undo or --finish"
        raise RefusedError(f"{what} is being rotated to a key of another identity, or that was not finished", hint=hint)
    return key


@dataclass(frozen=True, kw_only=True)
class EndedRotation:
    """A rotation whose old key is about to be disabled or deleted, as the cluster tells it.

    `name` is the source's, `clusters` are the identities of the clusters, `ended` is when the rotation did, and `now`
    the present time; `named` is the ID of the key that the user names, "" for none.
    """

    name: str
    clusters: Collection[str]
    ended: datetime
    now: datetime
    named: str = ""


def refusal_to_end(old: ApiKey, new: ApiKey, rotation: EndedRotation, account: str) -> str:
    """Why a key may not be disabled or deleted; "" if it may.

    Args:
        old: the key that was replaced, with its last use, as IAM knows it by its value.
        new: the key that the source has now, as IAM knows it by its value.
        rotation: what was rotated.
        account: the session's.
    """
    shown = f"API key {printable(old.id)}"
    if not service_id_of(old):
        return f"{shown} belongs to a user, not to a service ID"
    if old.account != account:
        return f"{shown} belongs to another account"
    if old.iam_id != new.iam_id or old.id == new.id:
        return f"{shown} does not belong to the service ID of the new key ({printable(new.iam_id)})"
    if rotation.named and rotation.named != old.id:
        return f"the old key is {shown}, not {printable(rotation.named)}"
    if old.is_locked:
        return f"{shown} is locked"
    return _doubt_about_use(old, rotation) or ("" if rotation.named else _doubt_about_origin(old, rotation))


def _doubt_about_use(old: ApiKey, rotation: EndedRotation) -> str:
    used = old.last_used
    if used is None:
        return "" if old.has_activity else f"IBM Cloud does not tell when API key {printable(old.id)} was last used"
    if used > rotation.ended:
        return (
            f"API key {printable(old.id)} was last used at {used:%Y-%m-%d %H:%M} UTC, after the rotation: another "
            "cluster or someone else uses it"
        )
    known_at = rotation.ended + LONGEST_ROTATION
    if not used.second and used + _MINUTE > rotation.ended and rotation.now < known_at:
        return (
            f"API key {printable(old.id)} was last used at {used:%H:%M} UTC, when the rotation ended; to see whether "
            f"anything else uses it, run the command again after {known_at:%H:%M} UTC"
        )
    return ""


def _doubt_about_origin(old: ApiKey, rotation: EndedRotation) -> str:
    if any(is_key_for(old.description, name=rotation.name, cluster=cluster) for cluster in rotation.clusters):
        return ""
    return (
        f'API key {printable(old.id)} ("{printable(old.name)}") was not made by kubectl-pullsecret for secret '
        f"{rotation.name}, so others may know it"
    )
