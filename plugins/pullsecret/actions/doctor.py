"""Say why pods do not pull their images, and what mends it."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.ward import see_ward
from pullsecret.errors import NotFoundError
from pullsecret.model.diagnosis.asking import trials_for
from pullsecret.model.diagnosis.diagnosis import Report, diagnoses_of
from pullsecret.model.request import Request
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.diagnosis.clues import Clues
    from pullsecret.model.registryaccess import RegistryAccess


@dataclass(frozen=True, kw_only=True)
class DoctorRequest(Request):
    """Whom to look at, each as `kind/name`; nobody means every pod that waits for an image.

    `access` is how registries are asked about the logins; None: they are not.
    """

    subjects: tuple[str, ...] = ()
    access: RegistryAccess | None = None


def observe(request: DoctorRequest, cluster: Cluster) -> Clues:
    """A fixed number of LISTs for any number of pods: pods, secrets, service accounts, owners, events, nodes.

    Raises:
        ConfigError: how registries shall be reached makes no sense.
    """
    clues = see_ward(cluster, request.targets, request.subjects, datetime.now(UTC))
    if request.access is None:
        return clues
    trials = trials_for(clues)
    inquiries = [inquiry for trial in trials for inquiry in trial.inquiries]
    verdicts = ask_registries(inquiries, request.access, environ=os.environ, trace=cluster.trace)
    told = {(trial.namespace, trial.secret, trial.image): trial.judged(verdicts) for trial in trials}
    return replace(clues, verdicts=told)


def plan(request: DoctorRequest, clues: Clues) -> Report:
    """A diagnosis for each trouble; what could not be read, or is not there, is a failure."""
    scene = clues.scene
    missing = [f'namespaces "{name}" not found' for name in sorted(scene.selection.missing)]
    absent = [NotFoundError(message, code=404, reason="NotFound") for message in missing]
    unreadable = scene.pods.unreadable.values()
    failures = dict.fromkeys(error.line for error in (*absent, *unreadable, *clues.absent))
    return Report(
        now=clues.now,
        diagnoses=diagnoses_of(clues),
        healthy=clues.healthy,
        notes=tuple(dict.fromkeys((*scene.notes, *clues.notes))),
        failures=tuple(failures),
        emptiness=_emptiness(request, clues),
    )


def _emptiness(request: DoctorRequest, clues: Clues) -> str:
    names = clues.scene.selection.names
    if not names:
        return "No namespaces found matching the selection."
    if request.targets.every or request.targets.selector or len(names) != 1:
        return "No pods wait for an image."
    return f"No pods wait for an image in namespace {names[0]}."
