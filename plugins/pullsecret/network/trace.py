"""The log of -v: kubectl's levels and format, and never a credential or a body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "iam-apikey"})
_SCHEMES = frozenset({"basic", "bearer"})


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Logs requests: from level 6 a line each, from 7 the request headers, from 8 the response headers.

    Source: client-go transport/round_trippers.go, which masks credentials in the same words.
    """

    verbosity: int
    log: Callable[[Printable], None]

    def request(self, method: str, url: str, headers: Iterable[tuple[str, str]]) -> None:
        """Log a request before it is sent."""
        if self.verbosity >= 7:  # noqa: PLR2004  kubectl's levels
            self.log(Printable(f"{method} {url}"))
            self._headers("Request Headers:", headers)

    def response(self, method: str, url: str, status: str, headers: Iterable[tuple[str, str]], millis: int) -> None:
        """Log a response; `status` is the code with its reason."""
        if self.verbosity >= 6:  # noqa: PLR2004
            self.log(Printable(f"{method} {url} {status} in {millis} milliseconds"))
        if self.verbosity >= 8:  # noqa: PLR2004
            self._headers("Response Headers:", headers)

    def _headers(self, title: str, headers: Iterable[tuple[str, str]]) -> None:
        self.log(Printable(title))
        for name, value in headers:
            self.log(Printable(f"    {name}: {masked(name, value)}"))


def masked(name: str, value: str) -> str:
    """A header's value as it may be shown: `Bearer <masked>`."""
    if name.lower() not in _SECRET_HEADERS:
        return value
    scheme, _, rest = value.partition(" ")
    return f"{scheme} <masked>" if rest and scheme.lower() in _SCHEMES else "<masked>"
