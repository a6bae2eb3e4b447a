"""Which logins the registries refused to the pods that wait, so that none of them is recommended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.diagnosis.candidates import refusal_of
from pullsecret.model.diagnosis.case import Case
from pullsecret.model.diagnosis.texts import ABOUT_LOGIN
from pullsecret.model.pod import pull_waits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.diagnosis.clues import Clues


def cases_of(clues: Clues) -> Iterable[Case]:
    """Every container that waits for its image."""
    for pod in clues.scene.pods.present.values():
        for wait in pull_waits(pod):
            yield Case(pod=pod, wait=wait, clues=clues)


def with_refusals(clues: Clues) -> Clues:
    """The same, knowing the logins that were refused, as far as the secrets are still those of the last attempt."""
    refused = (
        refusal_of(credential, case.wait.image)
        for case in cases_of(clues)
        if case.text.saying in ABOUT_LOGIN and not case.is_changed_since
        for credential in case.found.credentials
    )
    return replace(clues, refused=frozenset(refused))
