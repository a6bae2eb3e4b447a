"""What came of the runs: laps, and the medians and ratios of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.arena import Lap


class Task(Enum):
    """What is done in a lap."""

    COPY = "copy + attach"
    AGAIN = "nothing to do"
    ROTATE = "rotation"
    HELP = "create --help"


class Way(Enum):
    """Who does it."""

    OURS = "kubectl-pullsecret"
    RAW = "raw limit"
    KUBECTL = "kubectl"


@dataclass(frozen=True, kw_only=True)
class Race:
    """All laps of one size, in turns: the laps of one round stand at the same place of their lists.

    `sample` is for how many of the `namespaces` kubectl did it.
    """

    namespaces: int
    laps: Mapping[tuple[Way, Task], Sequence[Lap]] = field(default_factory=dict)
    sample: int

    def has(self, way: Way, task: Task) -> bool:
        """Whether it was measured."""
        return bool(self.laps.get((way, task)))

    def scale(self, way: Way) -> float:
        """What a lap has to be multiplied by: more than 1 where it was for a sample."""
        return self.namespaces / self.sample if way is Way.KUBECTL else 1.0

    def seconds(self, way: Way, task: Task) -> float:
        """The median of the wall times."""
        return median(lap.run.seconds for lap in self.laps[way, task]) * self.scale(way)

    def cpu(self, way: Way, task: Task) -> float:
        """The median of the processor times, in seconds."""
        return median(lap.run.cpu for lap in self.laps[way, task]) * self.scale(way)

    def peak(self, way: Way, task: Task) -> float:
        """The most memory that any run of them took, in MiB."""
        return max(lap.run.peak for lap in self.laps[way, task]) / 2**20

    def times(self, task: Task, way: Way) -> float:
        """How many times as long the other way takes: the median of what the rounds say, each for itself.

        A round's laps run one after the other, so that what else the machine does weighs on both.
        """
        rounds = zip(self.laps[way, task], self.laps[Way.OURS, task], strict=True)
        return median(other.run.seconds * self.scale(way) / ours.run.seconds for other, ours in rounds)

    def requests(self, way: Way, task: Task) -> int:
        """How many requests one run sends."""
        return round(median(sum(lap.requests.values()) for lap in self.laps[way, task]) * self.scale(way))

    def pages(self, task: Task) -> int:
        """How many of our requests are further pages of a LIST begun before."""
        lists: Counter[str] = Counter()
        for (verb, resource), count in self.laps[Way.OURS, task][-1].requests.items():
            lists[resource] += count if verb == "LIST" else 0
        return sum(count - 1 for count in lists.values() if count)
