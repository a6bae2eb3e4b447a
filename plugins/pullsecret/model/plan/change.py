"""What shall be done, and what came of it: the values between plan, apply and report."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.objects.objects import Kind, Object

if TYPE_CHECKING:
    from pullsecret.errors import PullSecretError
    from pullsecret.model.plan.waiting_pods import Advice

Wanted: TypeAlias = Callable[[Object | None], Object]
"""From the object as read (None: it is not there) to the object wanted.

Pure, so that after a conflict the engine reads again and computes again. It answers with the object as read when there
is nothing to do, with GONE when the object shall not be there, and raises RefusedError, or the ApiError that reading
met, when it may not be done.
"""

GONE: Object = {}
"""What is wanted of an object that shall be deleted."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One object, from how it was seen to how it is wanted.

    `appears_within` is how many seconds to wait for an object that the control plane makes by itself (the `default`
    service account of a namespace just made); 0 means that a missing object is an answer, not a reason to wait.
    `needs` are earlier changes of the same namespace: when one of them fails, this one is left undone.
    """

    kind: Kind
    namespace: str
    name: str
    wanted: Wanted = field(repr=False)
    seen: Object | None = field(default=None, repr=False)
    appears_within: float = 0.0
    needs: frozenset[tuple[Kind, str]] = frozenset()


Steps: TypeAlias = tuple[Change, ...]
"""Changes of one namespace, done in order: a namespace before what is in it, a secret before what names it."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a command wants done, what to say before (notes) and, where it came true, afterwards (advice)."""

    sequences: tuple[Steps, ...] = ()
    notes: tuple[str, ...] = ()
    advice: tuple[Advice, ...] = ()


def together(plans: Iterable[Plan]) -> Plan:
    """The changes of several plans as one, in their order within each namespace; their advice is for them alone."""
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
    UNTOUCHED = "not done"
    UNKNOWN = "begun, with unknown end"


BAD = frozenset({Done.FAILED, Done.UNTOUCHED, Done.UNKNOWN})
"""The ends after which an object is not as asked, or nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of one change; `result` is the object as it is now (in a dry run: as it would be), if wanted."""

    kind: Kind
    namespace: str
    name: str
    done: Done
    result: Object | None = field(default=None, repr=False)
    error: PullSecretError | None = None

    @property
    def is_good(self) -> bool:
        """Whether the object is as asked."""
        return self.done not in BAD


def refused_with(error: PullSecretError) -> Wanted:
    """A wish that cannot be met: whatever is there, this error is the answer."""

    def wanted(_seen: Object | None) -> Object:
        raise error

    return wanted
