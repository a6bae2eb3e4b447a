"""What goes to a registry and what comes back, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.network.go_text import plain
from pullsecret.network.redaction import without

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request; `secrets` are the credentials in it, in every form in which an answer might quote them.

    `is_redirected`: it goes where an answer pointed, so it carries no credential.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    is_redirected: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def shown_url(self) -> str:
        """The URL for the log: where a redirect leads to, its query may be a signature, as good as a password."""
        return without_query(self.url) if self.is_redirected else self.url


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer; its texts show none of the request's credentials, its body is as it came."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def said(self, text: str) -> str:
        """A text of the answer as it may be shown: nothing that steers a terminal, and no credential."""
        return without(plain(text), self.secrets)

    @property
    def status_line(self) -> str:
        """`401 Unauthorized`."""
        return self.said(f"{self.status} {self.reason}".rstrip())


def without_query(url: str) -> str:
    """A URL as far as its path."""
    return url.partition("#")[0].partition("?")[0]
