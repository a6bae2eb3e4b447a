"""Removes credentials from texts of responses: webhooks and proxies quote request bodies in their errors."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.json import go_bytes, json_quoted, parsed
from pullsecret.model.images.dockerconfig import config_entries, legacy_entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.images.dockerconfig import RegistryEntry

HIDDEN: Final = "<hidden>"
_SHORTEST: Final = 4  # a shorter password occurs in every text
_RUN = re.compile(r"[A-Za-z0-9+/=_-]{12,}")


def credentials_in(body: bytes | None, authorization: str, *known: str) -> tuple[str, ...]:
    """Every form of every credential in a request: the token, a secret's data, and the passwords and `auth`s in it.

    `known` are more of them. Longest first, so that none is replaced inside another one.
    """
    found = {authorization.partition(" ")[2], *known}
    for value in _data_of(body):
        found |= {value, *_passwords_in(value)}
    return distinguishable(found)


def distinguishable(texts: Iterable[str]) -> tuple[str, ...]:
    """Those that are long enough to be distinguished from other words, each once, the longest first."""
    return tuple(sorted({text for text in texts if len(text) >= _SHORTEST}, key=len, reverse=True))


def without(text: str, credentials: tuple[str, ...]) -> str:
    """The text with the credentials hidden, parts of them included."""
    for credential in credentials:
        text = text.replace(credential, HIDDEN)
    return _RUN.sub(lambda run: HIDDEN if any(run[0] in whole for whole in credentials) else run[0], text)


def _data_of(body: bytes | None) -> list[str]:
    try:
        content = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return []  # a form, whose credentials are known
    data = content.get("data") if isinstance(content, dict) else None
    return [value for value in data.values() if isinstance(value, str)] if isinstance(data, dict) else []


def _passwords_in(value: str) -> set[str]:
    """The passwords of a docker config in base64, or of the legacy .dockercfg: as they are, in JSON, and as `auth`s."""
    found: set[str] = set()
    for entries_of in (config_entries, legacy_entries):
        try:
            entries = [entry for entry in entries_of(parsed(base64.b64decode(value))) if entry.has_password]
        except ValueError:
            continue
        found |= {form for entry in entries for form in forms_of(entry)}
    return found


def forms_of(entry: RegistryEntry) -> tuple[str, ...]:
    """A password as it is, in JSON as Go and as Python write it, and in `auth`."""
    password, pair = entry.password, go_bytes(f"{entry.username}:{entry.password}")
    return password, json_quoted(password)[1:-1], json.dumps(password)[1:-1], base64.b64encode(pair).decode()
