"""What went wrong, and what was left undone: each thing once, with the namespaces that it happened in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FEW = 3
"""Up to so many equal failures are told one by one, in the server's own words."""

NAMES_SHOWN = 10
"""So many namespaces are named in a line; the rest is counted, unless all names are wanted."""

_SOMEWHERE = "..."


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """A failure without its place, so that equal ones can be counted."""

    line: str
    hint: str


def failure_lines(ended: Iterable[Outcome], *, all_names: bool) -> Iterator[str]:
    """The failures, equal ones together: `412 namespaces: Error from server (Forbidden): ...`.

    Args:
        ended: what became of the changes.
        all_names: name every namespace of a group, however many.
    """
    groups: dict[_Failure, list[Outcome]] = {}
    for outcome in ended:
        if outcome.error is not None:
            groups.setdefault(_without_place(outcome), []).append(outcome)
    for failure, outcomes in groups.items():
        if len(outcomes) <= FEW:
            yield from (_located(outcome) for outcome in outcomes)
        else:
            yield f"{len(outcomes)} namespaces: {failure.line}"
            yield f"  {_names([outcome.namespace for outcome in outcomes], all_names=all_names)}"
        if failure.hint:
            yield failure.hint


def undone_lines(ended: Iterable[Outcome], *, all_names: bool) -> Iterator[str]:
    """What was not begun, because the run was interrupted or what it builds on failed, and what has no known end."""
    places: dict[tuple[str, Done], list[str]] = {}
    for outcome in ended:
        if outcome.done in (Done.UNTOUCHED, Done.UNKNOWN):
            places.setdefault((f"{outcome.kind.word}/{outcome.name}", outcome.done), []).append(outcome.namespace)
    for (what, done), namespaces in places.items():
        yield f"{what} {done.value} in namespace {_names(namespaces, all_names=all_names)}"


def _without_place(outcome: Outcome) -> _Failure:
    line, hint = (outcome.error.line, outcome.error.hint) if outcome.error else ("", "")
    return _Failure(line=_masked(line, outcome.namespace), hint=_masked(hint, outcome.namespace))


def _masked(text: str, namespace: str) -> str:
    """The text with a namespace's name made general, where it stands by itself."""
    words = (text.replace(f'"{namespace}"', f'"{_SOMEWHERE}"')).split(" ")
    return " ".join(_SOMEWHERE + word[len(namespace) :] if _is_name(word, namespace) else word for word in words)


def _is_name(word: str, namespace: str) -> bool:
    return word.rstrip(".,:;`)") == namespace


def _located(outcome: Outcome) -> str:
    """The error with its namespace, where the server's words do not name it."""
    line = outcome.error.line if outcome.error else ""
    named = outcome.kind is Kind.NAMESPACE or _masked(line, outcome.namespace) != line
    return line if named else f"{line} in namespace {outcome.namespace}"


def _names(namespaces: Sequence[str], *, all_names: bool) -> str:
    shown = namespaces if all_names else namespaces[:NAMES_SHOWN]
    more = len(namespaces) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
