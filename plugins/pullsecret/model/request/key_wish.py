"""What kind of API key `create --service-id` makes, according to the flags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.model.request.ibm_sign_in import IbmSignIn

if TYPE_CHECKING:
    from datetime import timedelta

READER: Final = "Reader"


@dataclass(frozen=True, kw_only=True)
class KeyWish:
    """An API key of a service ID, and the access that this has in the end.

    `service_id` is a name or an ID; `creates_service_id`: one of that name is created if there is none. `roles` are
    names of roles; `regions` are locations such as `us-south`, `global`, or none for all; `registry_namespaces` none
    for all. `expires_in`: the life of the key, None for no end. `is_per_namespace`: one key for each namespace.
    `longest_wait`: the seconds that registries may take to accept it.
    """

    service_id: str
    creates_service_id: bool = False
    roles: tuple[str, ...] = (READER,)
    regions: tuple[str, ...] = ()
    registry_namespaces: tuple[str, ...] = ()
    expires_in: timedelta | None = None
    is_per_namespace: bool = False
    longest_wait: float = 120.0
    sign_in: IbmSignIn = field(default_factory=IbmSignIn)
