"""Which namespaces a command acts on; the same for all commands."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from pullsecret.errors import UsageError
from pullsecret.model.objects.objects import label_problem


@dataclass(frozen=True, kw_only=True)
class Targets:
    """The target flags as typed: names, all, or a label selector; without any, the context's namespace."""

    names: tuple[str, ...] = ()
    every: bool = False
    selector: str = ""
    exclude: tuple[str, ...] = ()
    create_missing: bool = False

    def __post_init__(self) -> None:
        """Refuse flags that contradict each other.

        Raises:
            UsageError: the namespaces are selected in two ways, or a name is not valid.
        """
        if self.names and (self.every or self.selector):
            other = "--all-namespaces" if self.every else "--selector"
            raise UsageError(f"--namespace and {other} cannot be used together")
        if self.create_missing and (self.every or self.selector):
            raise UsageError("--create-namespaces requires --namespace")
        for name in self.names:
            if problem := label_problem(name):
                raise UsageError(f"invalid namespace {name[:70]!r}: {problem}")

    @property
    def may_be_many(self) -> bool:
        """Whether the flags can select more than one namespace, whatever the cluster has."""
        return self.every or bool(self.selector) or len(self.names) > 1

    def is_named(self, namespace: str) -> bool:
        """Whether a namespace is selected by its name, or is the one of the connection, and not by a rule."""
        return not (self.every or self.selector) and (not self.names or namespace in self.names)

    def is_excluded(self, name: str) -> bool:
        """Whether an --exclude pattern (`*`, `?`, `[...]`) matches this namespace."""
        return any(fnmatchcase(name, pattern) for pattern in self.exclude)


@dataclass(frozen=True, kw_only=True)
class Selection:
    """The namespaces that the targets select, in the server's or the user's order.

    `names` exist or will be created; `missing` are those of them that do not exist yet; `terminating` are left out
    because nothing can be created in them any more.
    """

    names: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    terminating: tuple[str, ...] = ()
