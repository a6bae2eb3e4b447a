"""Runs that make or end API keys are hit at each of their requests, to IBM Cloud, registry and cluster, as a seed says.

Nine seeds by default. All: `KUBECTL_PULLSECRET_TEST_SEEDS=0-99 pytest tests/faults/test_seeded_keys.py`; a single one
in the same way.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults import faults
from faults.key_jobs import CREATE, FINISH, ROTATE, KeyJob
from ibmcloud_api.cloud import Fault, Loss
from ibmcloud_api.documents import RefusalError
from program import Result, explanation
from registry.fake_server import Reply

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from faults.cluster_setup import FaultSetup
    from faults.proxy import Exchange, ProxiedRequest
    from faults.proxy import Fault as ClusterFault
    from ibmcloud_api.setup import CloudSetup
    from registry.fake_server import Answer, Received

pytestmark = pytest.mark.source

CLOUD, REGISTRY, CLUSTER = "IBM Cloud", "the registry", "the cluster"
JOBS = (CREATE, ROTATE, FINISH)
BY_DEFAULT = "0-8"
EVENTS = ("lost before", "lost after", "refused", "failed", "throttled", "outage", "SIGTERM", "SIGKILL", "killed after")
SIGNALS = {"SIGTERM": signal.SIGTERM, "SIGKILL": signal.SIGKILL, "killed after": signal.SIGKILL}
KILLED = frozenset({"SIGKILL", "killed after"})


class From(dict[int, Fault]):
    """The same fault for every request from one on."""

    def __init__(self, first: int, fault: Fault) -> None:
        super().__init__()
        self._first, self._fault = first, fault

    def pop(self, number: int, default: Fault | None = None) -> Fault | None:  # type: ignore[override]
        return self._fault if number >= self._first else default


@dataclass(kw_only=True)
class Strike:
    """One event at the request `at` of those to IBM Cloud, to the cluster, or of the logins at the registry."""

    event: str
    at: int
    place: str
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)
    logins: int = 0
    _requests: int = 0

    def send_signal(self) -> None:
        until(lambda: self.processes, "the process")
        self.processes[0].send_signal(SIGNALS[self.event])

    def cloud_faults(self) -> dict[int, Fault]:
        before, after = Fault(loss=Loss.BEFORE), Fault(loss=Loss.AFTER)
        found = {
            "lost before": before,
            "lost after": after,
            "refused": Fault(refusal=RefusalError(403, "You may not do this.", "BXNIM0513E")),
            "failed": Fault(refusal=RefusalError(500, "Something failed.")),
            "throttled": Fault(refusal=RefusalError(429, "Too many requests.")),
            "outage": before,
            "SIGTERM": Fault(first=self.send_signal),
            "SIGKILL": Fault(first=self.send_signal, loss=Loss.BEFORE),
            "killed after": Fault(first=self.send_signal, loss=Loss.AFTER),
        }[self.event]
        return From(self.at, found) if self.event == "outage" else {self.at: found}

    def __call__(self, request: ProxiedRequest) -> ClusterFault:
        """What becomes of a request to the cluster."""
        self._requests += 1
        self.writes += [self._requests] if request.is_write else []
        is_hit = self._requests == self.at or (self.event == "outage" and self._requests > self.at)
        return self._cluster_fault if is_hit and self.place == CLUSTER else faults.forward

    def _cluster_fault(self, exchange: Exchange) -> None:
        if self.event in SIGNALS:
            self.send_signal()
        fates: dict[str, Callable[[Exchange], None]] = {
            "lost after": faults.reset_after,
            "refused": faults.failed(403),
            "failed": faults.failed_after(504),
            "throttled": faults.throttled(0),
            "SIGTERM": faults.forward,
            "killed after": faults.reset_after,
        }
        fates.get(self.event, faults.reset_before)(exchange)

    def answered(self, answer: Answer, received: Received) -> Reply:
        """What the registry's token server says: what it says without faults, or that it has failed."""
        self.logins += received.login != ("", "")
        if self.place == REGISTRY and self.logins == self.at:
            if self.event in SIGNALS:
                self.send_signal()
            elif self.event != "throttled":
                return Reply(status=500, content={})
        return answer(received)

    @property
    def requests(self) -> int:
        return self._requests


def chosen_seeds() -> list[int]:
    """The seeds that are requested, as `17,20-29`."""
    ranges = [part.partition("-") for part in os.environ.get("KUBECTL_PULLSECRET_TEST_SEEDS", BY_DEFAULT).split(",")]
    return [seed for first, _, last in ranges for seed in range(int(first), int(last or first) + 1)]


