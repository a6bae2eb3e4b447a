"""Server keys arranged so that a name is compared with few of them: a tenant's secret may hold 7,000.

Hosts without a wildcard are looked up; those with one are found by their literal labels first. A path is looked up by
each length that a key has.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pullsecret.model.go.remembered import Remembered
from pullsecret.model.go.url import Address, address, index_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

HUB_INDEX_KEY = "index.docker.io"

_Host: TypeAlias = tuple[tuple[bytes, ...], bytes]
"""Labels and port."""

_KeysOfHost: TypeAlias = "list[tuple[bytes, int]]"
"""The path and the position of each key."""


class _Paths:
    """The positions of the keys of one host, by their path."""

    def __init__(self, keys: _KeysOfHost) -> None:
        self._positions: dict[bytes, list[int]] = {}
        for path, position in keys:
            self._positions.setdefault(path, []).append(position)
        self._lengths = {*map(len, self._positions)}

    def matching(self, path: bytes) -> Iterator[int]:
        """The positions of the keys whose path is a prefix, by character."""
        for length in self._lengths:
            if length <= len(path):
                yield from self._positions.get(path[:length], ())


class _Glob(NamedTuple):
    """A host's labels with a wildcard, the longest literal part of each, and the keys of that host."""

    labels: tuple[bytes, ...]
    longest: bytes
    paths: _Paths


class KeyIndex:
    """Some server keys, as the kubelet's keyring compares them with a name."""

    def __init__(self, server_keys: Sequence[str]) -> None:
        self.keys = [index_key(key) for key in server_keys]
        self.hub = [position for position, key in enumerate(self.keys) if key == HUB_INDEX_KEY]
        self._hosts: dict[_Host, _KeysOfHost] = {}
        globs: dict[_Host, _KeysOfHost] = {}
        for position, key in enumerate(self.keys):
            parts = address(key) if key is not None else None
            if parts is not None:
                group = globs if any(b"*" in label for label in parts.labels) else self._hosts
                group.setdefault((parts.labels, parts.port), []).append((parts.path, position))
        self._globs = _arranged(globs)
        self._patterns = {(pattern, port) for pattern, port, _ in self._globs}
        self._known: dict[_Host, tuple[_Paths, ...]] = {}

    def matching(self, name: str) -> list[int]:
        """The positions of the keys that match a name, in their order."""
        target = address(name)
        if target is None:
            return []
        host = (target.labels, target.port)
        found = self._known.get(host)
        if found is None:
            found = self._known[host] = tuple(self._paths_for(target))
        return sorted(position for paths in found for position in paths.matching(target.path))

    def _paths_for(self, target: Address) -> Iterator[_Paths]:
        literal = self._hosts.get((target.labels, target.port))
        if literal is not None and not any(b"[" in label for label in target.labels):
            yield _Paths(literal)
        for pattern, port in self._patterns:
            if port == target.port and len(pattern) == len(target.labels):
                fixed = tuple(compress(target.labels, pattern))
                yield from _matching_globs(self._globs.get((pattern, port, fixed), ()), target.labels)


def _arranged(
    globs: Mapping[_Host, _KeysOfHost],
) -> Mapping[tuple[tuple[bool, ...], bytes, tuple[bytes, ...]], Sequence[_Glob]]:
    """Hosts with a wildcard by which labels are literal, by the port, and by those labels."""
    found: dict[tuple[tuple[bool, ...], bytes, tuple[bytes, ...]], list[_Glob]] = {}
    for (labels, port), keys in globs.items():
        pattern = tuple(b"*" not in label for label in labels)
        fixed = tuple(compress(labels, pattern))
        if not any(b"[" in label for label in fixed):
            longest = max((part for label in labels if b"*" in label for part in label.split(b"*")), key=len)
            found.setdefault((pattern, port, fixed), []).append(_Glob(labels, longest, _Paths(keys)))
    return found


def _matching_globs(globs: Iterable[_Glob], labels: tuple[bytes, ...]) -> Iterator[_Paths]:
    host = b".".join(labels)
    for glob in [glob for glob in globs if glob.longest in host]:
        if all(_is_label_match(pattern, label) for pattern, label in zip(glob.labels, labels, strict=True)):
            yield glob.paths


def _is_label_match(glob: bytes, label: bytes) -> bool:
    """Go's filepath.Match for one label: only `*` can be in a host, and a bracket begins a class that no label matches.

    Each part between two stars is looked for once, from the left, as Go does: a key with many stars costs no more than
    its length.
    """
    if b"*" not in glob:
        return glob == label and b"[" not in glob
    first, *middle, last = glob.split(b"*")
    if len(label) < len(first) + len(last) or not (label.startswith(first) and label.endswith(last)):
        return False
    position, end = len(first), len(label) - len(last)
    for part in middle:
        found = label.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


@Remembered
def key_index(server_keys: tuple[str, ...]) -> KeyIndex:
    """The index of these keys; a thousand images are looked up in the same one."""
    return KeyIndex(server_keys)
