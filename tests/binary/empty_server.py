"""What an API server answers where there are namespaces and nothing in them."""

from __future__ import annotations

from typing import Any

LISTS = {"secrets": "SecretList", "serviceaccounts": "ServiceAccountList"}


def object_at(path: str) -> tuple[int, Any]:
    """Return the status and the object for a path."""
    name = path.rpartition("/")[2]
    if name in LISTS:
        return 200, {"kind": LISTS[name], "apiVersion": "v1", "metadata": {}, "items": []}
    return 200, {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": name}, "status": {"phase": "Active"}}
