"""What `rotate` does about API keys of IBM Cloud, according to the flags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from pullsecret.model.request.ibm_sign_in import IbmSignIn


@dataclass(frozen=True, kw_only=True)
class NewKeyWish:
    """A new key of the old one's service ID, which is `service_id`, a name or ID, unless that is "".

    `expires_in` is the life of the key, None for no end; `longest_wait` the seconds in which registries accept it.
    """

    sign_in: IbmSignIn
    service_id: str = ""
    expires_in: timedelta | None = None
    longest_wait: float


@dataclass(frozen=True, kw_only=True)
class KeyEnd:
    """What becomes of the old key: it is deleted or, if not `is_deletion`, disabled; `named` is its ID, "" for none."""

    sign_in: IbmSignIn
    is_deletion: bool
    named: str = ""

    @property
    def flag(self) -> str:
        """The flag that asks for it."""
        return "--delete-old-key" if self.is_deletion else "--disable-old-key"

    @property
    def done(self) -> str:
        """The end in a sentence."""
        return "deleted" if self.is_deletion else "disabled"
