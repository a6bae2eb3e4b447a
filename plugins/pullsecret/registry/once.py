"""One attempt for each host and credential: rejected credentials are not sent again, because that locks accounts."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pullsecret.model.images.verdict import Verdict
    from pullsecret.registry.ping import Contact

_Result = TypeVar("_Result")


class SettledError(Exception):
    """A query has its verdict before its last step."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.text)
        self.verdict = verdict


class Once(Generic[_Result]):
    """One attempt for all threads that need its result: they wait for it, and share its result or its verdict."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: list[_Result] = []
        self._end: SettledError | None = None

    def run(self, attempt: Callable[[], _Result]) -> _Result:
        """Make the first attempt and return its result, or the one it had; raises its SettledError."""
        with self._lock:
            if not self._results and self._end is None:
                self._try(attempt)
            if self._end:
                raise SettledError(self._end.verdict)
            return self._results[0]

    def _try(self, attempt: Callable[[], _Result]) -> None:
        try:
            self._results.append(attempt())
        except SettledError as end:
            self._end = end


class OncePerKey(Generic[_Result]):
    """A `Once` for each key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: defaultdict[Hashable, Once[_Result]] = defaultdict(Once)

    def at(self, *key: Hashable) -> Once[_Result]:
        """The one of this key."""
        with self._lock:
            return self._attempts[key]


class RegistryMemory:
    """What calls share that ask the same registries: whether a host answers, and each login, a rejected one too."""

    def __init__(self) -> None:
        self.hosts: OncePerKey[Contact] = OncePerKey()
        self.logins: OncePerKey[str] = OncePerKey()
