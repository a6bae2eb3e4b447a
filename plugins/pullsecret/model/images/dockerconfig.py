"""The data of a pull secret: written as kubectl writes it, read as the kubelet reads it.

Written: `.dockerconfigjson`, byte for byte (kubectl: pkg/cmd/create/create_secret_docker.go).
Read: `.dockerconfigjson` and the legacy `.dockercfg`, with the kubelet's own error messages
(kubelet: pkg/credentialprovider/config.go and secrets/secrets.go).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.go.base64 import CorruptInputError, decoded_base64
from pullsecret.model.go.json import JsonNumber, JsonObject, NotJsonError, folded, go_bytes, json_quoted, parsed
from pullsecret.model.go.printable import printable
from pullsecret.model.go.remembered import Remembered
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import looks_like_a_credential
from pullsecret.model.objects.objects import Object, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class RegistryEntry:
    """A username and a password for one server key, which stays as typed: `us.icr.io`, `https://index.docker.io/v1/`."""

    server: str
    username: str
    password: str = field(repr=False)
    email: str = ""

    @property
    def has_password(self) -> bool:
        """Whether there is anything to send: an entry without a password only disables anonymous pulls."""
        return bool(self.password)

    @property
    def shown_username(self) -> str:
        """The username as a message repeats it: hidden where it is the password, or looks like a token."""
        return "<hidden>" if self.username != self.open_username else printable(self.username)

    @property
    def open_username(self) -> str:
        """The username as a command repeats it: "" where it is the password, or looks like a token."""
        is_secret = self.username == self.password or looks_like_a_credential(self.username)
        return "" if is_secret else self.username


@dataclass(frozen=True, kw_only=True)
class Registries:
    """What the kubelet finds in a pull secret.

    `malformed` is why it rejects the secret, and with it every image of the pod, or ""; there are no entries then.
    """

    entries: tuple[RegistryEntry, ...] = ()
    malformed: str = ""

    @cached_property
    def servers(self) -> tuple[str, ...]:
        """The server key of each entry."""
        return tuple(entry.server for entry in self.entries)


def encoded(entries: Iterable[RegistryEntry]) -> bytes:
    """`.dockerconfigjson` for the entries, sorted by server key as Go sorts a map; the last of one key wins."""
    by_server = {entry.server: entry for entry in entries}
    servers = sorted(by_server, key=go_bytes)
    texts = ",".join(f"{json_quoted(server)}:{entry_text(by_server[server])}" for server in servers)
    return f'{{"auths":{{{texts}}}}}'.encode()


def entry_text(entry: RegistryEntry) -> str:
    """The JSON object of one entry, as kubectl writes it."""
    auth = base64.b64encode(go_bytes(f"{entry.username}:{entry.password}")).decode()
    fields = {"username": entry.username, "password": entry.password, "email": entry.email, "auth": auth}
    return "{" + ",".join(f'"{name}":{json_quoted(value)}' for name, value in fields.items() if value) + "}"


def registries_of(secret: Object) -> Registries:
    """The entries of a Secret object as the kubelet reads them, in the order of the file.

    A secret of another type, or without its key, has none: the kubelet silently ignores it.
    """
    key = DATA_KEYS.get(text_at(secret, "type"), "")
    return _decoded(key, text_at(secret, "data", key)) if key else Registries()


@Remembered
def _decoded(key: str, field: str) -> Registries:
    """The same for the base64 text of a data key; a thousand equal copies are parsed once."""
    try:
        return Registries(entries=_entries_of(key, field))
    except (_MalformedError, CorruptInputError, NotJsonError) as error:
        return Registries(malformed=str(error))


def display_name(server: str) -> str:
    """A server key for display, without what is before an @, because that may be a password."""
    return index_key(server) or server.rpartition("@")[2]


class _MalformedError(ValueError):
    """The kubelet's JSON decoder rejects the secret; the message is the kubelet's."""


def _entries_of(key: str, field: str) -> tuple[RegistryEntry, ...]:
    data = decoded_base64(go_bytes(field))
    if not data:
        return ()
    return config_entries(parsed(data)) if key == DATA_KEYS[DOCKER_CONFIG_JSON] else legacy_entries(parsed(data))


def config_entries(document: object) -> tuple[RegistryEntry, ...]:
    """The entries of a parsed `.dockerconfigjson`; raises ValueError in the kubelet's words (DockerConfigJSON).

    Repeated `auths` add up, a null empties them, and an entry's own failure comes before one about a type.
    """
    if document is None:
        return ()
    if not isinstance(document, JsonObject):
        raise _mismatch(document, "value of type credentialprovider.DockerConfigJSON")
    found: dict[str, RegistryEntry] = {}
    problems: list[_MalformedError] = []
    for name, value in document.pairs:
        if folded(name) == "auths":
            _add_auths(found, value, problems)
        elif folded(name) == "httpheaders":
            problems += _header_problems(value)
    if problems:
        raise problems[0]
    return tuple(found.values())


def _add_auths(found: dict[str, RegistryEntry], value: object, problems: list[_MalformedError]) -> None:
    if value is None:
        found.clear()
    elif isinstance(value, JsonObject):
        found.update((server, _entry(server, written, "DockerConfigJSON.auths")) for server, written in value.pairs)
    else:
        problems.append(_mismatch(value, "struct field DockerConfigJSON.auths of type credentialprovider.DockerConfig"))


def _header_problems(value: object) -> list[_MalformedError]:
    place = "struct field DockerConfigJSON.HttpHeaders of type"
    if isinstance(value, JsonObject):
        wrong = [inner for _, inner in value.pairs if inner is not None and not isinstance(inner, str)]
        return [_mismatch(inner, f"{place} string") for inner in wrong]
    return [] if value is None else [_mismatch(value, f"{place} map[string]string")]


def legacy_entries(document: object) -> tuple[RegistryEntry, ...]:
    """The entries of a parsed `.dockercfg`, a map without `auths`; raises ValueError in the kubelet's words."""
    if document is None:
        return ()
    if not isinstance(document, JsonObject):
        raise _mismatch(document, "value of type credentialprovider.DockerConfig")
    found = {server: _entry(server, written, "") for server, written in document.pairs}
    return tuple(found.values())


