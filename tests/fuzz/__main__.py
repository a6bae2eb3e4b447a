"""Runs the fuzzers with new seeds for so many minutes altogether: `python -m fuzz MINUTES [NAME...]`.

The exit status is 1 if one of them found a fault.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from fuzz.fuzzers import FUZZERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fuzz.fuzzer import Fuzzer

SHOWN = 20
"""So many faults of a fuzzer are printed."""


def main(arguments: Sequence[str]) -> int:
    """Run the fuzzers one after the other, each for its share of the time."""
    names = arguments[1:] or [*FUZZERS]
    if not arguments or not arguments[0].replace(".", "", 1).isdigit() or not FUZZERS.keys() >= {*names}:
        sys.stderr.write(f"usage: build/fuzz.sh MINUTES [NAME...]; names: {', '.join(FUZZERS)}\n")
        return 2
    seconds = float(arguments[0]) * 60 / len(names)
    first = int(time.time()) * 1_000_000
    found = [run_for(seconds, FUZZERS[name], first) for name in names]
    return 1 if any(found) else 0


def run_for(seconds: float, fuzzer: Fuzzer, first: int) -> int:
    """Run a fuzzer and print its executions and faults; return how many faults there are."""
    began, seed, faults = time.monotonic(), first, dict[int, str]()
    while time.monotonic() < began + seconds:
        faults |= fuzzer.examine(range(seed, seed + fuzzer.batch))
        seed += fuzzer.batch
    for number, what in [*faults.items()][:SHOWN]:
        sys.stdout.write(
            f"{what}\n  KUBECTL_PULLSECRET_TEST_SEEDS={number} .venv/bin/pytest tests/fuzz -k {fuzzer.name}\n\n"
        )
    took = time.monotonic() - began
    line = f"{fuzzer.name:<17}{seed - first:>9} executions, seeds from {first}, {took:.0f} s: {len(faults)} faults"
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
    return len(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
