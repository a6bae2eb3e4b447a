"""Calls side by side: each in a thread of its own, and its result where it is needed.

The threads are daemons, so that one that hangs in a request keeps neither the process alive nor Ctrl-C waiting; the
standard library's executors wait for theirs.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")

_POLL: Final = 0.2
"""Seconds after which Ctrl-C is noticed on Windows, where it does not end a wait."""


class Pending(Generic[_Result]):
    """A call whose result is there later."""

    def __init__(self, call: Callable[[], _Result]) -> None:
        self._call, self._ended = call, Event()
        self._results: list[_Result] = []
        self._error: BaseException | None = None

    def result(self) -> _Result:
        """What the call returns, once it has ended; raises what it raises. It may be asked for again."""
        while not self._ended.wait(_POLL):
            pass
        if self._error is not None:
            raise self._error
        return self._results[0]

    def run(self) -> None:
        """Make the call, in whatever thread."""
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001  raised where the result is asked for
            self._error = error
        finally:
            self._ended.set()


def start(call: Callable[[], _Result]) -> Pending[_Result]:
    """Begin a call in a thread of its own."""
    pending = Pending(call)
    Thread(target=pending.run, daemon=True).start()
    return pending


def call_each(call: Callable[[_Argument], _Result], arguments: Iterable[_Argument], *, at_once: int) -> list[_Result]:
    """The results for all arguments, in their order; so many calls are under way at a time.

    The error of the first argument that has one is raised at once; calls that have not begun by then never do.
    """
    calls = [Pending(partial(call, argument)) for argument in arguments]
    todo = deque(calls)

    def work() -> None:
        with suppress(IndexError):
            while True:
                todo.popleft().run()

    try:
        for _ in range(min(at_once, len(calls))):
            Thread(target=work, daemon=True).start()
        return [pending.result() for pending in calls]
    finally:
        todo.clear()
