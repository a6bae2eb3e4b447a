"""Copies that their source has left behind."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Finding
from pullsecret.model.check.fix_commands import copy_again, copying
from pullsecret.model.check.tokens import last_written, point_in_time
from pullsecret.model.objects.objects import Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import COPIED_FROM, SOURCE_CLUSTER, SOURCE_UID, holds_same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.plan.observed import Key

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def source_key(copy: Object) -> Key | None:
    """Where in this cluster a secret was copied from; None for one that is no copy, or came from another cluster."""
    annotations = ("metadata", "annotations")
    namespace, slash, name = text_at(copy, *annotations, COPIED_FROM).partition("/")
    return (namespace, name) if slash and not text_at(copy, *annotations, SOURCE_CLUSTER) else None


def source_of(copy: Object, inventory: Inventory) -> Object | None:
    """The secret that a copy was made of, as it is now; None where that is unknown, or it is a namesake."""
    key = source_key(copy)
    source = inventory.source(key) if key else None
    return source if source and _may_be_source(source, copy) else None


def _may_be_source(source: Object, copy: Object) -> bool:
    """Whether it is the one copied, or was made anew in its place since then: one that was there already is another's.

    A version of this program before SOURCE_CLUSTER did not say that a copy came from another cluster.
    """
    if text_at(source, "metadata", "uid") == text_at(copy, "metadata", "annotations", SOURCE_UID):
        return True
    made = point_in_time(text_at(copy, "metadata", "creationTimestamp"))
    copied = max(filter(None, (made, last_written(copy))), default=_BEGINNING)
    return (point_in_time(text_at(source, "metadata", "creationTimestamp")) or _BEGINNING) > copied


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
