"""Writes kubeconfig files in a line or two."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def kubeconfig(
    path: Path,
    *,
    clusters: dict[str, Any] | None = None,
    users: dict[str, Any] | None = None,
    contexts: dict[str, Any] | None = None,
    current: str = "",
) -> Path:
    """Write a kubeconfig file with these entries, as JSON, which is valid YAML."""
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current,
        "clusters": [{"name": name, "cluster": value} for name, value in (clusters or {}).items()],
        "users": [{"name": name, "user": value} for name, value in (users or {}).items()],
        "contexts": [{"name": name, "context": value} for name, value in (contexts or {}).items()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def simple(path: Path, cluster: dict[str, Any], user: dict[str, Any], **context: str) -> Path:
    """Write a kubeconfig file with one cluster, one user and one current context."""
    return kubeconfig(
        path,
        clusters={"c": cluster},
        users={"u": user},
        contexts={"x": {"cluster": "c", "user": "u", **context}},
        current="x",
    )


def encoded(path: Path) -> str:
    """Return a file's content as in a `-data` field."""
    return base64.b64encode(path.read_bytes()).decode()


def script(path: Path, *lines: str) -> Path:
    """Write an executable shell script."""
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return path
