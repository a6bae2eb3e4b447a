"""The API keys of IBM Cloud in pull secrets: only these are ever sent to IAM.

An entry counts if its server key names a host of IBM Cloud Container Registry literally and its username is the one
for API keys, or a trusted profile's ID; the password is then an API key of a user or a service ID (IBM Cloud
documentation, Registry: "Automating access", "Using trusted profiles").
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import DEFAULT_USERNAME, is_registry_host
from pullsecret.model.images.registry_credential import key_host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object

_PROFILE: Final = re.compile(r"Profile-[A-Za-z0-9-]{1,100}")
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{32,200}")
"""What an API key may look like: IBM's have 44 of these characters, and one's own at least 32 (iam_identity_v1.py)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryKey:
    """An API key in a secret: the profile that it logs in as, "" for its own identity, and its server keys."""

    value: str = field(repr=False)
    profile: str = ""
    servers: tuple[str, ...] = ()


def registry_keys_in(secret: Object) -> tuple[RegistryKey, ...]:
    """The API keys in a pull secret, each identity of each once, in the order of the entries."""
    return registry_keys_among(registries_of(secret).entries)


def registry_keys_among(entries: Iterable[RegistryEntry]) -> tuple[RegistryKey, ...]:
    """The same among entries."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        profile = entry.username if _PROFILE.fullmatch(entry.username) else ""
        is_key = (profile or entry.username == DEFAULT_USERNAME) and _KEY.fullmatch(entry.password)
        if is_key and is_registry_host(key_host(entry.server)):
            found.setdefault((entry.password, profile), []).append(entry.server)
    return tuple(
        RegistryKey(value=value, profile=profile, servers=tuple(servers)) for (value, profile), servers in found.items()
    )
