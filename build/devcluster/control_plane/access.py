"""How a user reaches a cluster: address, trusted certificates, token."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Access:
    """One user's access to a cluster."""

    server: str
    """`https://host:port`."""
    ca: Path | None
    """Certificates to trust (PEM); None for the system's own."""
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class User:
    """A user with only the permissions of every authenticated user."""

    name: str
    token: str = field(repr=False)
    subject: dict[str, str]
    """The user as the subject of a role binding."""


def write_kubeconfig(directory: Path, access: Access, namespace: str = "default") -> Path:
    """Write a kubeconfig file with one context, `test`; as JSON, which is valid YAML."""
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
