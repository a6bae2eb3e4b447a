"""What a command changes and what came of it: the values between plan, apply and report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.objects.objects import AnyKind, Object

if TYPE_CHECKING:
    from pullsecret.errors import PullSecretError
    from pullsecret.model.plan.waiting_pods import RestartHint
    from pullsecret.model.request.suggested_command import SuggestedCommand

DesiredState: TypeAlias = Callable[[Object | None], Object]
"""From the object as read (None: it does not exist) to the object as it should be.

Pure, so that after a conflict the engine can read again and compute again. It returns the object as read if there is
nothing to do and GONE if the object should not exist, and raises RefusedError or NotFoundError if the change is not
allowed or not possible.
"""

GONE: Object = {}
"""The desired state of an object that should not exist."""


def _as_read(current: Object | None) -> Object:
    return GONE if current is None else current


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One object, from its current to its desired state.

    `refusal` is why the change is known to fail before anything is sent. `appears_within` is how many seconds to wait
    for an object that the control plane creates (the `default` service account of a new namespace); 0 means that a
    missing object is an answer. `previous` is the sibling of a secret, as read: it keeps the secret that an interrupted
    run was about to replace. `needs` are earlier changes in the same namespace: if one of them fails, this one is
    skipped. `forbidden_hint` says what to do if the server does not allow the change.
    """

    kind: AnyKind
    namespace: str
    name: str
    desired: DesiredState = field(default=_as_read, repr=False)
    current: Object | None = field(default=None, repr=False)
    previous: Object | None = field(default=None, repr=False)
    refusal: PullSecretError | None = None
    appears_within: float = 0.0
    needs: frozenset[tuple[AnyKind, str]] = frozenset()
    forbidden_hint: str = ""

    def outcome(
        self,
        done: Done,
        *,
        before: Object | None = None,
        result: Object | None = None,
        error: PullSecretError | None = None,
        note: str = "",
    ) -> Outcome:
        """How the change ended."""
        return Outcome(
            kind=self.kind,
            namespace=self.namespace,
            name=self.name,
            done=done,
            before=before,
            result=result,
            error=error,
            note=note,
        )


Steps: TypeAlias = tuple[Change, ...]
"""Changes in one namespace, in order: a namespace before its objects, a secret before what references it."""


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """What to know, and perhaps to run, once an object is changed: `note: …`, and the command."""

    kind: AnyKind
    namespace: str
    name: str
    note: str
    command: SuggestedCommand | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All changes of a command, what to report before them (notes), and what if they succeed (hints, next steps)."""

    sequences: tuple[Steps, ...] = ()
    notes: tuple[str, ...] = ()
    hints: tuple[RestartHint, ...] = ()
    next_steps: tuple[NextStep, ...] = ()


def combined_plans(plans: Iterable[Plan]) -> Plan:
    """The changes of several plans as one, in their order within each namespace; without hints and next steps."""
    sequences: dict[str, Steps] = {}
    notes: dict[str, None] = {}
    for plan in plans:
        notes.update(dict.fromkeys(plan.notes))
        for steps in plan.sequences:
            for change in steps:
                sequences[change.namespace] = (*sequences.get(change.namespace, ()), change)
    return Plan(sequences=tuple(sequences.values()), notes=tuple(notes))


class Done(Enum):
    """What became of a change, in kubectl's words."""

    CREATED = "created"
    CONFIGURED = "configured"
    PATCHED = "patched"
    REPLACED = "replaced"
    RESTARTED = "restarted"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "result unknown"


BAD = frozenset({Done.FAILED, Done.SKIPPED, Done.UNKNOWN})
"""The ends after which an object is not, or may not be, in its desired state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The end of one change.

    `before` is the object as it was read, and `result` as it is now (in a dry run: as it would be), if they are shown.
    `note` tells where the previous
    object is kept when the end is unknown.
    """

    kind: AnyKind
    namespace: str
    name: str
    done: Done
    before: Object | None = field(default=None, repr=False)
    result: Object | None = field(default=None, repr=False)
    error: PullSecretError | None = None
    note: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the object is in its desired state."""
        return self.done not in BAD
