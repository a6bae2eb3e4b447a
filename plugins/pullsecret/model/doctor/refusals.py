"""Which logins the registries refused to the pods that wait, so that none of them is recommended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.doctor.best_secret import refusal_of
from pullsecret.model.doctor.runtime_messages import ABOUT_LOGIN
from pullsecret.model.doctor.waiting_container import WaitingContainer
from pullsecret.model.objects.pod import pull_waits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.doctor.evidence import Evidence


def cases_of(evidence: Evidence) -> Iterable[WaitingContainer]:
    """Every container that waits for its image."""
    for pod in evidence.observed.pods.present.values():
        for wait in pull_waits(pod):
            yield WaitingContainer(pod=pod, wait=wait, evidence=evidence)


def with_refusals(evidence: Evidence) -> Evidence:
    """The same, knowing the logins that were refused, as far as the secrets are still those of the last attempt."""
    refused = (
        refusal_of(credential, case.wait.image)
        for case in cases_of(evidence)
        if case.text.saying in ABOUT_LOGIN and not case.is_changed_since
        for credential in case.found.credentials
    )
    return replace(evidence, refused=frozenset(refused))
