"""How registries are contacted, and what to verify with them before anything is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RegistryAccess:
    """How registries are contacted.

    `ca_files` have additional certificate authorities, in PEM. `insecure` allows plain HTTP to other machines, which
    sends credentials in the clear. `request_timeout` is --request-timeout as typed.
    """

    ca_files: tuple[str, ...] = ()
    insecure: bool = False
    request_timeout: str = "0"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """How to verify credentials before they are written.

    `images` are those that must be pullable; without any, only the login is checked. `is_lenient` ignores registries
    that cannot be reached.
    """

    images: tuple[str, ...] = ()
    is_lenient: bool = False
    access: RegistryAccess
