"""Copies that their source has left behind."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Finding
from pullsecret.model.check.fix_commands import copy_again, copying
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import holds_same, is_source_of, provenance_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.plan.observed import Key


def source_key(copy: Object) -> Key | None:
    """Where in this cluster a secret was copied from; None for one that is no copy, or came from another cluster."""
    provenance = provenance_of(copy)
    return provenance.local_key if provenance else None


def source_of(copy: Object, inventory: Inventory) -> Object | None:
    """The secret that a copy was made of, as it is now; None where that is unknown."""
    key = source_key(copy)
    source = inventory.source(key) if key else None
    return source if source and is_source_of(source, copy) else None


def copy_findings(copy: Object, inventory: Inventory) -> Iterator[Finding]:
    """What is wrong between a copy and its source."""
    key = source_key(copy)
    if key is None or key == (namespace_of(copy), name_of(copy)):
        return
    origin, name = f"{key[0]}/{key[1]}", name_of(copy)
    finding = partial(Finding, namespace=namespace_of(copy), subject=f"secret/{name}", about=name)
    source = source_of(copy, inventory)
    if source is not None and not holds_same(copy, source):
        said = f"differs from {origin}, which it is a copy of"
        yield finding(code="PS504", message=said, fix=copy_again(copy, source))
    elif inventory.source(key) is None and inventory.sources.error_at(key) is None and _is_seen(key, inventory):
        said = f"is a copy of {origin}, which is gone"
        home = inventory.homes.get(key[1], "")
        is_elsewhere = home and home != namespace_of(copy)
        fix = copying(key[1], home, namespace_of(copy)) if is_elsewhere else None
        yield finding(code="PS505", message=said, fix=fix)


def _is_seen(key: Key, inventory: Inventory) -> bool:
    return inventory.observed.secrets.error_at(key) is None
