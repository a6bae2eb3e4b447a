"""What the kubelet cannot read in a secret, or reads otherwise than it looks.

Source: kubelet pkg/credentialprovider/config.go; an entry without user name and password still counts as a match, and
then no pull goes without a credential (pkg/kubelet/kuberuntime/kuberuntime_image.go).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Problem
from pullsecret.model.go.base64 import CorruptInputError, decoded_base64
from pullsecret.model.go.json import JsonObject, NotJsonError, folded, go_bytes, parsed
from pullsecret.model.images.dockerconfig import malformed, registries_of
from pullsecret.model.objects.objects import Object, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.images.dockerconfig import RegistryEntry


def content_problems(secret: Object) -> Iterator[Problem]:
    """What is wrong with how a pull secret's data is written."""
    content, document = registries_of(secret), _document(secret)
    if content.malformed:
        yield Problem(code="PS101", message=malformed(content.malformed))
    elif not content.entries:
        yield Problem(code="PS102", message=f"holds no registry{_where_they_are(document)}")
    by_key: dict[str, list[object]] = {}
    for key, value in _pairs(secret, document):
        by_key.setdefault(key, []).append(value)
    for entry in content.entries:
        yield from _incomplete(entry, by_key[entry.server])
    yield from _doubled(by_key)


def keys_in(secret: Object) -> tuple[str, ...]:
    """The server keys as typed, each once; of a malformed secret, too, as far as they can be made out."""
    kind = text_at(secret, "type")
    return _keys_in(kind, text_at(secret, "data", DATA_KEYS.get(kind, "")))


@lru_cache(maxsize=64)
def _keys_in(kind: str, field: str) -> tuple[str, ...]:
    secret: Object = {"type": kind, "data": {DATA_KEYS.get(kind, ""): field}}
    return tuple(dict.fromkeys(key for key, _ in _pairs(secret, _document(secret))))


def _document(secret: Object) -> JsonObject:
    """The data as parsed; an empty object where that fails, for the kubelet's own reading tells why."""
    try:
        document = parsed(decoded_base64(go_bytes(text_at(secret, "data", DATA_KEYS[text_at(secret, "type")]))))
    except (KeyError, CorruptInputError, NotJsonError):
        return JsonObject(pairs=())
    return document if isinstance(document, JsonObject) else JsonObject(pairs=())


def _pairs(secret: Object, document: JsonObject) -> Sequence[tuple[str, object]]:
    """All entries in the order of the file, with those that are overwritten by later ones."""
    if text_at(secret, "type") == "kubernetes.io/dockercfg":
        return document.pairs
    every = [value for name, value in document.pairs if folded(name) == "auths"]
    return [pair for value in every if isinstance(value, JsonObject) for pair in value.pairs]


def _where_they_are(document: JsonObject) -> str:
    if document.last("credsStore") or document.last("credHelpers"):
        return ": its passwords are with a credential helper, which no kubelet asks"
    if document.last("auths") is None and document.pairs:
        return ': there is no "auths" in it'
    return ""


def _incomplete(entry: RegistryEntry, values: Sequence[object]) -> Iterator[Problem]:
    fields = next((value for value in reversed(values) if isinstance(value, JsonObject)), JsonObject(pairs=()))
    has_token = bool(fields.last("identitytoken") or fields.last("registrytoken"))
    where = (entry.server,)
    if has_token and not entry.password:
        said = "the entry holds an identity token and no password: the kubelet knows no such token"
        yield Problem(code="PS103", message=said, registries=where)
    elif not (entry.username or entry.password):
        said = "the entry is empty, and switches off pulls without a credential"
        yield Problem(code="PS103", message=said, registries=where)
    elif not (entry.username and entry.password):
        what = "password" if entry.username else "user name"
        yield Problem(code="PS104", message=f"the entry has no {what}", registries=where)
    elif _is_contradicted(entry, fields):
        said = "`auth` holds another login than the user name and password beside it, and `auth` counts"
        yield Problem(code="PS105", message=said, registries=where)


def _is_contradicted(entry: RegistryEntry, fields: JsonObject) -> bool:
    said = {"username": entry.username, "password": entry.password}
    return bool(fields.last("auth")) and any(
        isinstance(other := fields.last(name), str) and other and other != value for name, value in said.items()
    )


def _doubled(by_key: Mapping[str, Sequence[object]]) -> Iterator[Problem]:
    """Keys that stand there more than once with different content: the last one counts, as in Go's maps."""
    keys = tuple(key for key, found in by_key.items() if any(value != found[0] for value in found))
    if keys:
        yield Problem(code="PS106", message="the key stands there twice, and the last one counts", registries=keys)
