"""Queries registries as the program does, without a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.images.verdict import Identity, RegistryQuery, Verdict
from pullsecret.model.request.verification import RegistryAccess
from pullsecret.network.trace import Trace
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class RegistryClient:
    """Queries registries with these certificates, variables and flags; `log` gets the lines of -v=9."""

    ca: Path
    environ: dict[str, str] = field(default_factory=dict)
    insecure: bool = False
    timeout: str = "20s"
    log: list[str] = field(default_factory=list)

    def all(self, queries: Sequence[RegistryQuery]) -> dict[RegistryQuery, Verdict]:
        """The verdicts."""
        access = RegistryAccess(ca_files=(str(self.ca),), insecure=self.insecure, request_timeout=self.timeout)
        trace = Trace(verbosity=9, log=self.log.append)
        return ask_registries(queries, access, environ=self.environ, trace=trace)

    def one(self, query: RegistryQuery) -> Verdict:
        """The verdict."""
        return self.all([query])[query]


def query(host: str, repository: str = "", identity: Identity | None = None, reference: str = "1") -> RegistryQuery:
    """A query for tag 1 of a repository."""
    return RegistryQuery(host=host, repository=repository, reference=reference if repository else "", identity=identity)
