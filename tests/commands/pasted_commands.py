"""Printed commands, run twice, and what their runs lost or wrote in vain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from command_effects import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from command_effects import Key
    from pasting_shell import PastingShell

    from control_plane.api import Object
    from program import Result

AT_ONCE = 4
RESTARTED = ("Pod", "ReplicaSet")
"""What a restart creates each time: that is what it is for."""


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A command, what it fixes, and the registries that are at fault in the secret."""

    place: str
    what: tuple[str, ...]
    command: str
    registries: tuple[str, ...] = ()
    secret: str = ""


@dataclass(kw_only=True)
class Pasted:
    """All commands run twice, in each namespace one after another."""

    shell: PastingShell
    printed: Sequence[Printed]
    problems: list[str] = field(default_factory=list)

    def run(self, again: str = "") -> None:
        groups: dict[str, list[Printed]] = {}
        for item in self.printed:
            groups.setdefault(item.place, []).append(item)

        def run_group(group: list[Printed]) -> list[Result]:
            return [self.shell(item.command) for item in group]

        with ThreadPoolExecutor(AT_ONCE) as pool:
            results = list(pool.map(run_group, groups.values()))
        for group, ended in zip(groups.values(), results, strict=True):
            for item, result in zip(group, ended, strict=True):
                if result.status:
                    self.problems.append(f"FAILED{again} {item.what}\n    {item.command}\n    {result.stderr}")


def lost_entries(
    printed: Sequence[Printed], before: Mapping[Key, Object], after: Mapping[Key, Object]
) -> Iterator[str]:
    """Entries that are gone and that no finding was about."""
    faulty: dict[Key, set[str]] = {}
    for item in printed:
        faulty.setdefault(("Secret", item.place, item.secret), set()).update(item.registries)
    for key, registries in faulty.items():
        if key in before and key in after:
            lost = entries_of(before[key]).keys() - entries_of(after[key]).keys() - registries
            if lost:
                yield f"LOST {key}: entries {lost}"


def unwanted_writes(before: Mapping[Key, Object], after: Mapping[Key, Object]) -> Iterator[str]:
    """What a second run has written: nothing, except that IBM Cloud makes a key whenever it is asked."""
    for key, item in before.items():
        is_ours = key[0] in ("Secret", "ServiceAccount") and key[2] != "all-icr-io"
        if is_ours and item["metadata"]["resourceVersion"] != after.get(key, item)["metadata"]["resourceVersion"]:
            yield f"WRITTEN AGAIN {key}"
    yield from (f"CREATED AGAIN {key}" for key in after.keys() - before.keys() if key[0] not in RESTARTED)
