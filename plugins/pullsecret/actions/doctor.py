"""Say why pods do not pull their images, and what mends it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.pull_evidence import read_evidence
from pullsecret.errors import NotFoundError
from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.doctor.registry_checks import trials_for
from pullsecret.model.request.common import Request
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.request.verification import RegistryAccess


@dataclass(frozen=True, kw_only=True)
class DoctorRequest(Request):
    """Whom to look at, each as `kind/name`; nobody means every pod that waits for an image.

    `access` is how registries are asked about the logins; None: they are not.
    """

    subjects: tuple[str, ...] = ()
    access: RegistryAccess | None = None


def observe(request: DoctorRequest, cluster: Cluster) -> Evidence:
    """A fixed number of LISTs for any number of pods: pods, secrets, service accounts, owners, events, nodes.

    Raises:
        ConfigError: how registries shall be reached makes no sense.
    """
    evidence = read_evidence(cluster, request.targets, request.subjects, datetime.now(UTC))
    if request.access is None:
        return evidence
    login_checks = trials_for(evidence)
    queries = [query for login_check in login_checks for query in login_check.queries]
    verdicts = ask_registries(queries, request.access, environ=os.environ, trace=cluster.trace)
    told = {
        (login_check.namespace, login_check.secret, login_check.image): login_check.verdict_from(verdicts)
        for login_check in login_checks
    }
    return replace(evidence, verdicts=told)


def plan(request: DoctorRequest, evidence: Evidence) -> Report:
    """A diagnosis for each trouble; what could not be read, or is not there, is a failure."""
    observed = evidence.observed
    missing = [f'namespaces "{name}" not found' for name in sorted(observed.selection.missing)]
    absent = [NotFoundError(message, code=404, reason="NotFound") for message in missing]
    unreadable = observed.pods.unreadable.values()
    failures = dict.fromkeys(error.line for error in (*absent, *unreadable, *evidence.absent))
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
        return "No namespaces found matching the selection."
    if request.targets.every or request.targets.selector or len(names) != 1:
        return "No pods wait for an image."
    return f"No pods wait for an image in namespace {names[0]}."
