"""That registries are asked before anything is written, and how they are reached."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RegistryAccess:
    """How registries are reached: by which certificate authorities besides the system's, and how far they are trusted.

    `ca_files` hold certificates in PEM. `insecure` allows plain http beyond this machine, where credentials can be read
    on the way. `request_timeout` is --request-timeout as typed.
    """

    ca_files: tuple[str, ...] = ()
    insecure: bool = False
    request_timeout: str = "0"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """That credentials shall be verified before they are written, and how.

    `images` shall be pulled with them; without any, only the login is tried. `is_lenient` goes on where a registry
    cannot be asked.
    """

    images: tuple[str, ...] = ()
    is_lenient: bool = False
    access: RegistryAccess
