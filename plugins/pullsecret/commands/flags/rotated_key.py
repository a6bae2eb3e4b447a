"""What `rotate` does about API keys of IBM Cloud: a new one, and the old one's end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pullsecret.commands.flags.lifetime import parsed_lifetime
from pullsecret.commands.flags.service_id import KeyTimeout, longest_wait_of
from pullsecret.commands.help_text import IBM_CLOUD_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.rotated_key import KeyEnd, NewKeyWish
from pullsecret.model.request.rotation import RotationStep

if TYPE_CHECKING:
    from collections.abc import Mapping

_option = partial(Option, rich_help_panel=IBM_CLOUD_FLAGS)


@dataclass(frozen=True, kw_only=True)
class KeyFlags:
    """The flags as given: None for one that is not, "" for one without a value."""

    service_id: str | None = None
    expires_in: str = ""
    key_timeout: str = ""
    disable: str | None = None
    delete: str | None = None

    @property
    def given(self) -> Mapping[str, bool]:
        """Each flag, and whether it is given."""
        return {
            "--service-id": self.service_id is not None,
            "--expires-in": bool(self.expires_in),
            "--key-timeout": bool(self.key_timeout),
            "--disable-old-key": self.disable is not None,
            "--delete-old-key": self.delete is not None,
        }


def key_flags(
    *,
    service_id: Annotated[
        str | None,
        _option(
            "--service-id",
            metavar="NAME|ID",
            help="Create a new API key of the IBM Cloud service ID that the old key belongs to, which must be this one "
            "if it is named.",
        ),
    ] = None,
    expires_in: Annotated[
        str, _option("--expires-in", metavar="DURATION", help="Lifetime of the API key (for example 90d, 12h).")
    ] = "",
    key_timeout: KeyTimeout = "",
    disable_old_key: Annotated[
        str | None,
        _option(
            "--disable-old-key",
            metavar="KEY_ID",
            help="With --finish: first disable the old API key at IBM Cloud, if nothing uses it; it can be enabled "
            "again. A key that kubectl-pullsecret did not make must be named.",
        ),
    ] = None,
    delete_old_key: Annotated[
        str | None,
        _option(
            "--delete-old-key",
            metavar="KEY_ID",
            help="With --finish: the same, but delete the key for good.",
        ),
    ] = None,
) -> KeyFlags:
    """What is asked for; whether it fits the rest is for the functions below to say."""
    return KeyFlags(
        service_id=service_id,
        expires_in=expires_in,
        key_timeout=key_timeout,
        disable=disable_old_key,
        delete=delete_old_key,
    )


def key_work(flags: KeyFlags, step: RotationStep, sign_in: IbmSignIn) -> NewKeyWish | KeyEnd | None:
    """The new key, or the end of the old one; None if neither is asked for.

    Raises:
        UsageError: flags that do not go together.
        FlagError: an invalid duration.
    """
    if flags.disable is not None and flags.delete is not None:
        raise UsageError("--disable-old-key and --delete-old-key cannot be used together")
    end = flags.disable if flags.delete is None else flags.delete
    if end is not None:
        flag = "--disable-old-key" if flags.delete is None else "--delete-old-key"
        if step is not RotationStep.FINISH:
            raise UsageError(f"{flag} requires --finish")
        return KeyEnd(sign_in=sign_in, is_deletion=flags.delete is not None, named=end)
    if flags.service_id is None:
        if alone := next((flag for flag, is_given in flags.given.items() if is_given), ""):
            raise UsageError(f"{alone} requires --service-id")
        return None
    if step is not RotationStep.ROTATE:
        raise UsageError(f"{step.value} needs no credentials")
    expires = parsed_lifetime(flags.expires_in) if flags.expires_in else None
    return NewKeyWish(
        sign_in=sign_in,
        service_id=flags.service_id,
        expires_in=expires,
        longest_wait=longest_wait_of(flags.key_timeout),
    )
