"""A cluster, namespaces in it, and proxies with faults before it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.jobs import EXPECTATIONS, Job, Snapshot, unmet_keys
from faults.proxy import FaultyProxy
from objects import registry_entry

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from random import Random

    from control_plane.api import Api
    from control_plane.given import Cluster
    from faults.jobs import Before
    from faults.proxy import Decide
    from kubeconfig.certificates import Authority, Certificate
    from program import Program, Result


@dataclass(frozen=True, kw_only=True)
class FaultSetup:
    """The cluster, its namespaces (the last one has the sources), the proxies' certificate, and the program."""

    plane: Cluster
    api: Api
    namespaces: list[str]
    authority: Authority
    certificate: Certificate
    directory: Path
    program: Program

    @property
    def slug(self) -> str:
        """The common part of the namespaces' names, which no other session has."""
        return self.namespaces[0].rpartition("-")[0]

    def job(self, command: str, name: str, before: Mapping[str, Before]) -> Job:
        return Job(command=command, name=name, home=self.namespaces[-1], entry=registry_entry(), before=before)

    def create_objects(self, job: Job) -> Snapshot:
        """Create the objects that exist before the run."""
        if job.command in ("copy", "recreate"):
            self.api.create(job.source, job.home)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda namespace: job.create_objects(self.api, namespace), job.before))
        return self.snapshot(job)

    def snapshot(self, job: Job) -> Snapshot:
        return Snapshot.of(self.api, job.name)

    def proxy(self, decide: Decide) -> FaultyProxy:
        """A proxy with faults before the cluster, for a `with` block."""
        return FaultyProxy(self.plane.access, self.certificate, decide)

    def kubeconfig(self, proxy: FaultyProxy | None) -> Path:
        return proxy.kubeconfig(self.directory, self.authority) if proxy else self.plane.admin_kubeconfig

    def run(self, job: Job, *flags: str, proxy: FaultyProxy | None = None) -> Result:
        """Run the job and wait, whatever its exit status; it lists all namespaces with a failure."""
        arguments = ("-v=1", *flags, *job.arguments)
        return self.program(*arguments, kubeconfig=self.kubeconfig(proxy), env=job.environ, expect=None)

    def start(self, job: Job, *flags: str, proxy: FaultyProxy | None = None) -> subprocess.Popen[str]:
        """Start the job without waiting."""
        arguments = ("-v=1", *flags, *job.arguments)
        return self.program.start(*arguments, kubeconfig=self.kubeconfig(proxy), env=job.environ)

    def complete(self, job: Job, was: Snapshot) -> Result:
        """Run the job again without faults, and assert that everything is as requested."""
        status = 1 if job.refused else 0
        result = self.program(*job.arguments, env=job.environ, kubeconfig=self.kubeconfig(None), expect=status)
        now = self.snapshot(job)
        unmet = unmet_keys(job, was, now)
        assert not unmet, f"still not as asked: {sorted(unmet)}"
        assert not now.siblings, f"siblings left in {sorted(now.siblings)}"
        return result


def random_state(random: Random, command: str, namespaces: Iterable[str]) -> dict[str, Before]:
    """Namespaces with a random state from those that the command can meet."""
    return {namespace: random.choice(list(EXPECTATIONS[command])) for namespace in namespaces}
