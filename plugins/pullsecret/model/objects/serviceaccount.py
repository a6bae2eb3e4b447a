"""The lists of secrets in a service account: always whole, because the server replaces them whole.

`imagePullSecrets` is `+listType=atomic` (kubernetes: core/v1 types.go), so whoever writes it writes every entry.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import Kind, Object, mappings_at, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable

FIELDS = {"pull": "imagePullSecrets", "mount": "secrets"}
"""What `--for` of `oc secrets link` means: the lists of a service account."""


def secret_names(account: Object, field: str = FIELDS["pull"]) -> tuple[str, ...]:
    """The secrets that a service account names in one of its lists, in order, as often as they stand there."""
    return tuple(text_at(entry, "name") for entry in mappings_at(account, field))


def attached(account: Object, names: Iterable[str], fields: Iterable[str]) -> Object:
    """The service account with the names appended where they are not there yet; everything else as it was."""
    wanted = dict(account)
    for field in fields:
        there = secret_names(account, field)
        added = [{"name": name} for name in dict.fromkeys(names) if name not in there]
        if added:
            wanted[field] = [*mappings_at(account, field), *added]
    return wanted


def detached(account: Object, names: Iterable[str], fields: Iterable[str]) -> Object:
    """The service account without the names; everything else as it was."""
    gone = frozenset(names)
    wanted = dict(account)
    for field in fields:
        entries = mappings_at(account, field)
        left = [entry for entry in entries if text_at(entry, "name") not in gone]
        if len(left) != len(entries):
            wanted[field] = left
    return wanted


def doubled_names(account: Object, field: str = FIELDS["pull"]) -> tuple[str, ...]:
    """Names that stand in a list more than once: left alone, but some controllers stumble over them."""
    return tuple(name for name, count in Counter(secret_names(account, field)).items() if count > 1)


def blank(namespace: str, name: str) -> Object:
    """A service account as its controller makes it, for a dry run in a namespace that is not there yet."""
    return {
        "apiVersion": "v1",
        "kind": Kind.SERVICE_ACCOUNT.title,
        "metadata": {"name": name, "namespace": namespace},
    }


def not_found(name: str) -> NotFoundError:
    """The server's own words for a service account that is not there."""
    return NotFoundError(f'serviceaccounts "{name}" not found', code=404, reason="NotFound")
