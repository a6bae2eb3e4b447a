"""Pull secrets in a file that is still to be used: a `.dockerconfigjson`, or manifests for `kubectl apply -f`."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from pullsecret.credentials.bounded_read import read_bounded
from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, built

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STDIN = "/dev/stdin"


def read_secrets(file: str) -> tuple[Object, ...]:
    """The pull secrets of a file (`-`: standard input): those of its manifests, or one made of a login file's bytes.

    A manifest's `stringData` counts as the server counts it, over `data`. A login file's secret has no name.

    Raises CredentialError when the file cannot be read, or has manifests and no pull secret among them.
    """
    data = read_bounded(STDIN if file == "-" else file)
    objects = _objects(data)
    if not objects:
        return (built("", data),)
    secrets = [_with_data(item) for item in objects if item.get("type") in DATA_KEYS]
    if not secrets:
        raise CredentialError(
            f"{printable(file)} has no pull secret: none of its objects is of type {', '.join(DATA_KEYS)}"
        )
    return tuple(secrets)


def _objects(data: bytes) -> tuple[Object, ...]:
    """The Kubernetes objects of a file, lists taken apart; none for a login file, which has no `kind`."""
    documents = [item for item in _documents(data) if isinstance(item, dict) and isinstance(item.get("kind"), str)]
    return tuple(item for document in documents for item in (mappings_at(document, "items") or (document,)))


def _documents(data: bytes) -> Sequence[object]:
    try:
        return [json.loads(data)]
    except (ValueError, RecursionError):
        if b"kind:" not in data:
            return []
    import yaml

    try:
        return list(yaml.safe_load_all(data))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []


def _with_data(secret: Object) -> Object:
    plain: Mapping[str, object] = mapping_at(secret, "stringData")
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in plain.items() if isinstance(text, str)}
    return {"kind": Kind.SECRET.title, **secret, "data": {**mapping_at(secret, "data"), **encoded}}