def _entry(server: str, written: object, path: str) -> RegistryEntry:
    """One entry; `auth` takes precedence over username and password, and a null is an empty entry."""
    if written is not None and not isinstance(written, JsonObject):
        place = f"struct field {path} of" if path else "value of"
        raise _mismatch(written, f"{place} type credentialprovider.dockerConfigEntryWithAuth")
    fields = _fields(written, path) if written else {}
    username, password = fields.get("username", ""), fields.get("password", "")
    if fields.get("auth"):
        username, password = user_and_password(fields["auth"])
    return RegistryEntry(server=server, username=username, password=password, email=fields.get("email", ""))


def _fields(entry: JsonObject, path: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    problem: _MalformedError | None = None
    for name, value in entry.pairs:
        known = folded(name)
        if known not in {"username", "password", "email", "auth"} or value is None:
            continue
        if isinstance(value, str):
            fields[known] = value
        else:
            holder = f"{path}.{known}" if path else f"dockerConfigEntryWithAuth.{known}"
            problem = problem or _mismatch(value, f"struct field {holder} of type string")
    if problem:
        raise problem
    return fields


def user_and_password(auth: str) -> tuple[str, str]:
    """The username and password in an `auth` field; raises ValueError in the kubelet's words."""
    username, colon, password = decoded_base64(go_bytes(auth)).partition(b":")
    if not colon:
        raise _MalformedError("unable to parse auth field, must be formatted as base64(username:password)")
    return _bytes_text(username), _bytes_text(password)


def _bytes_text(data: bytes) -> str:
    """Text that encodes to the same bytes: the kubelet sends a password that is not UTF-8 unchanged."""
    return data.decode("utf-8", "surrogateescape")


_WORDS = {JsonObject: "object", list: "array", str: "string", bool: "bool", JsonNumber: "number"}


def _mismatch(value: object, place: str) -> _MalformedError:
    return _MalformedError(f"json: cannot unmarshal {_WORDS[type(value)]} into Go {place}")


def malformed(reason: str) -> str:
    """The message for a secret that the kubelet rejects for this reason."""
    return f"is malformed ({reason}): pods that reference it cannot pull any image"
