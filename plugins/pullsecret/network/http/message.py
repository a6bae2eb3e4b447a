"""What goes to a server and what comes back, as plain values; and the one failure for a response that never came."""

from __future__ import annotations

import json
import platform
import re
import sys
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from pullsecret import __version__
from pullsecret.network.go_text import plain
from pullsecret.network.redaction import credentials_in, without

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.network.address import Zone


MAX_BODY: Final = 64 << 20
"""The bytes of a body, decompressed, that a response may have unless its request says otherwise."""

_UNESCAPED: Final = "!#$%&'()*+,/:;=?@[]~"  # what is not escaped again in a URL from elsewhere


def _is_any(_: Response) -> bool:
    """Accept every response."""
    return True


@dataclass(frozen=True, kw_only=True)
class Request:
    """An HTTP request: `origin` is scheme and host, `target` path and query, percent-encoded.

    `secrets` are credentials that no text of the response may show, in addition to those in `Authorization` and in a
    secret's data. `is_answered_by` tells whether a response can belong to this request: the connection that brought
    another one is closed. `zones` are the internal networks that the server may be in; None for any. A response whose
    body is longer than `max_body` is a failure, or with `cuts_body` just the beginning of it.
    """

    method: str
    origin: str
    target: str
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    is_answered_by: Callable[[Response], bool] = field(default=_is_any, repr=False)
    zones: frozenset[Zone] | None = None
    max_body: int = MAX_BODY
    cuts_body: bool = False

    @property
    def url(self) -> str:
        """The whole URL."""
        return f"{self.origin}{self.target}"

    def credentials(self) -> tuple[str, ...]:
        """Every form of every credential in the request, the longest first."""
        authorization = next((value for name, value in self.headers if name == "Authorization"), "")
        return credentials_in(self.body, authorization, *self.secrets)


def origin_and_target(url: str) -> tuple[str, str]:
    """A URL in the two parts that a Request has; a name and password in it are dropped."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", quote(target, safe=_UNESCAPED)


@dataclass(frozen=True, kw_only=True)
class Response:
    """An HTTP response; `credentials` are those of its request, which no text of it may show.

    The body is as the server sent it, decompressed.
    """

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    credentials: tuple[str, ...] = field(default=(), repr=False)

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a header."""
        wanted = name.lower()
        return tuple([value for known, value in self.headers if known.lower() == wanted])

    def value(self, name: str) -> str:
        """A header's first value; empty when absent."""
        wanted = name.lower()
        for known, value in self.headers:
            if known.lower() == wanted:
                return value
        return ""

    @property
    def json_object(self) -> dict[str, object] | None:
        """The JSON object in the body; None for anything else."""
        known = self.__dict__  # cached_property has one lock for all responses, in Python 3.11
        if "parsed" not in known:
            known["parsed"] = self._parsed_body()
        parsed: dict[str, object] | None = known["parsed"]
        return parsed

    def _parsed_body(self) -> dict[str, object] | None:
        try:
            content: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return content if isinstance(content, dict) else None

    @property
    def status_line(self) -> str:
        """`401 Unauthorized`."""
        return self.redacted_text(f"{self.status} {self.reason}".rstrip())

    def redacted(self, credentials: tuple[str, ...]) -> Response:
        """The same response without these credentials of its request in status line and headers."""
        headers = tuple((name, without(value, credentials)) for name, value in self.headers)
        return replace(self, reason=without(self.reason, credentials), headers=headers, credentials=credentials)

    def redacted_text(self, text: str) -> str:
        """A text of the response that may be shown: no control characters and no credential."""
        return without(plain(text), self.credentials)


class NoAnswerError(Exception):
    """There is no response to a request, or none that belongs to it.

    `sent` tells whether the server may have acted on the request, `reason` is what the system or OpenSSL reported.
    """

    def __init__(
        self, *, sent: bool, timed_out: bool = False, too_large: bool = False, reason: OSError | None = None
    ) -> None:
        super().__init__("no answer")
        self.sent, self.timed_out, self.too_large, self.reason = sent, timed_out, too_large, reason


class ProtocolError(Exception):
    """What the server sent, or what was to be sent, is not HTTP/1.1."""


class ResponseTooLargeError(ProtocolError):
    """The body is longer than the request allows."""


@lru_cache(maxsize=64)
def host_header(origin: str) -> str:
    """HOST or HOST:PORT as in the URL, without an address's zone (Go: net/http/request.go, cleanHost)."""
    host = re.sub(r"%[^\]]*(?=\])", "", origin.partition("://")[2]).removesuffix(":")
    return host if host.isascii() else host.encode("idna").decode()


_SYSTEMS = {"win32": "windows", "cygwin": "windows"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i686": "386"}


def _user_agent() -> str:
    """Program, version and system in Go's words (client-go: rest/config.go, DefaultKubernetesUserAgent)."""
    system, machine = sys.platform, platform.machine().lower()
    return f"kubectl-pullsecret/{__version__} ({_SYSTEMS.get(system, system)}/{_MACHINES.get(machine, machine)})"


USER_AGENT: Final = _user_agent()