@dataclass(kw_only=True)
class Runner:
    """Runs jobs with the cluster behind a proxy, and the stand-in; `steps` are the requests of a run without faults."""

    faulty: FaultSetup
    setup: CloudSetup
    steps: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def job(self, command: str, name: str) -> KeyJob:
        job = KeyJob(
            command=command,
            name=name,
            namespaces=self.faulty.namespaces[:3],
            api=self.faulty.api,
            cloud=self.setup.cloud,
        )
        job.prepare()
        return job

    def run(self, job: KeyJob, strike: Strike) -> Result:
        """Run the job while something happens."""
        self.setup.cloud.forget()
        self.setup.cloud.faults = strike.cloud_faults() if strike.place == CLOUD else {}
        tokens = self.setup.registry.tokens
        tokens.delay, answer = 1, tokens.answer
        tokens.answer = partial(strike.answered, answer)
        with self.faulty.proxy(strike) as proxy:
            kubeconfig = proxy.kubeconfig(self.faulty.directory, self.faulty.authority)
            process = self.faulty.program.start(
                "--request-timeout=4s", *job.arguments, kubeconfig=kubeconfig, env=self.setup.environment()
            )
            strike.processes.append(process)
            stdout, stderr = process.communicate(timeout=120)
        tokens.answer = answer
        result = Result(stdout=stdout, stderr=stderr, status=process.returncode)
        job.said.append(result)
        return result

    def again(self, job: KeyJob, arguments: list[str], expect: int | None = 0) -> Result:
        """Run a command without faults."""
        self.setup.cloud.forget()
        self.setup.cloud.faults = {}
        result = self.faulty.program(*arguments, env=self.setup.environment(), expect=None)
        job.said.append(result)
        assert expect in (None, result.status), "the status of the last run"
        return result

    def strike_of(self, seed: int) -> Strike:
        """What a seed means: each request of the job is hit in turn, first those that change anything."""
        command, turn = JOBS[seed % len(JOBS)], seed // len(JOBS)
        if command not in self.steps:
            calm = Strike(event="lost before", at=-1, place=CLUSTER)
            self.run(self.job(command, f"calm-{command}"), calm)
            reads = [number for number in range(1, calm.requests + 1) if number not in calm.writes]
            self.steps[command] = [
                *((number + 1, CLOUD) for number in range(len(self.setup.cloud.requests))),
                *((number + 1, REGISTRY) for number in range(calm.logins)),
                *((number, CLUSTER) for number in (*calm.writes, *reads)),
            ]
        at, place = self.steps[command][turn % len(self.steps[command])]
        event = Random(seed).choice(EVENTS)  # noqa: S311  a test plan
        return Strike(event=event, at=at, place=place)


@pytest.fixture
def runner(fault_setup: FaultSetup, cloud_setup: CloudSetup) -> Iterator[Runner]:
    yield Runner(faulty=fault_setup, setup=cloud_setup)
    cloud_setup.cloud.forget()
    cloud_setup.registry.tokens.delay = 0


def check(runner: Runner, seed: int) -> None:
    """Run a seed; the invariants hold at its end, and the same command, or the way back, completes."""
    strike = runner.strike_of(seed)
    job = runner.job(JOBS[seed % len(JOBS)], f"seed-{seed}")
    try:
        first = runner.run(job, strike)
        expected = {"SIGTERM": {0, 143, -15}, "SIGKILL": {0, 1, -9}, "killed after": {0, 1, -9}}
        assert first.status in expected.get(strike.event, {0, 1})
        job.assert_no_dead_key()
        if strike.event not in KILLED:
            job.assert_all_keys_known()
        COMPLETIONS[job.command](runner, job, seed)
        job.assert_no_dead_key()
        job.assert_all_keys_known()
        job.assert_nothing_shown()
    except AssertionError as error:
        said = "\n".join(explanation(job.arguments, result) for result in job.said)
        error.add_note(f"seed {seed}: {strike.event} at request {strike.at} to {strike.place}\n{said}")
        raise


def complete_create(runner: Runner, job: KeyJob, _seed: int) -> None:
    runner.again(job, job.arguments)
    (value,) = set[str]().union(*job.values(job.name).values())
    assert len(job.values(job.name)) == len(job.namespaces)
    assert value in job.keys


def complete_rotation(runner: Runner, job: KeyJob, seed: int) -> None:
    (old,) = [value for value, key in job.keys.items() if key["name"] == "old"]
    has_begun = bool(job.values(f"{job.name}-previous"))
    if seed % 2 and has_begun:
        runner.again(job, job.step("--undo"))
        assert set[str]().union(*job.values(job.name).values()) == {old}
        job.let_time_pass()
        runner.again(job, job.step("--finish", "--delete-old-key"))
        assert not job.values(f"{job.name}-previous")
        assert old in job.keys
        return
    runner.again(job, job.arguments)
    (value,) = set[str]().union(*job.values(job.name).values())
    assert value in {*job.keys} - {old}
    assert old in job.keys


def complete_finish(runner: Runner, job: KeyJob, seed: int) -> None:
    if seed % 2:
        runner.again(job, job.step("--undo"), expect=None)
        job.assert_no_dead_key()
        job.let_time_pass()
    runner.again(job, job.arguments)
    assert not job.values(f"{job.name}-previous")
    assert {*job.keys} == set[str]().union(*job.values(job.name).values())


COMPLETIONS = {CREATE: complete_create, ROTATE: complete_rotation, FINISH: complete_finish}


def test_no_key_is_left_that_nobody_knows_and_no_secret_has_a_dead_one(runner: Runner) -> None:
    failures: list[AssertionError] = []
    for seed in chosen_seeds():
        try:
            check(runner, seed)
        except AssertionError as error:
            failures.append(error)
    if failures:
        raise ExceptionGroup("seeds", failures)
