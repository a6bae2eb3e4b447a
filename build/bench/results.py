"""The measurements, with their medians and ratios."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.bench_cluster import Measurement


class Task(Enum):
    """What is measured."""

    COPY = "copy + attach"
    AGAIN = "nothing to do"
    ROTATE = "rotation"
    HELP = "create --help"


class Client(Enum):
    """The program that is measured."""

    OURS = "kubectl-pullsecret"
    RAW = "raw limit"
    KUBECTL = "kubectl"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All measurements of one size; those of one round have the same index in their lists.

    `sample` is the number of the `namespaces` that kubectl was measured on.
    """

    namespaces: int
    measurements: Mapping[tuple[Client, Task], Sequence[Measurement]] = field(default_factory=dict)
    sample: int

    def has(self, client: Client, task: Task) -> bool:
        """Whether it was measured."""
        return bool(self.measurements.get((client, task)))

    def scale(self, client: Client) -> float:
        """The factor of a measurement: more than 1 if it was on a sample."""
        return self.namespaces / self.sample if client is Client.KUBECTL else 1.0

    def seconds(self, client: Client, task: Task) -> float:
        """Median wall time."""
        return median(measurement.run.seconds for measurement in self.measurements[client, task]) * self.scale(client)

    def cpu(self, client: Client, task: Task) -> float:
        """Median CPU time, in seconds."""
        return median(measurement.run.cpu for measurement in self.measurements[client, task]) * self.scale(client)

    def peak(self, client: Client, task: Task) -> float:
        """Peak memory of all runs, in MiB."""
        return max(measurement.run.peak for measurement in self.measurements[client, task]) / 2**20

    def times(self, task: Task, client: Client) -> float:
        """The ratio of the other client's time to ours: the median of the rounds' ratios.

        A round's measurements run one after the other, so that the load of the machine affects both.
        """
        rounds = zip(self.measurements[client, task], self.measurements[Client.OURS, task], strict=True)
        return median(other.run.seconds * self.scale(client) / ours.run.seconds for other, ours in rounds)

    def requests(self, client: Client, task: Task) -> int:
        """Number of requests of one run."""
        return round(
            median(sum(measurement.requests.values()) for measurement in self.measurements[client, task])
            * self.scale(client)
        )

    def pages(self, task: Task) -> int:
        """Number of requests that are further pages of a LIST."""
        lists: Counter[str] = Counter()
        for (verb, resource), count in self.measurements[Client.OURS, task][-1].requests.items():
            lists[resource] += count if verb == "LIST" else 0
        return sum(count - 1 for count in lists.values() if count)
