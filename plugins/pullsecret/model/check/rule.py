"""A rule of check as one value: its code, severity, title and explanation, its condition, and its fix.

A condition yields matches; `findings_of` makes a finding of each. None of these values holds a credential.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Generic, Never, Protocol, TypeAlias, TypeVar

from pullsecret.model.images.server_keys import shown_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand

REGISTRIES_SHOWN = 3


class Severity(Enum):
    """An error prevents pulls, a warning may, an info is a hint."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    def counted(self, number: int) -> str:
        """A number with the severity as its noun: `2 warnings`."""
        return f"{number} {self.value}" + ("" if number == 1 or self is Severity.INFO else "s")


@dataclass(frozen=True, kw_only=True)
class Match:
    """One place where a rule's condition holds; the message follows the registry keys, or the subject.

    `keys` are the server keys concerned, as typed, none for the whole secret; `corrected` is the key that should be
    there, "" where unknown. `subject` is `kind/name` and `secret_name` a secret's name; "" is the subject's own.
    `place` is the line of a manifest.
    """

    message: str
    keys: tuple[str, ...] = field(default=(), repr=False)
    corrected: str = field(default="", repr=False)
    subject: str = ""
    secret_name: str = ""
    place: FileLine | None = None


class Subject(Protocol):
    """What rules are applied to: a secret, or a namespace."""

    @property
    def namespace(self) -> str:
        """The namespace; "" for a file."""

    @property
    def subject(self) -> str:
        """`kind/name`, or a file's name."""

    @property
    def secret_name(self) -> str:
        """The secret's name; "" for a namespace."""


FixOrAdvice: TypeAlias = "SuggestedCommand | str | None"
"""A command that fixes a finding, words where no command may or can, or nothing."""

Checked_contra = TypeVar("Checked_contra", bound=Subject, contravariant=True)


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[Checked_contra]):
    """One code: what it means, when it applies, and how to fix it.

    `fix` gives words where only a person can decide, and None where no command helps; `advice` then says what to do. A
    code never changes its meaning and is never used again.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    condition: Callable[[Checked_contra], Iterable[Match]]
    fix: Callable[[Checked_contra, Match], FixOrAdvice]
    advice: str = ""


AnyRule: TypeAlias = Rule[Never]
"""A rule, whatever it is applied to."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that applies, with its place and the command that fixes it.

    `subject` is `kind/name`, or a file's name when there is no `namespace`; `secret_name` is that of the secret that it
    is about, "" for none; `registries` are keys fit to be shown. `advice` is for where `fix` is None. `place` is the
    one in a manifest, None in a cluster.
    """

    code: str
    severity: Severity
    namespace: str
    subject: str
    secret_name: str
    message: str
    registries: tuple[str, ...] = ()
    fix: SuggestedCommand | None = None
    advice: str = ""
    place: FileLine | None = None

    @property
    def sentence(self) -> str:
        """What is wrong and where: `secret/x in namespace a: us.icr.io: ...`."""
        location = f" in namespace {self.namespace}" if self.namespace else ""
        return f"{self.subject}{location}{self.statement}"

    @property
    def statement(self) -> str:
        """The same without the place: `: us.icr.io: ...`, or ` is malformed ...`."""
        return f": {listed(self.registries)}: {self.message}" if self.registries else f" {self.message}"

    def as_object(self, command: str, advice: str) -> Object:
        """The item of a FindingList, with its fix as it can be pasted, or in words."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "namespace": self.namespace,
            "subject": self.subject,
            "file": self.place.file if self.place else "",
            "line": self.place.line if self.place else 0,
            "secret": self.secret_name,
            "registries": list(self.registries),
            "message": self.message,
            "command": command,
            "advice": advice,
        }


@dataclass(frozen=True, kw_only=True)
class CheckedObject:
    """An object that was checked, whether anything is wrong with it or not, named as in its findings."""

    namespace: str
    subject: str
    place: FileLine | None = None


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What a check found: the findings by namespace, lines for stderr, and how much was checked.

    `failures` say what was requested and could not be read, `notes` what was not checked for other reasons. `objects`
    are what findings can be about, each once; those of some findings may be missing.
    """

    findings: tuple[Finding, ...]
    objects: tuple[CheckedObject, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    scope: str = ""


def no_fix(_subject: object, _match: Match) -> FixOrAdvice:
    """The fix of a rule for which no command can help; its `advice` has what to do."""
    return None


def findings_of(rules: Iterable[Rule[Checked_contra]], subject: Checked_contra) -> Iterator[Finding]:
    """The findings of each rule; one that says the same of several keys is a single finding."""
    for rule in rules:
        for match in _merged(rule.condition(subject)):
            remedy = rule.fix(subject, match)
            fix, words = (None, remedy) if isinstance(remedy, str) else (remedy, "")
            yield Finding(
                code=rule.code,
                severity=rule.severity,
                namespace=subject.namespace,
                subject=match.subject or subject.subject,
                secret_name=match.secret_name or subject.secret_name,
                message=match.message,
                registries=tuple(map(shown_key, match.keys)),
                fix=fix,
                advice="" if fix else words or rule.advice,
                place=match.place,
            )


def _merged(matches: Iterable[Match]) -> Iterator[Match]:
    """One match for all that say the same, with the keys of all."""
    found: dict[tuple[str, str, str], list[Match]] = {}
    for match in matches:
        found.setdefault((match.message, match.subject, match.secret_name), []).append(match)
    for first, *more in found.values():
        yield replace(first, keys=tuple(key for match in (first, *more) for key in match.keys)) if more else first


def listed(words: Sequence[str]) -> str:
    """The first words, and how many more there are."""
    more = f" and {len(words) - REGISTRIES_SHOWN} more" if len(words) > REGISTRIES_SHOWN else ""
    return ", ".join(words[:REGISTRIES_SHOWN]) + more
