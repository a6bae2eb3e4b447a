"""What is known of credentials and registries before a registry is contacted: which entries cannot work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.images.credential_problem import CredentialFault, credential_problem
from pullsecret.model.images.icr import ENTITLED_HOSTS, REGIONS, public_name
from pullsecret.model.images.token_dates import dates_in

if TYPE_CHECKING:
    from datetime import datetime

    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.images.keyring import PullCredential, PullCredentials
    from pullsecret.model.images.reference import ImageReference

_CERTAIN: Final = frozenset({CredentialFault.PLACEHOLDER, CredentialFault.UNSUPPORTED})
"""What no registry accepts; other faults are likely, but a registry of its own kind may accept what looks wrong."""

_PUBLIC_REGION: Final = "icr.io"
"""The one host of IBM Cloud Container Registry that has public images, too."""


def usable_credential(found: PullCredentials, now: datetime) -> PullCredential | None:
    """The first credential that the kubelet tries and against which nothing is known; None for none."""
    return next((item for item in found.credentials if is_usable(item.entry, now)), None)


def is_usable(entry: RegistryEntry, now: datetime) -> bool:
    """Whether there is something to send, against which nothing is known."""
    return entry.has_password and credential_problem(entry) is None and not expired_at(entry, now)


def is_rejected_anywhere(entry: RegistryEntry, now: datetime) -> bool:
    """Whether no registry accepts what an entry has."""
    problem = credential_problem(entry)
    return bool(expired_at(entry, now)) or (problem is not None and problem.fault in _CERTAIN)


def expired_at(entry: RegistryEntry, now: datetime) -> str:
    """When the token that an entry has for a password expired; "" if it did not."""
    _, expires = dates_in(entry.password)
    return f"{expires:%Y-%m-%d at %H:%M} UTC" if expires and expires <= now else ""


def is_always_private(image: ImageReference) -> bool:
    """Whether a registry requires credentials for an image in any case.

    Source: IBM Cloud documentation, Registry: "Accessing IBM Cloud Container Registry"; only the global host has public
    images, and the entitled registry has those that are not in `cp/`.
    """
    if image.domain in ENTITLED_HOSTS:
        return image.path.startswith("cp/")
    return public_name(image.domain) in {region.host for region in REGIONS if region.host != _PUBLIC_REGION}
