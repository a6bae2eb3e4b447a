"""Compares the output of a run with what is in the cluster."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.faults import LOSES_ANSWER
from faults.jobs import entries_of, unmet_keys

if TYPE_CHECKING:
    from collections.abc import Collection

    from faults.jobs import Job, Key, Snapshot
    from faults.proxy import ProxiedRequest
    from program import Result

DONE = re.compile(r"(secret|serviceaccount)/(\S+) (created|configured|replaced|patched|unchanged) in namespace (\S+)")
SUMMARY = re.compile(r"^(\d+) namespaces: .*\n\Z", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run reported: the objects that are as requested, and the namespaces in its other lines."""

    good: frozenset[Key]
    named: frozenset[str]
    is_refusal: bool
    """Whether the run failed as a whole, with one line, before it wrote anything."""

    @classmethod
    def by(cls, result: Result, job: Job) -> Report:
        """Parse the output of a run; assert that all lines are known and nothing is reported twice."""
        for secret in (job.entry["password"], job.entry["auth"]):
            assert secret not in result.stdout + result.stderr
        assert "Traceback" not in result.stderr, result.stderr
        lines = [DONE.fullmatch(line) for line in result.stdout.splitlines()]
        assert None not in lines, result.stdout
        good = [(line[1], line[4]) for line in lines if line]
        assert len(good) == len(set(good)), f"reported twice: {sorted(good)}"
        assert set(good) <= job.keys, f"not requested: {set(good) - job.keys}"
        words = set(re.split(r"[\s,:\"]+", result.stderr))
        is_refusal = not good and not SUMMARY.search(result.stderr)
        return cls(good=frozenset(good), named=frozenset(words & set(job.before)), is_refusal=is_refusal)


def lost_answers(log: Collection[tuple[ProxiedRequest, str]]) -> frozenset[str]:
    """The namespaces in which a write's answer was lost."""
    return frozenset(request.namespace for request, fault in log if request.is_write and fault in LOSES_ANSWER)


def assert_report_is_true(
    job: Job, result: Result, lost: Collection[str], was: Snapshot, now: Snapshot
) -> frozenset[Key]:
    """Assert that a run's output and status agree with the cluster; returns what is not as requested.

    A run need not know the result of a write whose answer was lost, in the namespaces `lost`.
    """
    reported, unmet = Report.by(result, job), unmet_keys(job, was, now)
    if reported.is_refusal:
        assert result.status == 1, result
        assert state_of(job, was) == state_of(job, now), f"written, but not reported: {result.stderr}"
        assert len(result.stderr.splitlines()) <= 2, result.stderr
        return frozenset(job.keys)
    bad = job.keys - reported.good
    assert result.status == (1 if bad else 0), result
    assert not unmet & reported.good, f"reported, but not done: {sorted(unmet & reported.good)}\n{result.stderr}"
    assert {namespace for _, namespace in bad} <= reported.named, f"not named: {bad}\n{result.stderr}"
    unexplained = {key for key in bad - unmet - job.refused if key[1] not in lost}
    assert not unexplained, f"reported as not done, but done: {sorted(unexplained)}\n{result.stderr}"
    total = SUMMARY.search(result.stderr)
    assert len(job.before) == 1 or (total and int(total[1]) == len(job.before)), result.stderr
    return frozenset(bad)


def state_of(job: Job, snapshot: Snapshot) -> list[object]:
    """Everything that a run of the job could have changed."""
    return [(snapshot.secrets.get(name), entries_of(snapshot.accounts[name])) for name in job.before]
