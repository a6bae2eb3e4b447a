"""The diagnoses of a run: each cause once, with all the pods that it affects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.model.doctor.best_secret import nearest_secrets
from pullsecret.model.doctor.causes import WITHOUT_CREDENTIALS, Cause
from pullsecret.model.doctor.choose_fix import fix_for
from pullsecret.model.doctor.find_cause import cause_of
from pullsecret.model.doctor.mirror_causes import comes_from_mirrors_only, note_on_mirrors
from pullsecret.model.doctor.openshift import note_on_global_secret
from pullsecret.model.doctor.owned_fixes import unless_owned
from pullsecret.model.doctor.registry_checks import registry_lines
from pullsecret.model.doctor.seen_candidates import SeenCandidate, seen_candidates
from pullsecret.model.doctor.short_names import name_without_registry
from pullsecret.model.doctor.waiting_container import waiting_containers
from pullsecret.model.objects.objects import name_of
from pullsecret.model.plan.waiting_pods import OwnerFacts, Recovery, RestartHint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.doctor.fixes import Fix
    from pullsecret.model.doctor.pull_backoff import Due
    from pullsecret.model.doctor.waiting_container import WaitingContainer


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Pods that wait for the same cause: the runtime's error in plain words, the secrets that are read, and the fix.

    `registry_checks` are the registries' answers, where they were contacted. `owners` are the pods' names by their
    owner, `kind/name`, and `facts` what else is known of the owners; `message` is one of the runtime's, whole; `due` is
    the next attempt of any of the pods; `candidates` are the secrets that would match, whether they may be used or not.
    `debug_containers` are those of `kubectl debug`, if they are what waits.
    """

    namespace: str
    cause: Cause
    error: str
    secrets: tuple[str, ...]
    registry_checks: tuple[str, ...]
    notes: tuple[str, ...]
    fix: Fix
    images: tuple[str, ...]
    owners: Mapping[str, tuple[str, ...]]
    message: str
    due: Due
    candidates: tuple[SeenCandidate, ...] = ()
    facts: Mapping[str, OwnerFacts] = field(default_factory=dict)
    debug_containers: tuple[str, ...] = ()

    @property
    def is_note(self) -> bool:
        """Whether nothing fails: the pods themselves run, and only debug containers wait."""
        return bool(self.debug_containers)

    @property
    def pods(self) -> tuple[str, ...]:
        """The names of all affected pods."""
        return tuple(name for names in self.owners.values() for name in names)

    @property
    def restarts(self) -> tuple[RestartHint, ...]:
        """What each owner needs when the steps are done; nothing where its pods then recover on their own."""
        if self.fix.recovery in (None, Recovery.WAIT):
            return ()
        return tuple(
            RestartHint(
                namespace=self.namespace,
                secret=self.fix.secret,
                owner=owner,
                pods=pods,
                recovery=self.fix.recovery,
                cause=None,
                facts=self.facts.get(owner, OwnerFacts()),
            )
            for owner, pods in self.owners.items()
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """What doctor found: the diagnoses, lines for what was asked for and is healthy, and lines for stderr."""

    now: datetime
    diagnoses: tuple[Diagnosis, ...] = ()
    healthy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    emptiness: str = ""

    @property
    def failing(self) -> tuple[Diagnosis, ...]:
        """The diagnoses without those that are mere notes."""
        return tuple(diagnosis for diagnosis in self.diagnoses if not diagnosis.is_note)


def diagnoses_of(evidence: Evidence) -> tuple[Diagnosis, ...]:
    """A diagnosis for each cause, in the order of the pods."""
    groups: dict[tuple[object, ...], _Group] = {}
    for case in waiting_containers(evidence):
        one = diagnosis_of(case)
        same = (one.error, one.secrets, one.registry_checks, one.notes, one.fix, one.candidates)
        key = (one.namespace, one.is_note, one.cause, *same)
        groups.setdefault(key, _Group(one)).add(one)
    return tuple(group.diagnosis for group in groups.values())


class _Group:
    """Diagnoses that differ in their pods and images only, while they are collected."""

    def __init__(self, first: Diagnosis) -> None:
        self._first = first
        self._due = first.due
        self._images: dict[str, None] = {}
        self._owners: dict[str, dict[str, None]] = {}
        self._facts: dict[str, OwnerFacts] = {}
        self._debug_containers: dict[str, None] = {}

    def add(self, one: Diagnosis) -> None:
        """Take in another one."""
        self._images.update(dict.fromkeys(one.images))
        for owner, pods in one.owners.items():
            self._owners.setdefault(owner, {}).update(dict.fromkeys(pods))
        self._facts.update(one.facts)
        self._debug_containers.update(dict.fromkeys(one.debug_containers))
        self._due = min(self._due, one.due, key=lambda due: due.latest)

    @property
    def diagnosis(self) -> Diagnosis:
        """All of them as one: what is equal is that of the first."""
        owners = {owner: tuple(pods) for owner, pods in self._owners.items()}
        return replace(
            self._first,
            images=tuple(self._images),
            owners=owners,
            due=self._due,
            facts=self._facts,
            debug_containers=tuple(self._debug_containers),
        )


def diagnosis_of(case: WaitingContainer) -> Diagnosis:
    """The diagnosis of one container."""
    cause = cause_of(case)
    fix = unless_owned(case, fix_for(case, cause))
    return Diagnosis(
        namespace=case.namespace,
        cause=cause,
        error=case.error,
        secrets=() if cause.code in WITHOUT_CREDENTIALS else tuple(case.secret_lines()),
        registry_checks=registry_lines(case),
        notes=_notes(case),
        fix=fix,
        candidates=() if cause.code in WITHOUT_CREDENTIALS else seen_candidates(case, fix),
        images=(case.wait.image,),
        owners={case.owner: (name_of(case.pod),)},
        message=case.evidence.message(case.pod, case.wait),
        due=case.evidence.next_attempt(case.pod, case.wait),
        facts={case.owner: case.evidence.facts_of_owner(case.pod)},
        debug_containers=(case.wait.container,) if case.wait.is_debug else (),
    )


def _notes(case: WaitingContainer) -> tuple[str, ...]:
    """What is special about the image, and on the pod's node."""
    is_lacking = not nearest_secrets(case.namespace, case.wait.image, case.evidence)
    of_nodes = note_on_global_secret(case) if is_lacking and not comes_from_mirrors_only(case) else ""
    volume = case.wait.volume
    found = (
        f"the image is that of volume {volume}, not of a container" if volume else "",
        name_without_registry(case.wait.image, case.evidence.runtime(case.pod)),
        note_on_mirrors(case),
        of_nodes,
    )
    return tuple(filter(None, found))
