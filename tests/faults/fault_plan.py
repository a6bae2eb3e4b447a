"""From a seed to faults: the same seed does the same to the same request, in whatever order the requests come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from faults import faults

if TYPE_CHECKING:
    from faults.proxy import Asked, Fault

KINDS: dict[str, tuple[Fault, ...]] = {
    "resets before": (faults.reset_before,),
    "resets after": (faults.reset_after,),
    "throttling": (*[faults.throttled(0)] * 5, faults.throttled(1)),
    "throttling without a time": (faults.throttled(None),),
    "server errors": (faults.failed(500), faults.failed(503), faults.failed_after(503), faults.failed_after(504)),
    "slowness": (faults.slow(0.05), faults.slow(0.2), faults.drops),
    "half answers": (faults.half_answer,),
    "conflicts": (faults.moved_on,),
}
EVERYTHING = tuple(fault for several in KINDS.values() for fault in several)
WEATHERS = (*KINDS, "everything")

LASTING = ("resets before", "resets after", "server errors", "half answers")
"""What may go on for ever: the program gives it up after a few tries. It is patient with the rest, for a minute."""

PASSING = 3
"""So many faults in a row at one request are below what the program bears."""


@dataclass(frozen=True, kw_only=True)
class Weather:
    """What a seed does: which faults, how likely (0 to 1), and how often to the same request.

    `forget` are parts of paths that differ from one session of tests to the next.
    """

    seed: int
    forget: tuple[str, ...]
    kind: str = field(init=False)
    odds: float = field(init=False)
    lasts: str = field(init=False)
    """`writes` or `reads` when these fail for good, "" when all passes."""

    def __post_init__(self) -> None:
        random = Random(self.seed)  # noqa: S311  weather
        kind = WEATHERS[self.seed % len(WEATHERS)]
        lasts = random.choice(("", "", "", "writes", "writes", "reads")) if kind in LASTING else ""
        for name, value in (("kind", kind), ("lasts", lasts), ("odds", random.choice((0.15, 0.4, 0.8)))):
            object.__setattr__(self, name, value)

    def __call__(self, asked: Asked) -> Fault:
        path = re.sub("|".join(map(re.escape, self.forget)), "", asked.path)
        place = f"{self.seed} {asked.method} {path}"
        random = Random(f"{place} {asked.nth}")  # noqa: S311  weather
        if self.lasts == ("writes" if asked.is_write else "reads"):
            strikes = Random(place).random() < self.odds  # noqa: S311  weather
        else:
            strikes = asked.nth < PASSING and random.random() < (self.odds if asked.is_write else self.odds / 3)
        return random.choice(KINDS.get(self.kind, EVERYTHING)) if strikes else faults.passed_on
