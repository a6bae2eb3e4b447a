"""What a fuzzer is: it tries seeds in batches, and says of each that shows a fault what happened."""

from __future__ import annotations

import resource
import sys
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Result = TypeVar("Result")

CPU_SECONDS = 1.0
"""So much CPU may the longest input cost; those of fuzzers are shorter."""

MEMORY = 128 << 20
"""So many bytes may an input cost, with threads and programs; those of fuzzers have a few thousand themselves."""


class Fault(AssertionError):  # noqa: N818  what a fuzzer looks for
    """What one input showed."""


@dataclass(frozen=True, kw_only=True)
class Fuzzer:
    """`examine` tries some seeds and returns the faults by seed; the tests try so many batches of this size."""

    name: str
    examine: Callable[[Sequence[int]], Mapping[int, str]]
    batches: int
    batch: int


def chance_of(seed: int) -> Random:
    """The decisions of a seed."""
    return Random(seed)  # noqa: S311  the same in each run


def faults_of(seeds: Sequence[int], attempt: Callable[[int], None]) -> dict[int, str]:
    """Make an attempt for each seed; a fault is what it raises, and that it takes too long or too much memory."""
    found: dict[int, str] = {}
    for seed in seeds:
        began = time.process_time()
        try:
            with little_memory():
                attempt(seed)
        except Fault as fault:
            found[seed] = str(fault)
        except Exception:  # noqa: BLE001  whatever a reader of foreign text raises is a fault
            found[seed] = traceback.format_exc()
        if (seconds := time.process_time() - began) > CPU_SECONDS:
            found[seed] = f"{found.get(seed, '')} took {seconds:.1f} s"
    return found


@contextmanager
def little_memory() -> Iterator[None]:
    """Make whatever takes more memory raise MemoryError; on Linux only, where the system enforces such a limit."""
    if sys.platform != "linux":
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_DATA)
    status = Path("/proc/self/status").read_text(encoding="ascii").partition("VmData:")[2]
    resource.setrlimit(resource.RLIMIT_DATA, ((int(status.split()[0]) << 10) + MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def expect_one_line(text: str) -> None:
    """A fault unless an error is one line that can be printed."""
    if "\n" in text.strip() or not text.strip():
        raise Fault(f"not one line: {text[:500]!r}")
