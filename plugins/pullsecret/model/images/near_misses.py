"""Which of a secret's keys were probably meant for an image: few are looked at, however many there are."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from pullsecret.model.images.icr import is_registry_host
from pullsecret.model.images.key_index import HUB_INDEX_KEY, KeyIndex
from pullsecret.model.images.reference import HUB_DOMAIN
from pullsecret.model.images.server_keys import KeyFault, key_problem, mismatch, taken_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.images.reference import ImageReference
    from pullsecret.model.images.server_keys import KeyProblem

_LOOKED_AT = 10
"""So many keys of each kind of likeness."""

MISSES_SHOWN = 3


def near_misses(server_keys: tuple[str, ...], image: ImageReference) -> tuple[KeyProblem, ...]:
    """What is wrong with the first keys that were probably meant for an image."""
    likely = _likeness(server_keys).likely(image)
    found = (mismatch(server_keys[position], image) for position in likely)
    return tuple(islice(filter(None, found), MISSES_SHOWN))


class _Likeness:
    """The positions of keys by what they can have in common with an image's host."""

    def __init__(self, server_keys: tuple[str, ...]) -> None:
        self._by_host: dict[str, list[int]] = {}
        self._by_tail: dict[tuple[str, str], dict[int, list[int]]] = {}
        self._by_beginning: dict[str, list[int]] = {}
        self._of_ibm: list[int] = []
        problems = [key_problem(key) for key in server_keys]
        self._corrected = KeyIndex([_corrected(problem) for problem in problems])
        for position, key in enumerate(server_keys):
            self._add(taken_apart(key).host.partition(":")[0], position)

    def _add(self, host: str, position: int) -> None:
        self._by_host.setdefault(host.rstrip(".").lower(), []).append(position)
        if "*" in host:
            labels = host.split(".")
            counts = self._by_tail.setdefault(_tail(labels), {})
            counts.setdefault(len(labels), []).append(position)
        if "?" in host:
            self._by_beginning.setdefault(host.partition("?")[0], []).append(position)
        if is_registry_host(host):
            self._of_ibm.append(position)

    def likely(self, image: ImageReference) -> list[int]:
        """The positions of the keys that are worth a closer look, in their order."""
        host = image.domain.partition(":")[0]
        found = set(islice(self._corrected.matching(image.name), _LOOKED_AT))
        for positions in self._alike(host.lower(), host):
            found.update(positions[:_LOOKED_AT])
        return sorted(found)

    def _alike(self, lowered: str, host: str) -> Iterator[list[int]]:
        labels = lowered.split(".")
        parents = [".".join(labels[number:]) for number in range(len(labels))]
        hub = (HUB_INDEX_KEY,) if lowered == HUB_DOMAIN else ()
        for name in (*parents, f"private.{lowered}", lowered.removeprefix("private."), *hub):
            yield self._by_host.get(name, [])
        for last in (labels[-1], "*"):
            for second in (labels[-2] if len(labels) > 1 else "", "*", ""):
                counts = self._by_tail.get((last, second), {})
                yield from (positions for count, positions in counts.items() if count != len(labels))
        yield from (self._by_beginning.get(host[:end], []) for end in range(len(host) + 1))
        if is_registry_host(host):
            yield self._of_ibm


def _corrected(problem: KeyProblem | None) -> str:
    is_known = problem is not None and problem.corrected and problem.fault is not KeyFault.UNPARSABLE
    return problem.corrected if problem is not None and is_known else ""


def _tail(labels: list[str]) -> tuple[str, str]:
    """The last two labels of a host with a wildcard; the second one counts only where there are three."""
    return labels[-1], labels[-2] if len(labels) > 2 else ""  # noqa: PLR2004  as in server_keys.py


@lru_cache(maxsize=16)
def _likeness(server_keys: tuple[str, ...]) -> _Likeness:
    return _Likeness(server_keys)
