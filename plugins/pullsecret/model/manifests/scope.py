"""What manifests for namespaces that do not exist yet have in common."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Where the secret comes from, which service accounts get it, and which namespaces take no part.

    `source` is the namespace of the source; `excluded` are patterns of names, as in --exclude.
    """

    source: str = "default"
    accounts: tuple[str, ...] = ("default",)
    excluded: tuple[str, ...] = ()
