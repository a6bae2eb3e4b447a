"""One suggested command instead of several that differ in their namespaces only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.request.suggested_command import Call, Flag, Program, SuggestedCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.request.suggested_command import Word

_PLACES: Final = {"copy": "--to", "detach": "-n"}
"""The flag that takes the namespaces, by the command; one that prompts would give all namespaces the same password."""

_RECREATE: Final = Flag("--recreate")
"""No difference between two commands: it changes nothing of a secret that can be updated."""


def joined(commands: Sequence[SuggestedCommand]) -> SuggestedCommand | None:
    """One command that does what all of these do; None where there is none."""
    if len({len(item.pipelines) for item in commands}) != 1:
        return None
    pipelines = [_joined(equal) for equal in zip(*(item.pipelines for item in commands), strict=True)]
    found = tuple(pipeline for pipeline in pipelines if pipeline is not None)
    return SuggestedCommand(pipelines=found) if len(found) == len(pipelines) else None


def _joined(pipelines: Sequence[tuple[Call, ...]]) -> tuple[Call, ...] | None:
    first, *others = pipelines
    if all(pipeline == first for pipeline in others):
        return first
    calls = [pipeline[0] for pipeline in pipelines if len(pipeline) == 1]
    flag = _PLACES.get(str(first[0].words[0]), "")
    is_alike = len({(call.program, _without_place(call.words, flag)) for call in calls}) == 1
    if not flag or len(calls) < len(pipelines) or not is_alike or first[0].program is not Program.PULLSECRET:
        return None
    words = (*_without_place(first[0].words, flag), Flag(flag, ",".join(_places(calls, flag))))
    is_recreating = any(_RECREATE in call.words for call in calls)
    return (Call(Program.PULLSECRET, (*words, *((_RECREATE,) if is_recreating else ()))),)


def _without_place(words: Sequence[Word], flag: str) -> tuple[Word, ...]:
    return tuple(word for word in words if not _is_place(word, flag) and word != _RECREATE)


def _places(calls: Sequence[Call], flag: str) -> dict[str, None]:
    """The namespaces of all calls, each once."""
    found = (word for call in calls for word in call.words if isinstance(word, Flag) and word.name == flag)
    return dict.fromkeys(word.value or "" for word in found)


def _is_place(word: Word, flag: str) -> bool:
    return isinstance(word, Flag) and word.name == flag
