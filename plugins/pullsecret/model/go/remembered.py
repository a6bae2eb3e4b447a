"""Results that are kept because they are needed again, within limits: what a tenant wrote may be 1 MiB long."""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Final, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

_ALL: Final = 2 << 20
"""Characters of all arguments whose results are kept; results are some ten times as large."""

_SHORT: Final = 1 << 10


class Remembered(Generic[_Arguments, _Result]):
    """A function that keeps its latest results: at least one, and more as long as the arguments are not too long."""

    def __init__(self, function: Callable[_Arguments, _Result]) -> None:
        self._function = function
        self._kept: dict[tuple[Hashable, ...], tuple[_Result, int]] = {}
        self._length = 0

    def __call__(self, *args: _Arguments.args, **named: _Arguments.kwargs) -> _Result:
        """The function's result for these arguments."""
        key = (*args, *named.items())
        kept = self._kept.pop(key, None)
        if kept is None:
            kept = self._function(*args, **named), _length_of(key)
            self._length += kept[1]
        self._kept[key] = kept
        while self._length > _ALL and len(self._kept) > 1:
            self._length -= self._kept.pop(next(iter(self._kept)))[1]
        return kept[0]


def _length_of(argument: object) -> int:
    if isinstance(argument, tuple):
        return sum(map(_length_of, argument)) + 100 * len(argument)
    return len(argument) if isinstance(argument, str) else 0


def remembered_if_short(maxsize: int) -> Callable[[Callable[[str], _Result]], Callable[[str], _Result]]:
    """A decorator that keeps the results for texts as long as names are, and computes longer ones each time."""

    def decorate(function: Callable[[str], _Result]) -> Callable[[str], _Result]:
        kept = lru_cache(maxsize)(function)

        @wraps(function)
        def answer(text: str) -> _Result:
            return kept(text) if len(text) <= _SHORT else function(text)

        return answer

    return decorate
