"""Explain why pods cannot pull their images, and what fixes it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.pull_evidence import read_evidence
from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.doctor.registry_checks import registry_checks_for
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.registry import ask_registries
from pullsecret.registry.once import RegistryMemory

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.request.verification import RegistryAccess


@dataclass(frozen=True, kw_only=True)
class DoctorRequest(CommandRequest):
    """The pods or owners to look at, each as `kind/name`; none means every pod that waits for an image.

    `access` is how to contact the registries; None: do not contact them. `chosen` are namespaces whose secrets may be
    taken for others.
    """

    subjects: tuple[str, ...] = ()
    access: RegistryAccess | None = None
    chosen: tuple[str, ...] = ()
    asked: RegistryMemory | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> Self:
        """The request with what all clusters learn of registries: rejected credentials are not sent again in one."""
        return replace(self, asked=RegistryMemory())

    @property
    def failed_status(self) -> int:
        """An incomplete look is never "found"."""
        return 2


def observe(request: DoctorRequest, cluster: Cluster) -> Evidence:
    """Read pods, secrets, service accounts, owners, events, and nodes: a fixed number of LISTs for any number of pods.

    Raises:
        ConfigError: the settings for contacting registries are invalid.
    """
    evidence = read_evidence(cluster, request.targets, request.subjects, datetime.now(UTC), request.chosen)
    if request.access is None:
        return evidence
    checks = registry_checks_for(evidence)
    queries = [query for check in checks for query in check.queries]
    verdicts = ask_registries(queries, request.access, environ=os.environ, trace=cluster.trace, memory=request.asked)
    found = {(check.namespace, check.secret, check.image): check.verdict_from(verdicts) for check in checks}
    return replace(evidence, verdicts=found)


def plan(request: DoctorRequest, evidence: Evidence) -> Report:
    """A diagnosis for each cause; what could not be read, or does not exist, is a failure."""
    observed = evidence.observed
    unreadable = observed.pods.unreadable.values()
    errors = (*observed.selection.failures, *unreadable, *evidence.absent)
    failures = dict.fromkeys(error.line for error in errors)
    return Report(
        now=evidence.now,
        diagnoses=diagnoses_of(evidence),
        healthy=evidence.healthy,
        notes=tuple(dict.fromkeys((*observed.notes, *evidence.notes))),
        failures=tuple(failures),
        emptiness=_emptiness(request, evidence),
    )


def _emptiness(request: DoctorRequest, evidence: Evidence) -> str:
    names = evidence.observed.selection.names
    if not names:
        return NO_NAMESPACES
    if request.targets.is_broad or len(names) != 1:
        return "No pods are waiting for an image."
    return f"No pods are waiting for an image in namespace {names[0]}."
