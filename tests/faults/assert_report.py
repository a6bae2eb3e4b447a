"""What a run said, taken apart, and held against what is in the cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.faults import LOSES_ANSWER
from faults.jobs import entries_of, unmet

if TYPE_CHECKING:
    from collections.abc import Collection

    from faults.jobs import Job, Key, Snapshot
    from faults.proxy import Asked
    from program import Result

DONE = re.compile(r"(secret|serviceaccount)/(\S+) (created|configured|replaced|patched|unchanged) in namespace (\S+)")
SUMMARY = re.compile(r"^(\d+) namespaces: .*\n\Z", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a run told: the objects that are as asked, and the namespaces that its other lines name."""

    good: frozenset[Key]
    named: frozenset[str]
    is_refusal: bool
    """Whether the run ended before it wrote anything, with one line for all of it."""

    @classmethod
    def by(cls, result: Result, job: Job) -> Told:
        """Read a run's words, asserting that they are ours and nothing is told twice."""
        for secret in (job.entry["password"], job.entry["auth"]):
            assert secret not in result.stdout + result.stderr
        assert "Traceback" not in result.stderr, result.stderr
        lines = [DONE.fullmatch(line) for line in result.stdout.splitlines()]
        assert None not in lines, result.stdout
        good = [(line[1], line[4]) for line in lines if line]
        assert len(good) == len(set(good)), f"told twice: {sorted(good)}"
        assert set(good) <= job.keys, f"not asked for: {set(good) - job.keys}"
        words = set(re.split(r"[\s,:\"]+", result.stderr))
        is_refusal = not good and not SUMMARY.search(result.stderr)
        return cls(good=frozenset(good), named=frozenset(words & set(job.before)), is_refusal=is_refusal)


def lost_answers(log: Collection[tuple[Asked, str]]) -> frozenset[str]:
    """The namespaces in which a write's answer was lost."""
    return frozenset(asked.namespace for asked, fault in log if asked.is_write and fault in LOSES_ANSWER)


def check_told(job: Job, result: Result, lost: Collection[str], was: Snapshot, now: Snapshot) -> frozenset[Key]:
    """Assert that what a run told is what is in the cluster, and that its status says so; what is not as asked.

    The one thing that it need not know is what became of a write whose answer was lost, in the namespaces `lost`.
    """
    told, missing = Told.by(result, job), unmet(job, was, now)
    if told.is_refusal:
        assert result.status == 1, result
        assert state_of(job, was) == state_of(job, now), f"written, and not told: {result.stderr}"
        assert len(result.stderr.splitlines()) <= 2, result.stderr
        return frozenset(job.keys)
    bad = job.keys - told.good
    assert result.status == (1 if bad else 0), result
    assert not missing & told.good, f"told as done, but not so: {sorted(missing & told.good)}\n{result.stderr}"
    assert {namespace for _, namespace in bad} <= told.named, f"not named: {bad}\n{result.stderr}"
    unexplained = {key for key in bad - missing - job.refused if key[1] not in lost}
    assert not unexplained, f"told as not done, but so: {sorted(unexplained)}\n{result.stderr}"
    total = SUMMARY.search(result.stderr)
    assert len(job.before) == 1 or (total and int(total[1]) == len(job.before)), result.stderr
    return frozenset(bad)


def state_of(job: Job, seen: Snapshot) -> list[object]:
    """What a run of the job could have changed."""
    return [(seen.secrets.get(name), entries_of(seen.accounts[name])) for name in job.before]
