"""The logins of a run with several clusters: each login once, and one credential plugin at a time.

Several plugins at once would prompt together, open browsers, or race for one cache of tokens.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.cluster.login.authentication import Authenticator


class SharedLogins:
    """One authenticator for each login, whichever clusters it is for; `turn` is held while a plugin runs."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._lock = threading.Lock()
        self._known: list[tuple[object, Authenticator]] = []

    def authenticator(self, login: object, make: Callable[[], Authenticator]) -> Authenticator:
        """The authenticator of a login, a value that equals that of the same login; `make` makes the first one."""
        with self._lock:
            for known, authenticator in self._known:
                if known == login:
                    return authenticator
            made = make()
            self._known.append((login, made))
            return made
