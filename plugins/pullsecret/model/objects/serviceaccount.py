"""The lists of secrets in a service account, always whole: a write replaces the entire list.

`imagePullSecrets` is `+listType=atomic` (kubernetes: core/v1 types.go), so a patch must contain every entry.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import Kind, Object, mappings_at, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FIELDS = {"pull": "imagePullSecrets", "mount": "secrets"}
"""The lists of a service account by the names that `--for` of `oc secrets link` has for them."""


def secret_names(account: Object, field: str = FIELDS["pull"]) -> tuple[str, ...]:
    """The secrets in one of a service account's lists, in order, duplicates included; "" for a nameless entry."""
    return tuple(text_at(entry, "name") for entry in mappings_at(account, field))


def attached(account: Object, names: Iterable[str], fields: Iterable[str]) -> Object:
    """The service account with each name exactly once, missing ones at the end; everything else unchanged.

    Entries without a name, which reference nothing and make patches of the list fail, are left out.
    """
    desired = dict(account)
    wanted = dict.fromkeys(names)
    for field in fields:
        entries = mappings_at(account, field)
        existing = secret_names(account, field)
        added = [{"name": name} for name in wanted if name not in existing]
        kept = [
            entry
            for position, entry in enumerate(entries)
            if existing[position]
            and (existing[position] not in wanted or existing.index(existing[position]) == position)
        ]
        if added or len(kept) != len(entries):
            desired[field] = [*kept, *added]
    return desired


def detached(account: Object, is_removed: Callable[[str], bool], fields: Iterable[str]) -> Object:
    """The service account without these names, and without entries that have none; everything else unchanged."""
    desired = dict(account)
    for field in fields:
        entries = mappings_at(account, field)
        kept = [entry for entry in entries if (name := text_at(entry, "name")) and not is_removed(name)]
        if len(kept) != len(entries):
            desired[field] = kept
    return desired


def duplicate_names(account: Object, field: str = FIELDS["pull"]) -> tuple[str, ...]:
    """The names that a list has more than once; they are not changed, but some controllers cannot handle them."""
    counts = Counter(filter(None, secret_names(account, field)))
    return tuple(name for name, count in counts.items() if count > 1)


def new_service_account(namespace: str, name: str) -> Object:
    """A service account as its controller creates it, for a dry run in a namespace that does not exist yet."""
    return {
        "apiVersion": "v1",
        "kind": Kind.SERVICE_ACCOUNT.title,
        "metadata": {"name": name, "namespace": namespace},
    }


def not_found(name: str) -> NotFoundError:
    """The server's error for a service account that does not exist."""
    return NotFoundError(f'serviceaccounts "{name}" not found', code=404, reason="NotFound")
