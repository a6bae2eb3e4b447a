"""The secrets that would match an image, as doctor's documents list them: whose they are, and which one is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.check.sources import usernames_of
from pullsecret.model.doctor.fixes import AttachStep, CopyStep
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.sources import SourceStanding, standing_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.doctor.best_secret import Candidate
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.doctor.waiting_container import WaitingContainer


@dataclass(frozen=True, kw_only=True)
class SeenCandidate:
    """A secret that would match, without its content; `findings` are codes of `check`, `is_source`: the fix uses it."""

    namespace: str
    name: str
    usernames: tuple[str, ...]
    standing: SourceStanding
    findings: tuple[str, ...]
    is_source: bool

    def as_object(self) -> Object:
        """The candidate for -o json and -o yaml."""
        return {
            "namespace": self.namespace,
            "name": self.name,
            "usernames": list(self.usernames),
            "standing": self.standing.value,
            "findings": list(self.findings),
            "source": self.is_source,
        }


def seen_candidates(case: WaitingContainer, fix: Fix) -> tuple[SeenCandidate, ...]:
    """The candidates for a container, the nearest first; those of other namespaces only if there is no nearer one."""
    sources = set(_sources(case, fix))
    return tuple(_seen(item, case, is_source=item.place in sources) for item in _candidates(case))


def _candidates(case: WaitingContainer) -> Iterable[Candidate]:
    found = case.evidence.candidates.get(case.wait.image)
    if found is None:
        return ()
    chosen = case.evidence.chosen
    near = [
        item
        for standing in (SourceStanding.OWN, SourceStanding.CHOSEN, SourceStanding.SHARED)
        for item in found.of(standing, case.namespace, chosen)
    ]
    if any(found.groups(case.namespace, case.evidence)):
        return near or found.of(SourceStanding.OFFERED, case.namespace, chosen)
    return (*near, *found.usable(SourceStanding.FOREIGN, case.namespace, case.evidence))


def _sources(case: WaitingContainer, fix: Fix) -> Iterator[tuple[str, str]]:
    for step in fix.steps:
        if isinstance(step, CopyStep):
            yield step.source, step.secret
        elif isinstance(step, AttachStep):
            yield case.namespace, step.secret


def _seen(item: Candidate, case: WaitingContainer, *, is_source: bool) -> SeenCandidate:
    return SeenCandidate(
        namespace=namespace_of(item.secret),
        name=name_of(item.secret),
        usernames=usernames_of(item.secret),
        standing=standing_of(item.secret, case.namespace, case.evidence.chosen) or SourceStanding.FOREIGN,
        findings=item.flaws,
        is_source=is_source,
    )
