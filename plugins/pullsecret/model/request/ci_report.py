"""What a command found, for CI systems: each object that was looked at, and the problems of each, by rule.

None of these values holds a credential.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CiLevel(Enum):
    """How serious a problem is, in SARIF's words; a note makes no command fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class CiRule:
    """What problems are instances of: a code that never changes its meaning, and what it means."""

    code: str
    title: str
    explanation: str
    level: CiLevel


@dataclass(frozen=True, kw_only=True)
class CiProblem:
    """Something wrong with an object.

    `message` is a sentence with its place; `command` fixes it, or `advice` says what to do, or both are "". `identity`
    distinguishes it from other problems of the same rule and object, by words that stay the same in the next run.
    `line` is that of the field in the object's file, 0 where it is the object's own.
    """

    rule: CiRule
    message: str
    level: CiLevel
    command: str = ""
    advice: str = ""
    identity: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class CiObject:
    """An object that was looked at, with what is wrong with it; nothing is if it has no problems.

    `subject` is `kind/name`, or what else was looked at, and `detail` which part of it, "" for all. `line` is its first
    one in `file`, which is "" for standard input; 0 for an object of a cluster. `unknown` says why nothing can be said
    about it, "" where something can.
    """

    namespace: str
    subject: str
    detail: str = ""
    context: str = ""
    file: str = ""
    line: int = 0
    problems: tuple[CiProblem, ...] = ()
    unknown: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether it has an error or a warning."""
        return any(problem.level is not CiLevel.NOTE for problem in self.problems)

    @property
    def title(self) -> str:
        """What was looked at, without its place."""
        return f"{self.subject}: {self.detail}" if self.detail else self.subject

    @property
    def place(self) -> str:
        """The file, or the namespace with its context, in which it is; "" for none."""
        if self.line:
            return self.file or STANDARD_INPUT
        return "/".join(filter(None, (self.context, self.namespace)))


STANDARD_INPUT = "standard input"
"""How the file without a name is called."""


@dataclass(frozen=True, kw_only=True)
class CiError:
    """Something that could not be looked at, and why, in one line."""

    message: str
    context: str = ""


@dataclass(frozen=True, kw_only=True)
class CiReport:
    """All that a command looked at. `emptiness` says so where that is nothing at all."""

    command: str
    objects: tuple[CiObject, ...] = ()
    errors: tuple[CiError, ...] = ()
    emptiness: str = ""
