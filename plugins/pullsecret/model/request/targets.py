"""Which namespaces a command acts on: the target flags as typed, and what they select. The same for all commands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from pullsecret.errors import NotFoundError, PullSecretError, RefusedError, UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import label_problem
from pullsecret.model.request.context_flags import ContextFlags

_SELECTS_NAMESPACES = "-l selects namespaces by their labels; use --exclude to leave some of them out"


NO_NAMESPACES = "note: no namespaces match the selection"


@dataclass(frozen=True, kw_only=True)
class Targets:
    """The target flags as typed: names and patterns, all, or a label selector; without any, the context's namespace.

    `include_system` lets -A, -l and patterns write to system namespaces, too. `contexts` are the clusters.
    """

    names: tuple[str, ...] = ()
    every: bool = False
    selector: str = ""
    exclude: tuple[str, ...] = ()
    create_missing: bool = False
    include_system: bool = False
    contexts: ContextFlags = field(default_factory=ContextFlags)

    def __post_init__(self) -> None:
        """Refuse flags that contradict each other.

        Raises:
            UsageError: the namespaces are selected in two ways, or a name or pattern is not valid.
        """
        if self.names and self.every:
            raise UsageError("--namespace and --all-namespaces cannot be used together")
        if self.names and self.selector:
            raise UsageError("--namespace and --namespace-selector cannot be used together", hint=_SELECTS_NAMESPACES)
        if self.create_missing and self.is_broad:
            raise UsageError("--create-namespaces requires --namespace, without a pattern")
        for name in self.names:
            if problem := pattern_problem(name) if is_namespace_pattern(name) else label_problem(name):
                raise UsageError(f"invalid namespace {name[:70]!r}: {problem}")
        for pattern in self.exclude:
            if problem := pattern_problem(pattern):
                raise UsageError(f'invalid --exclude "{printable(pattern[:70])}": {problem}')

    @property
    def may_be_many(self) -> bool:
        """Whether the flags can select more than one namespace, whatever the cluster has."""
        return self.is_broad or len(self.names) > 1

    def is_named(self, namespace: str) -> bool:
        """Whether a namespace is selected by its name, or is the one of the connection, and not by a rule."""
        return namespace in self.named or not self.is_given

    @property
    def named(self) -> tuple[str, ...]:
        """The names without the patterns, each once."""
        return tuple(name for name in dict.fromkeys(self.names) if not is_namespace_pattern(name))

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns among the names, each once."""
        return tuple(name for name in dict.fromkeys(self.names) if is_namespace_pattern(name))

    @property
    def is_broad(self) -> bool:
        """Whether namespaces are selected that are not named: by -A, -l or a pattern."""
        return bool(self.every or self.selector or self.patterns)

    @property
    def is_given(self) -> bool:
        """Whether there is any target flag."""
        return bool(self.names) or self.is_broad


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The namespaces to act on, in the order of the server's list or of the command line.

    Of these `names`, `missing` do not exist (yet), and `terminating` are about to be deleted: both were named, so
    that they are failures. `system` are system namespaces that were not named: nothing is created or attached there.
    `skipped` are left out, because they were not named and are terminating. `unused_excludes` left out nothing.
    """

    names: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    terminating: frozenset[str] = frozenset()
    system: frozenset[str] = frozenset()
    skipped: tuple[str, ...] = ()
    unused_excludes: tuple[str, ...] = ()

    @property
    def usable(self) -> tuple[str, ...]:
        """The namespaces that exist and stay."""
        return tuple(name for name in self.names if name not in self.missing and name not in self.terminating)

    @property
    def is_unusable(self) -> bool:
        """Whether namespaces are selected, and none of them can be used: what they lack is no news then."""
        return bool(self.names) and not self.usable

    @property
    def failures(self) -> tuple[PullSecretError, ...]:
        """An error for each namespace that cannot be used."""
        return tuple(error for name in self.names if (error := self.error_at(name)))

    def error_at(self, name: str) -> PullSecretError | None:
        """Why a namespace cannot be used; None if it can."""
        if name in self.missing:
            return NotFoundError(f'namespaces "{name}" not found', code=404, reason="NotFound")
        return RefusedError(f"namespace {name} is terminating") if name in self.terminating else None

    @property
    def notes(self) -> tuple[str, ...]:
        """The lines for stderr about what was left out, and about what left out nothing."""
        unused = (
            f'warning: --exclude "{printable(pattern)}" matches none of the namespaces'
            for pattern in self.unused_excludes
        )
        names, are = ("namespaces", "are") if len(self.skipped) > 1 else ("namespace", "is")
        skipped = (f"note: skipped {names} {', '.join(self.skipped)}, which {are} terminating",)
        return (*unused, *(skipped if self.skipped else ()))


def is_namespace_pattern(name: str) -> bool:
    """Whether a name has a `*`, `?` or `[`, which no namespace has."""
    return any(char in "*?[" for char in name)


def is_namespace_match(pattern: str, name: str) -> bool:
    """Whether a pattern (`*`, `?`, `[...]`) matches the whole name; `[^...]` means the same as `[!...]`, as in Go."""
    return fnmatchcase(name, pattern.replace("[^", "[!"))


def pattern_problem(pattern: str) -> str:
    """Why a pattern can match nothing, or was not meant; "" for a good one."""
    if not pattern:
        return "it is empty"
    return "missing ]" if "[" in re.sub(r"\[[!^]?+(?:\][^\]]*|[^\]]+)\]", "", pattern) else ""
