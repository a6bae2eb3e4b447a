"""A login file as docker and podman write it: the entries that a cluster can use, and why it cannot use the others.

The kubelet supports usernames and passwords only. What docker stores elsewhere (credential stores) or as tokens does
not work in a pull secret, and an entry without a password even disables anonymous pulls.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.go.json import JsonObject, NotJsonError, parsed
from pullsecret.model.images.dockerconfig import RegistryEntry, config_entries, display_name, legacy_entries
from pullsecret.model.objects.objects import text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.objects.objects import Object

IDENTITY_MARK = "<token>"
"""The username with which docker marks a password as an identity token."""


class UnusableFileError(ValueError):
    """The file is not a login file; the message continues after the file's name."""


@dataclass(frozen=True, kw_only=True)
class StoredEntry:
    """An entry of the file; `problem` says why a cluster cannot use it, or is ""."""

    entry: RegistryEntry
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfigFile:
    """A login file: its entries by server key, and the credential helpers with the passwords that are not in it.

    `store` is the suffix of docker-credential-SUFFIX for all servers or "", `helpers` the same by server.
    """

    entries: Mapping[str, StoredEntry] = field(default_factory=dict)
    store: str = ""
    helpers: Mapping[str, str] = field(default_factory=dict)


def config_file(data: bytes) -> ConfigFile:
    """The content of a file; raises UnusableFileError with a reason that does not quote the file."""
    return _config_in(_document(data))


def _config_in(document: JsonObject) -> ConfigFile:
    auths = document.last("auths")
    if auths is None and is_legacy(document):
        return ConfigFile(entries={key: stored_entry(key, entry, legacy=True) for key, entry in document.pairs})
    if auths is not None and not isinstance(auths, JsonObject):
        raise UnusableFileError('"auths" is not a JSON object')
    store, helpers = document.last("credsStore"), document.last("credHelpers")
    return ConfigFile(
        entries={key: stored_entry(key, entry) for key, entry in dict(auths.pairs if auths else ()).items()},
        store=store if isinstance(store, str) else "",
        helpers=dict(_texts(helpers)) if isinstance(helpers, JsonObject) else {},
    )


def problems_of(data: bytes) -> tuple[str, ...]:
    """Why bytes cannot be used as a `.dockerconfigjson`, one reason each; () if they can."""
    try:
        document = _document(data)
        file = _config_in(document)
    except UnusableFileError as error:
        return (str(error),)
    if document.last("auths") is None and is_legacy(document):
        return ('is in the legacy .dockercfg format; wrap it in {"auths": ...}',)
    has_passwords = any(entry.entry.has_password for entry in file.entries.values())
    if not file.entries or (_stores(file) and not has_passwords):
        return (_emptiness(file),)
    return tuple(entry.problem for entry in file.entries.values() if entry.problem) or _refusal(document)


def with_auths(data: bytes) -> bytes:
    """The same entries as a `.dockerconfigjson`, whose `auths` has what is the whole of the legacy `.dockercfg`."""
    try:
        document = _document(data)
    except UnusableFileError:
        return data
    return b'{"auths":' + data + b"}" if document.last("auths") is None and is_legacy(document) else data


def identity_tokens(secret: Object) -> dict[str, str]:
    """The identity tokens in a pull secret by server key: docker writes them, and the kubelet ignores them."""
    try:
        document = _document(base64.b64decode(text_at(secret, "data", DATA_KEYS[DOCKER_CONFIG_JSON])))
    except (UnusableFileError, ValueError):
        return {}
    auths = document.last("auths")
    entries = auths.pairs if isinstance(auths, JsonObject) else ()
    found = ((server, entry.last("identitytoken")) for server, entry in entries if isinstance(entry, JsonObject))
    return {server: token for server, token in found if isinstance(token, str) and token}


def _refusal(document: JsonObject) -> tuple[str, ...]:
    """The kubelet's error for a file whose entries are valid one by one."""
    try:
        config_entries(document)
    except ValueError as error:
        return (str(error),)
    return ()


def _emptiness(file: ConfigFile) -> str:
    if not (stores := _stores(file)):
        return 'has no registry entries ("auths" is missing or empty)'
    return f"has no passwords: they are stored by docker-credential-{', '.join(stores)}; use --from-docker-config"


def _stores(file: ConfigFile) -> list[str]:
    """The suffixes of the credential helpers that store passwords for this file."""
    return sorted({file.store, *file.helpers.values()} - {""})


def _document(data: bytes) -> JsonObject:
    try:
        document = parsed(data)
    except NotJsonError as error:
        raise UnusableFileError(f"is not JSON ({error.place})" if data.strip() else "is empty") from None
    if not isinstance(document, JsonObject):
        raise UnusableFileError("is not a JSON object")
    return document


def is_legacy(document: JsonObject) -> bool:
    """Whether an object without `auths` looks like a `.dockercfg`: a map of registries, each with credentials."""
    return bool(document.pairs) and all(
        isinstance(entry, JsonObject) and any(entry.last(name) for name in ("auth", "username"))
        for _, entry in document.pairs
    )


def _texts(document: JsonObject) -> list[tuple[str, str]]:
    return [(name, value) for name, value in document.pairs if isinstance(value, str)]


def stored_entry(server: str, written: object, *, legacy: bool = False) -> StoredEntry:
    """One entry of a file as the kubelet reads it, with the reason if a cluster cannot use it."""
    one = JsonObject(pairs=((server, written),))
    try:
        entry = (legacy_entries(one) if legacy else config_entries(JsonObject(pairs=(("auths", one),))))[0]
    except ValueError as error:
        nothing = RegistryEntry(server=server, username="", password="")
        return StoredEntry(entry=nothing, problem=f"{display_name(server)}: {error}")
    has_token = isinstance(written, JsonObject) and bool(written.last("identitytoken") or written.last("registrytoken"))
    return with_problem(entry, has_token=has_token)


def with_problem(entry: RegistryEntry, *, has_token: bool = False) -> StoredEntry:
    """The entry with the reason why a cluster cannot use it, if any: a token, no password, or no username."""
    if entry.username == IDENTITY_MARK or (has_token and not entry.password):
        problem = "uses an identity token, which the kubelet does not support"
    elif not entry.password:
        problem = "has no password"
    elif not entry.username:
        problem = "has no username"
    else:
        return StoredEntry(entry=entry)
    return StoredEntry(entry=entry, problem=f"{display_name(entry.server)}: {problem}; {_REMEDY}")


_REMEDY = "log in again with a password or API key, or use --username and --password-stdin"
