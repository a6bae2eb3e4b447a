"""What to ask the registries for pods that wait: about each login that is tried, and about the one that would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.diagnosis.candidates import best_secret
from pullsecret.model.diagnosis.refusals import cases_of, with_refusals
from pullsecret.model.kubeobject import name_of, namespace_of
from pullsecret.model.trials import Trial, anonymous_trial, image_trials

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.diagnosis.case import Case
    from pullsecret.model.diagnosis.clues import Clues
    from pullsecret.model.kubeobject import Object


def trials_for(clues: Clues) -> tuple[Trial, ...]:
    """A question for each image that is waited for and each secret that has a login for it; without one, for nobody."""
    found: dict[tuple[str, str, str], Trial] = {}
    for case in cases_of(with_refusals(clues)):
        for trial in _trials(case) if case.image.name else ():
            found.setdefault((trial.namespace, trial.secret, trial.image), trial)
    return tuple(found.values())


def _trials(case: Case) -> Iterable[Trial]:
    for secret in _secrets(case):
        yield from image_trials(secret, [case.wait.image], all_images=False)
    if not (case.found.credentials or case.found.malformed):
        yield anonymous_trial(case.namespace, case.wait.image)


def _secrets(case: Case) -> Iterable[Object]:
    """Those of the pod that match, and the one that would be put into its list."""
    names = {item.secret for item in case.found.credentials}
    for secret in case.clues.secrets_of(case.pod):
        if name_of(secret) in names:
            yield secret
    better = best_secret(case.namespace, case.wait.image, case.clues)
    if better is not None:
        yield better


def asked_lines(case: Case) -> tuple[str, ...]:
    """What the registries said of an image's logins, a line each."""
    place = case.namespace
    return tuple(
        f"{_who(name, namespace, place)}: {verdict.text}"
        for (namespace, name, image), verdict in case.clues.verdicts.items()
        if image == case.wait.image and (namespace == place or _is_candidate(case, namespace, name))
    )


def _is_candidate(case: Case, namespace: str, name: str) -> bool:
    better = best_secret(case.namespace, case.wait.image, case.clues)
    return better is not None and (namespace_of(better), name_of(better)) == (namespace, name)


def _who(name: str, namespace: str, place: str) -> str:
    if not name:
        return "without a login"
    return f"secret/{name}" if namespace == place else f"secret/{name} in namespace {namespace}"
