"""Which namespaces a command acts on: the one grammar of every command."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from pullsecret.errors import UsageError
from pullsecret.model.objects.names import label_problem


@dataclass(frozen=True, kw_only=True)
class Targets:
    """The target flags as typed: names, or all, or a label selector; none of them means the context's namespace."""

    names: tuple[str, ...] = ()
    every: bool = False
    selector: str = ""
    exclude: tuple[str, ...] = ()
    create_missing: bool = False

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            UsageError: two ways to name the namespaces, or a name that no namespace can have.
        """
        if self.names and (self.every or self.selector):
            other = "--all-namespaces" if self.every else "--selector"
            raise UsageError(f"--namespace and {other} cannot be used together")
        if self.create_missing and (self.every or self.selector):
            raise UsageError("--create-namespaces needs the namespaces' names: give them with --namespace")
        for name in self.names:
            if problem := label_problem(name):
                raise UsageError(f"invalid namespace {name[:70]!r}: {problem}")

    def is_excluded(self, name: str) -> bool:
        """Whether an --exclude pattern (`*`, `?`, `[...]`) drops this namespace."""
        return any(fnmatchcase(name, pattern) for pattern in self.exclude)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The namespaces that the targets came to, in the server's or the user's order.

    `names` are there or will be made; `missing` are those of them that are not there yet; `terminating` were left out
    because nothing can be made in them any more; `notes` are lines for stderr.
    """

    names: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    terminating: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
