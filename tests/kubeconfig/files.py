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
    """A kubeconfig file with these entries, in JSON, which is YAML as well."""
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
    """A kubeconfig file with one cluster, one user and one context, which is current."""
    return kubeconfig(
        path,
        clusters={"c": cluster},
        users={"u": user},
        contexts={"x": {"cluster": "c", "user": "u", **context}},
        current="x",
    )


def encoded(path: Path) -> str:
    """A file's content as a `-data` field holds it."""
    return base64.b64encode(path.read_bytes()).decode()


def script(path: Path, *lines: str) -> Path:
    """An executable shell script."""
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return path
