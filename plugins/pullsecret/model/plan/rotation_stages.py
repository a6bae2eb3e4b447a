"""The changes of a rotation, in the order in which an interruption does no harm.

First the siblings and the sources, so that every copy that is made meanwhile has the new credential; then the copies
in one namespace, then in ever more namespaces at a time. Written are proven copies wherever they are, and what holds
the old credential in a namespace that the user named; and in both only entries whose host the source holds, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.errors import PullSecretError, RefusedError, UsageError
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.plan.change import GONE, Change, Plan
from pullsecret.model.plan.copies import claims_among, copies_through, doubt_about
from pullsecret.model.plan.credential_holders import GLOBAL_PULL_SECRETS
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.rotated_secret import changed_source, forgotten, remembered, with_marks_of, written
from pullsecret.model.plan.rotation import check_writable
from pullsecret.model.plan.rotation_memory import has_unwritten_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.observed import Key, ObservedNamespaces
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.request.targets import Targets

FIRST_WAVE, LARGEST_WAVE, GROWTH = 10, 500, 10
"""So many namespaces are in the first wave and in the largest one; each has so many times those of the one before."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Changes that are applied together, and how much of them may fail before nothing more is done.

    `limit` is a share of the namespaces, from 0 to 1; None for changes whose failure is known beforehand. `title` is
    what messages call the stage, "" for a wave.
    """

    plan: Plan
    title: str = ""
    limit: float | None = 0.0
    is_canary: bool = False


@dataclass(frozen=True, kw_only=True)
class RotationScope:
    """What a rotation may write, as the user asked for it.

    `overwrite` includes pull secrets that are no proven copies, in namespaces that are named; `canary` is the namespace
    to begin with, "" for none; `limit` is the share of a wave that may fail.
    """

    targets: Targets
    overwrite: bool = False
    canary: str = ""
    limit: float = 0.1


@dataclass(frozen=True, kw_only=True)
class RotationPlan:
    """All stages, and the secrets that they change: with where each one's credential comes from."""

    stages: tuple[Stage, ...] = ()
    changed: tuple[Key, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def whole(self) -> Plan:
        """All changes as one plan, in the order of the report."""
        sequences = tuple(steps for stage in self.stages for steps in stage.plan.sequences)
        return Plan(sequences=sequences, notes=self.notes)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Holder:
    """A secret to change: what replaces what in it, and the secret that proves it to be a copy; None for no copy."""

    secret: Object = field(repr=False)
    rotations: tuple[Rotation, ...]
    original: Object | None = field(default=None, repr=False)


def rotation_plan(rotations: Sequence[Rotation], observed: ObservedNamespaces, scope: RotationScope) -> RotationPlan:
    """The stages of some rotations.

    Args:
        rotations: what replaces what, a source each.
        observed: the selected namespaces, and the pull secrets of all namespaces that could be read.
        scope: what may be written.

    Raises:
        UsageError: there is nothing to change in the namespace of the canary.
    """
    pending = tuple(rotation for rotation in rotations if not rotation.is_done)
    changes = [_change_of(holder) for holder in _holders(pending, observed, scope)]
    refused = tuple((change,) for change in changes if change.refusal)
    failing = (*refused, *_failures(pending, observed))
    waiting = _by_namespace(change for change in changes if not change.refusal)
    stages = [Stage(plan=Plan(sequences=tuple(map(_opening, pending))), title="the source")]
    stages.append(Stage(plan=Plan(sequences=failing), limit=None))
    if scope.canary:
        if scope.canary not in waiting:
            raise UsageError(f"--canary {scope.canary}: no secret is changed in this namespace")
        canary = Plan(sequences=(waiting.pop(scope.canary),))
        stages.append(Stage(plan=canary, title=f"the canary namespace {scope.canary}", is_canary=True))
    stages += _waves(tuple(waiting.values()), scope.limit)
    changed = tuple((change.namespace, change.name) for change in changes if not change.refusal)
    return RotationPlan(
        stages=tuple(stage for stage in stages if stage.plan.sequences), changed=changed, notes=observed.notes
    )


def finishing_plan(rotations: Sequence[Rotation], notes: tuple[str, ...]) -> Plan:
    """The deletion of the siblings that remember these rotations."""
    changes = (
        Change(
            kind=Kind.SECRET,
            namespace=rotation.place[0],
            name=name_of(rotation.memory),
            desired=partial(forgotten, rotation=rotation),
            current=rotation.memory,
        )
        for rotation in rotations
    )
    lost = (
        f"warning: secret/{name_of(rotation.memory)} has a new API key that secret/{rotation.place[1]} never had; it "
        "stays valid, and the next run with --service-id looks for it"
        for rotation in rotations
        if has_unwritten_next(rotation.memory, rotation.source)
    )
    return Plan(sequences=tuple((change,) for change in changes), notes=(*notes, *lost))


def _opening(rotation: Rotation) -> Steps:
    """The sibling, then the source."""
    namespace, name = rotation.place
    memory = Change(
        kind=Kind.SECRET,
        namespace=namespace,
        name=name_of(rotation.memory),
        desired=partial(remembered, rotation=rotation),
        current=rotation.memory if rotation.has_begun else None,
    )
    source = Change(
        kind=Kind.SECRET,
        namespace=namespace,
        name=name,
        desired=partial(changed_source, rotation=rotation),
        current=rotation.source,
        needs=frozenset({(Kind.SECRET, memory.name)}),
    )
    return memory, source


def _holders(rotations: Sequence[Rotation], observed: ObservedNamespaces, scope: RotationScope) -> Iterator[_Holder]:
    """The secrets to change in the selected namespaces, in the order of these."""
    sources = {rotation.place for rotation in rotations}
    copies = _proven_copies(rotations, observed.secrets.present)
    for namespace in observed.selection.usable:
        for secret in observed.secrets.in_namespace(namespace):
            key = (namespace, name_of(secret))
            if key in sources or key in GLOBAL_PULL_SECRETS or is_sibling(secret):
                continue
            if key in copies:
                yield copies[key]
            elif scope.overwrite and scope.targets.is_named(namespace):
                found = tuple(rotation for rotation in rotations if rotation.applied_to(secret) is not secret)
                if found:
                    yield _Holder(secret=secret, rotations=found)


def _proven_copies(rotations: Sequence[Rotation], present: Mapping[Key, Object]) -> dict[Key, _Holder]:
    claims = claims_among(present.values())
    found: dict[Key, _Holder] = {}
    for rotation in rotations:
        originals = {rotation.place: rotation.source}
        for copy in copies_through(rotation.source, claims).proven:
            key = (namespace_of(copy), name_of(copy))
            origin = provenance_of(copy)
            original = originals[(origin.namespace, origin.name)] if origin else rotation.source
            originals[key] = copy
            found[key] = _Holder(secret=copy, rotations=(rotation,), original=original)
    return found


def _change_of(holder: _Holder) -> Change:
    """The change of a secret, with its refusal if it is known to be refused."""
    secret = holder.secret
    change = Change(kind=Kind.SECRET, namespace=namespace_of(secret), name=name_of(secret), current=secret)
    desired = partial(rotated, holder=holder)
    try:
        result = desired(secret)
    except PullSecretError as refusal:
        return _with(change, desired, refusal)
    return _with(change, lambda seen: result if seen is secret else desired(seen), None)


def _with(change: Change, desired: Callable[[Object | None], Object], refusal: PullSecretError | None) -> Change:
    return Change(
        kind=change.kind,
        namespace=change.namespace,
        name=change.name,
        current=change.current,
        desired=desired,
        refusal=refusal,
    )


def rotated(current: Object | None, holder: _Holder) -> Object:
    """The desired state of a copy, or of another secret that the user named, from what it is now.

    Raises:
        RefusedError: it holds the old credential, and may not be written, or is no proven copy any more.
    """
    if current is None:
        return GONE
    after = current
    for rotation in holder.rotations:
        changed = rotation.applied_to(after)
        after = after if changed is after else with_marks_of(changed, rotation)
    if after is current:
        return current
    if holder.original is not None and doubt_about(current, holder.original):
        raise RefusedError(
            f'secrets "{name_of(current)}" in namespace {namespace_of(current)} was replaced meanwhile and is no '
            "proven copy anymore"
        )
    check_writable(current)
    return written(current, after)


def _failures(rotations: Sequence[Rotation], observed: ObservedNamespaces) -> Iterator[Steps]:
    """What fails before anything is sent: namespaces that are missing, and those that cannot be read."""
    for namespace in observed.selection.names:
        if absence := absence_steps(namespace, observed):
            yield absence
        elif rotations and (error := observed.secrets.error_at((namespace, ""))):
            name = rotations[0].place[1]
            yield (Change(kind=Kind.SECRET, namespace=namespace, name=name, refusal=error),)


def _by_namespace(changes: Iterator[Change]) -> dict[str, Steps]:
    found: dict[str, Steps] = {}
    for change in changes:
        found[change.namespace] = (*found.get(change.namespace, ()), change)
    return found


def _waves(sequences: Sequence[Steps], limit: float) -> Iterator[Stage]:
    start, size = 0, FIRST_WAVE
    while start < len(sequences):
        wave = sequences[start : start + size]
        yield Stage(plan=Plan(sequences=tuple(wave)), limit=limit)
        start, size = start + size, min(size * GROWTH, LARGEST_WAVE)
