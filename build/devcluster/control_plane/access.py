"""How to reach a cluster as somebody: an address, whom to trust, a token."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Access:
    """One user's way into a cluster."""

    server: str
    """`https://host:port`."""
    ca: Path | None
    """Certificates to trust (PEM); None for the system's own."""
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class User:
    """Somebody without any rights yet beyond those of every authenticated user."""

    name: str
    token: str = field(repr=False)
    subject: dict[str, str]
    """How a role binding names the user."""


def write_kubeconfig(directory: Path, access: Access, namespace: str = "default") -> Path:
    """A new kubeconfig file with one context, `test`; JSON, which every reader of YAML takes."""
    cluster = {"server": access.server} | ({"certificate-authority": str(access.ca)} if access.ca else {})
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": namespace}}],
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": {"token": access.token}}],
    }
    path = directory / f"kubeconfig-{secrets.token_hex(4)}"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config, indent=2))
    return path
