"""What registries are asked about: what the pods would send, and then, where that fails, what a fix would use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.can_pull.answer import CanPull
from pullsecret.model.can_pull.judge import answer_to
from pullsecret.model.doctor.registry_checks import registry_checks_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.can_pull.facts import Facts
    from pullsecret.model.doctor.evidence import SecretImage
    from pullsecret.model.images.credential_checks import CredentialCheck


def checks_of_pods(facts: Facts) -> tuple[CredentialCheck, ...]:
    """The checks of what the pods would send, which is nothing where no secret matches."""
    own = set(_sent(facts))
    return tuple(check for check in registry_checks_for(facts.evidence) if _key(check) in own)


def checks_of_fixes(facts: Facts) -> tuple[CredentialCheck, ...]:
    """The checks of other secrets, for the images that the pods cannot pull by what is known now."""
    own = set(_sent(facts))
    failing = {one.image.image for one in facts.questions if answer_to(one).result is not CanPull.YES}
    found = registry_checks_for(facts.evidence)
    return tuple(check for check in found if check.image in failing and _key(check) not in own)


def _sent(facts: Facts) -> Iterator[SecretImage]:
    pods = (*facts.pods, *(pod for pods in facts.existing.values() for pod in pods))
    for question in (question for pod in pods for question in facts.questions_of(pod)):
        for name in {item.secret for item in question.case.found.credentials} or {""}:
            yield question.admitted.source.namespace, name, question.image.image


def _key(check: CredentialCheck) -> SecretImage:
    return check.namespace, check.secret, check.image
