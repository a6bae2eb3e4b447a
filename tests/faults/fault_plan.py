"""Faults from a seed: the same seed has the same fault for the same request, in whatever order requests come."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from faults import faults

if TYPE_CHECKING:
    from faults.proxy import Fault, ProxiedRequest

KINDS: dict[str, tuple[Fault, ...]] = {
    "resets before": (faults.reset_before,),
    "resets after": (faults.reset_after,),
    "throttling": (*[faults.throttled(0)] * 5, faults.throttled(1)),
    "throttling without a time": (faults.throttled(None),),
    "server errors": (faults.failed(500), faults.failed(503), faults.failed_after(503), faults.failed_after(504)),
    "slowness": (faults.slow(0.05), faults.slow(0.2), faults.drops),
    "half answers": (faults.half_answer,),
    "conflicts": (faults.concurrent_change,),
}
EVERYTHING = tuple(fault for several in KINDS.values() for fault in several)
PLAN_KINDS = (*KINDS, "everything")

LASTING = ("resets before", "resets after", "server errors", "half answers")
"""Faults that may be permanent: the program gives up after a few attempts. Others it retries for a minute."""

PASSING = 3
"""The program tolerates this many faults in a row for one request."""


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """The faults of a seed: which ones, how likely (0 to 1), and how often for the same request.

    `forget` are parts of paths that differ from one test session to the next.
    """

    seed: int
    forget: tuple[str, ...]
    kind: str = field(init=False)
    odds: float = field(init=False)
    lasts: str = field(init=False)
    """`writes` or `reads` if these fail permanently, "" if all faults are temporary."""

    def __post_init__(self) -> None:
        random = Random(self.seed)  # noqa: S311  a test plan
        kind = PLAN_KINDS[self.seed % len(PLAN_KINDS)]
        lasts = random.choice(("", "", "", "writes", "writes", "reads")) if kind in LASTING else ""
        for name, value in (("kind", kind), ("lasts", lasts), ("odds", random.choice((0.15, 0.4, 0.8)))):
            object.__setattr__(self, name, value)

    def __call__(self, request: ProxiedRequest) -> Fault:
        path = re.sub("|".join(map(re.escape, self.forget)), "", request.path)
        place = f"{self.seed} {request.method} {path}"
        random = Random(f"{place} {request.nth}")  # noqa: S311  a test plan
        if self.lasts == ("writes" if request.is_write else "reads"):
            strikes = Random(place).random() < self.odds  # noqa: S311  a test plan
        else:
            strikes = request.nth < PASSING and random.random() < (self.odds if request.is_write else self.odds / 3)
        return random.choice(KINDS.get(self.kind, EVERYTHING)) if strikes else faults.forward
