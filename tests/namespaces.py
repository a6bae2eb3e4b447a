"""New namespaces for a test, created in parallel."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from control_plane.waiting import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from control_plane.api import Api

AT_ONCE = 8


class Namespaces:
    """Creates namespaces whose names begin with `slug`, and deletes them all."""

    def __init__(self, api: Api, slug: str) -> None:
        self._api = api
        self._slug = slug
        self._made: list[str] = []

    def __call__(self, count: int, *, labels: Mapping[str, str] | None = None) -> list[str]:
        """Create namespaces and return their names in order; each has its default service account already."""
        batch = secrets.token_hex(3)
        width = len(str(count - 1))
        names = [f"{self._slug}-{batch}-{n:0{width}}" for n in range(count)]
        self._made += names
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda name: self._create(name, labels or {}), names))
        until(lambda: self._are_complete(names), f"the default service accounts of {count} namespaces", within=60)
        return names

    def delete(self) -> None:
        """Delete all of them without waiting."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda name: self._api.delete("Namespace", name), self._made))

    def _create(self, name: str, labels: Mapping[str, str]) -> None:
        self._api.create({"kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}})

    def _are_complete(self, names: list[str]) -> bool:
        """A single request, for one namespace or a thousand."""
        where = names[0] if len(names) == 1 else ""
        accounts = self._api.list("ServiceAccount", where, fieldSelector="metadata.name=default")
        return {account["metadata"]["namespace"] for account in accounts}.issuperset(names)
