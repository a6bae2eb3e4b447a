"""Removes credentials from texts of responses: webhooks and proxies quote request bodies in their errors."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.json import go_bytes, json_quoted, parsed
from pullsecret.model.images.dockerconfig import config_entries, legacy_entries

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.images.dockerconfig import RegistryEntry

HIDDEN: Final = "<hidden>"
_SHORTEST: Final = 4  # a shorter password occurs in every text
_PIECE: Final = 12  # so many characters in common are no accident
_PROBE: Final = _PIECE // 2
_FEW_PROBES: Final = 64
_LONGEST: Final = 8_000


def credentials_in(body: bytes | None, authorization: str, *known: str) -> tuple[str, ...]:
    """Every form of every credential in a request: the token, a secret's data, and the passwords and `auth`s in it.

    `known` are more of them. Longest first, so that none is replaced inside another one.
    """
    found = {authorization.partition(" ")[2], *known}
    for value in _data_of(body):
        found |= {value, *_passwords_in(value)}
    return distinguishable(found)


def issued_credentials(body: bytes) -> tuple[str, ...]:
    """The token in the response to a TokenRequest, and its parts; none of another response."""
    try:
        status = json.loads(body).get("status")
    except (ValueError, RecursionError, AttributeError):
        return ()
    token = status.get("token") if isinstance(status, dict) else None
    return distinguishable((token, *token.split("."))) if isinstance(token, str) else ()


def distinguishable(texts: Iterable[str]) -> tuple[str, ...]:
    """Those that are long enough to be distinguished from other words, each once, the longest first."""
    return tuple(sorted({text for text in texts if len(text) >= _SHORTEST}, key=len, reverse=True))


def without(text: str, credentials: tuple[str, ...]) -> str:
    """The text with the credentials hidden, and with them every piece of 12 characters, in upper or lower case.

    Whatever is around a piece does not matter: `b64=PIECE`, `"PIECE"`, `x-PIECE`.
    """
    for credential in credentials:
        text = text.replace(credential, HIDDEN)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}..."
    for credential in credentials:
        if len(credential) >= _PIECE:
            text = _without_pieces(text, _same_length_lower(credential))
    return text


def _without_pieces(text: str, whole: str) -> str:
    lowered = _same_length_lower(text)
    probes = {lowered[at : at + _PROBE] for at in range(0, len(text) - _PROBE + 1, _PROBE)}
    if len(probes) <= _FEW_PROBES:
        found = {probe for probe in probes if probe in whole}
    else:
        found = probes & {whole[at : at + _PROBE] for at in range(len(whole) - _PROBE + 1)}
    kept: list[str] = []
    end = 0
    for at in range(0, len(text) - _PROBE + 1, _PROBE) if found else ():
        if at >= end and lowered[at : at + _PROBE] in found:
            start, stop = _piece_around(at, lowered, whole, end)
            if stop:
                kept += [text[end:start], HIDDEN]
                end = stop
    return "".join((*kept, text[end:]))


def _piece_around(at: int, lowered: str, whole: str, earliest: int) -> tuple[int, int]:
    """Where a piece that overlaps a probe begins and ends; (0, 0) if the probe is all that is in common."""
    for start in range(max(earliest, at - _PROBE), at + 1):
        place = whole.find(lowered[start : start + _PIECE])
        if place >= 0 and start + _PIECE <= len(lowered):
            stop = start + _PIECE
            while stop < len(lowered) and whole[place + stop - start : place + stop - start + 1] == lowered[stop]:
                stop += 1
            return start, stop
    return 0, 0


def _same_length_lower(text: str) -> str:
    """In lower case, each character one character still."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(char.lower()[:1] for char in text)


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
    try:
        document = parsed(base64.b64decode(value))
    except ValueError:
        return found
    for entries_of in (config_entries, legacy_entries):
        try:
            entries = [entry for entry in entries_of(document) if entry.has_password]
        except ValueError:
            continue
        found |= {form for entry in entries for form in forms_of(entry)}
    return found


def without_passwords(text: str, entries: Iterable[RegistryEntry]) -> str:
    """A text of a server that others sent these entries to, with their passwords hidden."""
    return without(text, distinguishable(form for entry in entries if entry.has_password for form in forms_of(entry)))


def forms_of(entry: RegistryEntry) -> tuple[str, ...]:
    """A password as it is, in JSON as Go and as Python write it, and in `auth`."""
    password, pair = entry.password, go_bytes(f"{entry.username}:{entry.password}")
    return password, json_quoted(password)[1:-1], json.dumps(password)[1:-1], base64.b64encode(pair).decode()
