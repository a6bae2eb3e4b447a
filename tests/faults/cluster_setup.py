"""Where runs take place: a cluster, namespaces in it, and faulty ways there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faults.jobs import PROMISES, Job, Snapshot, unmet
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
class Ground:
    """The cluster, its namespaces (the last one holds the sources), the proxies' certificate, and the program."""

    plane: Cluster
    api: Api
    namespaces: list[str]
    authority: Authority
    certificate: Certificate
    directory: Path
    program: Program

    @property
    def slug(self) -> str:
        """What the namespaces' names have in common, and no other session's have."""
        return self.namespaces[0].rpartition("-")[0]

    def job(self, command: str, name: str, before: Mapping[str, Before]) -> Job:
        return Job(command=command, name=name, home=self.namespaces[-1], entry=registry_entry(), before=before)

    def plant(self, job: Job) -> Snapshot:
        """Put everything in its place."""
        if job.command in ("copy", "replace"):
            self.api.create(job.source, job.home)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda namespace: job.plant(self.api, namespace), job.before))
        return self.seen(job)

    def seen(self, job: Job) -> Snapshot:
        return Snapshot.of(self.api, job.name)

    def proxy(self, decide: Decide) -> FaultyProxy:
        """A faulty way to the cluster, for a `with` block."""
        return FaultyProxy(self.plane.access, self.certificate, decide)

    def kubeconfig(self, proxy: FaultyProxy | None) -> Path:
        return proxy.kubeconfig(self.directory, self.authority) if proxy else self.plane.admin_kubeconfig

    def run(self, job: Job, *flags: str, proxy: FaultyProxy | None = None) -> Result:
        """Run to the end, whatever that is; it names all namespaces that something went wrong in."""
        arguments = ("-v=1", *flags, *job.arguments)
        return self.program(*arguments, kubeconfig=self.kubeconfig(proxy), env=job.environ, expect=None)

    def start(self, job: Job, *flags: str, proxy: FaultyProxy | None = None) -> subprocess.Popen[str]:
        """The same without waiting."""
        arguments = ("-v=1", *flags, *job.arguments)
        return self.program.start(*arguments, kubeconfig=self.kubeconfig(proxy), env=job.environ)

    def complete(self, job: Job, was: Snapshot) -> None:
        """Run once more, where nothing fails, and find everything as promised."""
        self.program(*job.arguments, env=job.environ, kubeconfig=self.kubeconfig(None), expect=1 if job.refused else 0)
        missing = unmet(job, was, self.seen(job))
        assert not missing, f"still not as asked: {sorted(missing)}"


def observed(random: Random, command: str, namespaces: Iterable[str]) -> dict[str, Before]:
    """Namespaces with what they hold before, all that the command can meet."""
    return {namespace: random.choice(list(PROMISES[command])) for namespace in namespaces}
