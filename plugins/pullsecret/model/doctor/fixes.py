"""The steps that fix a cause, each as a command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.request.suggested_command import Flag, Name, kubectl, pullsecret

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.model.plan.waiting_pods import Recovery
    from pullsecret.model.request.suggested_command import SuggestedCommand, Word


@dataclass(frozen=True, kw_only=True)
class CopyStep:
    """Copy a secret into the namespace, over what is there, and attach it to a service account ("": to none)."""

    secret: str
    source: str
    name: str
    account: str = ""
    overwrite: bool = False
    recreate: bool = False

    @property
    def words(self) -> tuple[Word, ...]:
        """The command line, without the namespace to act on."""
        renamed = (Flag("--name", self.name),) if self.name != self.secret else ()
        hard = tuple(Flag(f"--{word}") for word in ("overwrite", "recreate") if getattr(self, word))
        return ("copy", Name(self.secret), Flag("--from", self.source), *renamed, *hard, *attach_words(self.account))


@dataclass(frozen=True, kw_only=True)
class AttachStep:
    """Attach a secret of the namespace to a service account."""

    secret: str
    account: str

    @property
    def words(self) -> tuple[Word, ...]:
        """The command line, without the namespace to act on."""
        account = (Flag("--serviceaccount", self.account),) if self.account != "default" else ()
        return ("attach", Name(self.secret), *account)


@dataclass(frozen=True, kw_only=True)
class CreateStep:
    """A command that prompts for a password."""

    words: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class GlobalStep:
    """A command on the cluster's global pull secret, in no namespace of the pods; it prompts for a password."""

    words: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class KubectlStep:
    """A change of the workload itself by kubectl: `set image`, or a patch of a container."""

    words: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class ContentStep:
    """A command that creates a pull secret from what a secret of another type holds.

    It takes that one's place in the list of a service account ("": of none).
    """

    command: SuggestedCommand
    account: str


Step: TypeAlias = CopyStep | AttachStep | CreateStep | GlobalStep | KubectlStep | ContentStep


@dataclass(frozen=True, kw_only=True)
class Fix:
    """The steps, in order, and what the pods need afterwards; `secret` is what their own list must have then.

    Without steps and without a recovery no command helps: `advice` says what does. `reason` is why a person must
    decide, "" where the steps may be taken. `forced` is the fix in spite of another party that will undo it.
    """

    steps: tuple[Step, ...] = ()
    recovery: Recovery | None = None
    secret: str = ""
    advice: str = ""
    reason: str = ""
    forced: Fix | None = None


def command_of_step(step: Step, namespace: str) -> SuggestedCommand:
    """The whole command of a step, for a namespace."""
    place = Flag("-n", namespace)
    if isinstance(step, ContentStep):
        return step.command
    if isinstance(step, GlobalStep):
        return pullsecret(*step.words)
    return kubectl(place, *step.words) if isinstance(step, KubectlStep) else pullsecret(*step.words, place)


def attach_words(account: str) -> tuple[Word, ...]:
    """The flags by which copy and create attach their secret, too; none for ""."""
    if not account:
        return ()
    return (Flag("--attach"),) if account == "default" else (Flag("--serviceaccount", account),)


def free_name(wanted: str, is_free: Callable[[str], bool]) -> str:
    """A free name for a new secret, made from a text such as a registry's host."""
    stem = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-") or "mirror"
    names = (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
    return next(filter(is_free, names))
