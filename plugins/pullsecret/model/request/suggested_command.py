"""Commands that a person pastes into a shell: built from words, so that no name in one can become code.

Anyone who may edit an object can write names in imagePullSecrets, owner references and registry keys, and the API
server validates none of them. Every word is therefore quoted in one place, and a word that no terminal pastes as it
is (line breaks, control characters, direction marks, zero-width characters) makes the whole command unusable.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pullsecret.model.go.printable import Printable, is_printable
from pullsecret.model.objects.objects import subdomain_problem
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from pullsecret.model.request.command_request import Output

NOT_PASTEABLE = "no command is shown, because a word in it is a name that no object can have, or not safe to paste"

_KIND = re.compile(r"[a-z][a-z0-9]*")


class Program(Enum):
    """The programs that a suggested command runs."""

    PULLSECRET = "kubectl pullsecret"
    KUBECTL = "kubectl"
    IBMCLOUD = "ibmcloud"
    BASE64 = "base64"
    SED = "sed"
    OC = "oc"
    GCLOUD = "gcloud"
    AZ = "az"


_REACHING_A_CLUSTER = frozenset({Program.PULLSECRET, Program.KUBECTL, Program.OC})


class Flag(NamedTuple):
    """A flag by its literal name, with a value or, for None, without."""

    name: str
    value: str | None = None


class Name(NamedTuple):
    """The name of an object, or `kind/name`: a command has it only if an object can be called so."""

    text: str


Word: TypeAlias = "str | Flag | Name"
"""An argument, a flag, or a name. An argument that begins with a dash would be taken for a flag, and is refused."""


class Call(NamedTuple):
    """One program with its words."""

    program: Program
    words: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class SuggestedCommand:
    """Pipelines of calls, each pipeline run if the one before it succeeds (`a | b && c`)."""

    pipelines: tuple[tuple[Call, ...], ...]

    def then(self, other: SuggestedCommand | None) -> SuggestedCommand:
        """Both commands, the other one only if this one succeeds; None adds nothing."""
        return SuggestedCommand(pipelines=(*self.pipelines, *(other.pipelines if other else ())))

    def into(self, other: SuggestedCommand) -> SuggestedCommand:
        """This command with its output piped into the other one."""
        piped = (*self.pipelines[-1], *other.pipelines[0])
        return SuggestedCommand(pipelines=(*self.pipelines[:-1], piped, *other.pipelines[1:]))

    @property
    def is_pasteable(self) -> bool:
        """Whether every word arrives in the program as it is written here."""
        return all(_is_pasteable(word) for pipeline in self.pipelines for call in pipeline for word in call.words)


def command(program: Program, *words: Word) -> SuggestedCommand:
    """A command that runs one program."""
    return SuggestedCommand(pipelines=((Call(program, words),),))


def pullsecret(*words: Word) -> SuggestedCommand:
    """A command of this program."""
    return command(Program.PULLSECRET, *words)


def kubectl(*words: Word) -> SuggestedCommand:
    """A command of kubectl."""
    return command(Program.KUBECTL, *words)


@dataclass(frozen=True, kw_only=True)
class CommandStyle:
    """How commands are written: this program as the user typed it, and the flags that reach the same cluster."""

    connection: ConnectionFlags = field(default_factory=ConnectionFlags)
    program: str = Program.PULLSECRET.value

    def within(self, output: Output) -> CommandStyle:
        """The style for what was found in one of several clusters: its commands name the context."""
        if not output.spans_contexts:
            return self
        return replace(self, connection=replace(self.connection, context=output.context))


def typed(suggested: SuggestedCommand, style: CommandStyle) -> Printable:
    """The command as a line to paste; "" when a word in it cannot be pasted."""
    if not suggested.is_pasteable:
        return Printable("")
    line = " && ".join(
        " | ".join(" ".join((_program(call.program, style), *map(_quoted, call.words))) for call in pipeline)
        for pipeline in suggested.pipelines
    )
    return Printable(line, longest=None)


def _program(program: Program, style: CommandStyle) -> str:
    if program not in _REACHING_A_CLUSTER:
        return str(program.value)
    connection = style.connection
    given = {"--kubeconfig": connection.kubeconfig, "--context": connection.context, "--cluster": connection.cluster}
    name = style.program if program is Program.PULLSECRET else str(program.value)
    return " ".join((name, *(_quoted(Flag(flag, value)) for flag, value in given.items() if value)))


def _is_pasteable(word: Word) -> bool:
    if isinstance(word, Flag):
        return is_printable(word.value or "")
    if isinstance(word, Name):
        kind, slash, name = word.text.rpartition("/")
        return not subdomain_problem(name) and (not slash or bool(_KIND.fullmatch(kind)))
    return is_printable(word) and not word.startswith("-")


def _quoted(word: Word) -> str:
    if isinstance(word, Flag):
        if word.value is None:
            return word.name
        return f"{word.name}{'=' if word.name.startswith('--') else ' '}{shell_word(word.value)}"
    return shell_word(word.text if isinstance(word, Name) else word)


def shell_word(text: str) -> str:
    """The text as one word of any POSIX shell, and of zsh, which replaces a leading `=name` by a path."""
    return f"'{text}'" if re.fullmatch(r"=[^']*", text) else shlex.quote(text)
