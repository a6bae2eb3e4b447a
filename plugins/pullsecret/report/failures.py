"""What failed and what was skipped: each problem once, with its namespaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_FEW = 3
"""Up to this many equal failures are reported one by one, in the server's own words."""

_NAMES_SHOWN = 10
"""A line lists this many namespaces and counts the rest, unless all names are requested."""

_SOMEWHERE = "..."


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """A failure without its namespace, so that equal ones can be counted."""

    line: str
    hint: str


def failure_lines(
    ended: Iterable[Outcome], *, all_names: bool, located: Callable[[str], str] = str
) -> Iterator[Printable]:
    """The failures, equal ones combined: `error: 412 namespaces: Error from server (Forbidden): ...`.

    Args:
        ended: the outcomes of the changes.
        all_names: list every namespace of a group.
        located: adds the context to a line, where there are several.
    """
    groups: dict[_Failure, list[Outcome]] = {}
    for outcome in ended:
        if outcome.error is not None:
            groups.setdefault(_without_namespace(outcome), []).append(outcome)
    for failure, outcomes in groups.items():
        if len(outcomes) <= _FEW:
            yield from (Printable(located(_located(outcome))) for outcome in outcomes)
        else:
            namespaces = tuple(dict.fromkeys(outcome.namespace for outcome in outcomes))
            yield Printable(located(f"error: {len(namespaces)} namespaces: {failure.line.removeprefix('error: ')}"))
            yield Printable.of("  ", _names(namespaces, all_names=all_names))
        if failure.hint:
            yield Printable(failure.hint if len(outcomes) > 1 else _hint(outcomes[0]))


def unfinished_lines(
    ended: Sequence[Outcome], *, all_names: bool, located: Callable[[str], str] = str
) -> Iterator[Printable]:
    """What was skipped, after an interruption or because a change before it failed, and what has an unknown result."""
    groups: dict[tuple[str, Done], list[str]] = {}
    for outcome in ended:
        if outcome.done in (Done.SKIPPED, Done.UNKNOWN):
            groups.setdefault((f"{outcome.kind.word}/{outcome.name}", outcome.done), []).append(outcome.namespace)
    for (what, done), namespaces in groups.items():
        place = f"{what} in namespace{'s' if len(namespaces) > 1 else ''} "
        names = _names(namespaces, all_names=all_names)
        if done is Done.SKIPPED:
            yield Printable.of("note: skipped ", place, names, located(""))
        else:
            yield Printable.of("warning: ", place, names, located(""), ": result unknown")
    yield from (Printable(located(f"warning: {outcome.note}")) for outcome in ended if outcome.note)


def _without_namespace(outcome: Outcome) -> _Failure:
    line = outcome.error.line if outcome.error else ""
    return _Failure(line=_masked(line, outcome.namespace), hint=_masked(_hint(outcome), outcome.namespace))


def _hint(outcome: Outcome) -> str:
    return outcome.error.hint if outcome.error else ""


def _masked(text: str, namespace: str) -> str:
    """The text with a placeholder for the namespace's name, where it is a word of its own."""
    words = (text.replace(f'"{namespace}"', f'"{_SOMEWHERE}"')).split(" ")
    return " ".join(_SOMEWHERE + word[len(namespace) :] if _is_name(word, namespace) else word for word in words)


def _is_name(word: str, namespace: str) -> bool:
    return word.rstrip(".,:;`)") == namespace


def _located(outcome: Outcome) -> str:
    """The error with its namespace, if the server's text does not contain it."""
    line = outcome.error.line if outcome.error else ""
    named = outcome.kind is Kind.NAMESPACE or _masked(line, outcome.namespace) != line
    return line if named else f"{line} in namespace {outcome.namespace}"


def _names(namespaces: Sequence[str], *, all_names: bool) -> Printable:
    shown = namespaces if all_names else namespaces[:_NAMES_SHOWN]
    more = len(namespaces) - len(shown)
    return Printable.of(Printable.listed(shown), f" and {more} more" if more else "")
