"""What all services of the stand-in share: refusals, identifiers, dates, and pages."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

from registry.fake_server import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.fake_server import Received

Document: TypeAlias = "dict[str, object]"


class RefusalError(Exception):
    """What a service answers instead of doing what was asked for."""

    def __init__(self, status: int, message: str, code: str = "", *, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.headers = status, message, code, headers

    def reply(self) -> Reply:
        """The answer in IAM's form, which Code Engine has, too."""
        error = {"code": self.code or "error", "message_code": self.code, "message": self.message}
        content = {"status_code": self.status, "errors": [error], "trace": secrets.token_hex(8)}
        return Reply(status=self.status, headers=self.headers, content=content)


def identifier(prefix: str) -> str:
    """A new ID: `ServiceId-...`."""
    return f"{prefix}-{secrets.token_hex(4)}-{secrets.token_hex(2)}-{secrets.token_hex(6)}"


def now_text(**ago: int) -> str:
    """The present date as IAM writes it, or one so long ago: `now_text(days=1)`."""
    return f"{datetime.now(UTC) - timedelta(**ago):%Y-%m-%dT%H:%M+0000}"


def only(received: Received, name: str, default: str = "") -> str:
    """A parameter of the query."""
    return received.query.get(name, [default])[0]


def parts_of(document: Mapping[str, object], name: str) -> list[Document]:
    """The documents in a field that is a list."""
    found = document[name]
    assert isinstance(found, list)
    return found


def page(items: Sequence[Document], received: Received, url: str, name: str) -> Document:
    """One page of a list in the identity services' form; the next one is named by its whole URL."""
    size, start = int(only(received, "pagesize")), int(only(received, "pagetoken", "0"))
    content: Document = {"offset": start, "limit": size, "first": f"{url}{received.path}?pagesize={size}"}
    if start + size < len(items):
        content["next"] = f"{url}{received.path}?pagesize={size}&pagetoken={start + size}"
    return {**content, name: [*items[start : start + size]]}


def page_with_links(items: Sequence[Document], received: Received, url: str, name: str) -> Document:
    """One page of a list in the form of policies and Code Engine."""
    size, start = int(only(received, "limit")), int(only(received, "start", "0"))
    content: Document = {"limit": size, "first": {"href": f"{url}{received.path}?limit={size}"}}
    if start + size < len(items):
        place = str(start + size)
        content["next"] = {"href": f"{url}{received.path}?limit={size}&start={place}", "start": place}
    return {**content, name: [*items[start : start + size]]}


def without_value(document: Mapping[str, object]) -> Document:
    """An API key as everybody but its creator sees it: the value is empty."""
    return {name: value for name, value in document.items() if name != "activity"} | {"apikey": ""}
