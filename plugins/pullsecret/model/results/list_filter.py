"""Which pull secrets `list` shows of those that the names and targets select."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.credential_problem import host_of
from pullsecret.model.images.key_index import HUB_INDEX_KEY, key_index
from pullsecret.model.images.reference import HUB_DOMAIN

if TYPE_CHECKING:
    from pullsecret.model.images.dockerconfig import RegistryEntry

_HUB = (HUB_DOMAIN, HUB_INDEX_KEY)


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """Only secrets with an entry for one of the hosts, and only those that are managed, unused, or stale copies."""

    hosts: tuple[str, ...] = ()
    is_managed: bool = False
    is_unused: bool = False
    is_stale: bool = False

    @property
    def is_given(self) -> bool:
        """Whether anything is left out."""
        return bool(self.hosts) or self.is_managed or self.is_unused or self.is_stale

    def has_host(self, entries: tuple[RegistryEntry, ...]) -> bool:
        """Whether one of the entries is for one of the hosts; any secret will do if none is given."""
        return not self.hosts or any(is_for_host(entry, host) for entry in entries for host in self.hosts)


def is_for_host(entry: RegistryEntry, wanted: str) -> bool:
    """Whether the kubelet uses an entry for a host, or the entry's host matches a pattern of hosts."""
    host = host_of(entry)
    if not host:
        return False
    if wanted in _HUB and host in _HUB:
        return True
    return fnmatchcase(host, wanted) or bool(key_index((host,)).matching(wanted))


def hosts_of_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The hosts of --registry, each once, with their ports; a scheme and a path are dropped.

    Raises:
        UsageError: a word has no host.
    """
    return tuple(dict.fromkeys(map(_host_in, words)))


def _host_in(word: str) -> str:
    host = (index_key(word) or "").partition("/")[0]
    if not host:
        raise UsageError(f'invalid --registry "{printable(word)}": specify a host, for example us.icr.io')
    return host
