"""Which clusters a command acts on: the flags that select kubeconfig contexts, and the contexts that they select."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import ConfigError, UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.targets import is_namespace_match, is_namespace_pattern, pattern_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.request.context_flags import ContextFlags

NO_CONTEXTS = "note: no contexts match the selection"


@dataclass(frozen=True, kw_only=True)
class ChosenContexts:
    """The names of the contexts to act on, each once, and lines for stderr about the flags."""

    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def choose_contexts(flags: ContextFlags, existing: Sequence[str]) -> ChosenContexts:
    """The contexts that the flags select: names in the order of the flags, patterns in the order of kubeconfig.

    Args:
        flags: the flags as typed.
        existing: the names of all contexts of kubeconfig, in its order.

    Raises:
        ConfigError: a name is no context, in kubectl's words.
        UsageError: a pattern is not valid, or --exclude-context has a name that is no context but begins some.
    """
    wanted = existing if flags.every else [name for word in flags.patterns for name in _named_by(word, existing)]
    candidates = tuple(dict.fromkeys(wanted))
    excludes = {part: _excluded_by(part, existing) for word in flags.exclude for part in _parts(word, existing)}
    excluded = {name for names in excludes.values() for name in names}
    return ChosenContexts(
        names=tuple(name for name in candidates if name not in excluded),
        notes=tuple(
            f'warning: --exclude-context "{printable(part)}" matches none of the contexts'
            for part, names in excludes.items()
            if not set(names).intersection(candidates)
        ),
    )


def _parts(word: str, existing: Iterable[str]) -> Sequence[str]:
    """The names and patterns of one value: itself if a context is called so, or else what its commas separate."""
    return (word,) if word in existing else word.split(",")


def _named_by(word: str, existing: Sequence[str]) -> Iterator[str]:
    for part in _parts(word, existing):
        found = _matching("--contexts", part, existing)
        if not found and not is_namespace_pattern(part):
            raise ConfigError(f'error: context "{printable(part)}" does not exist')
        yield from found


def _excluded_by(part: str, existing: Sequence[str]) -> Sequence[str]:
    found = _matching("--exclude-context", part, existing)
    begun = [name for name in existing if name.startswith(part)]
    if not found and begun and not is_namespace_pattern(part):
        text, more = printable(part), f" and {len(begun) - 1} more begin" if len(begun) > 1 else " begins"
        raise UsageError(
            f'--exclude-context "{text}" is not a context, but {printable(begun[0])}{more} with it',
            hint=f"use --exclude-context '{text}*'",
        )
    return found


def _matching(flag: str, part: str, existing: Sequence[str]) -> Sequence[str]:
    """The contexts of a name or pattern: a context of exactly this name alone, whatever characters it has."""
    if part in existing:
        return (part,)
    if problem := pattern_problem(part):
        raise UsageError(f'invalid {flag} "{printable(part[:70])}": {problem}')
    return [name for name in existing if is_namespace_match(part, name)]
