"""The namespaces that the target flags select among those that exist: a pure function for all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.sources import is_system_namespace
from pullsecret.model.request.targets import Selection, is_namespace_match, is_namespace_pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pullsecret.model.request.targets import Targets


def selection_of(
    targets: Targets, default: str, existing: Mapping[str, bool], unreadable: Collection[str] = ()
) -> Selection:
    """The namespaces that the targets select.

    Args:
        targets: the flags.
        default: the context's namespace, for no flags.
        existing: the namespaces that exist, each with whether it is terminating: with -l, those with such labels;
            without -A, -l and patterns, those of the named ones.
        unreadable: the named ones that may not be read. They count as existing, because the server decides when we
            write.
    """
    named = targets.named if targets.is_given else (default,)
    candidates = tuple(dict.fromkeys((*named, *_matching(targets, existing))))
    kept = [name for name in candidates if not any(is_namespace_match(pattern, name) for pattern in targets.exclude)]
    leaving = {name for name in kept if existing.get(name)}
    names = tuple(name for name in kept if name in named or name not in leaving)
    return Selection(
        names=names,
        missing=frozenset(name for name in kept if name not in existing and name not in unreadable),
        terminating=frozenset(leaving.intersection(named)),
        system=frozenset(name for name in names if is_spared(name, targets)),
        skipped=tuple(name for name in kept if name in leaving and name not in named),
        unused_excludes=tuple(
            pattern for pattern in targets.exclude if not any(is_namespace_match(pattern, name) for name in candidates)
        ),
    )


def is_spared(namespace: str, targets: Targets) -> bool:
    """Whether nothing is written to a namespace, because it is a system namespace that was not named."""
    return not (targets.include_system or targets.is_named(namespace)) and is_system_namespace(namespace)


def _matching(targets: Targets, existing: Iterable[str]) -> Iterable[str]:
    if targets.every or targets.selector:
        return existing
    return (name for name in existing if any(is_namespace_match(pattern, name) for pattern in targets.patterns))


def mistyped_excludes(targets: Targets, existing: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """The --exclude names without `*` that are none of the namespaces, but begin some: with these."""
    plain = (name for name in targets.exclude if not is_namespace_pattern(name) and name not in existing)
    begun = {name: tuple(other for other in existing if other.startswith(name)) for name in plain}
    return {name: others for name, others in begun.items() if others}


def mistyped_exclude_error(name: str, others: tuple[str, ...]) -> UsageError:
    """The error for such a name: `kube` was meant as a pattern, and all that begins with it would be written to."""
    more = f" and {len(others) - 1} more begin" if len(others) > 1 else " begins"
    text = printable(name)
    return UsageError(
        f'--exclude "{text}" is not a namespace, but {others[0]}{more} with it', hint=f"use --exclude '{text}*'"
    )
