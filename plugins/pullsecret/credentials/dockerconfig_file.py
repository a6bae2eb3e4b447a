"""Files with pull secrets: a login file as docker and podman write it, or manifests for `kubectl apply -f`.

The one reader for `create --from-file`, `create --from-docker-config` and `check --from-file`. A `-` is standard input.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from pullsecret.credentials.bounded_read import read_bounded, source_name
from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import Printable
from pullsecret.model.images.login_file import ConfigFile, UnusableFileError, config_file, problems_of, with_auths
from pullsecret.model.objects.objects import Object, mappings_at, name_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, built
from pullsecret.model.objects.string_data import with_string_data

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY_PREFIX = ".dockerconfigjson="


def read_login_file(path: str) -> ConfigFile:
    """Read the entries of a login file, and where the passwords are that it does not contain.

    Raises CredentialError if it cannot be read or is not a login file.
    """
    try:
        return config_file(read_bounded(path))
    except UnusableFileError as error:
        raise CredentialError(f"{source_name(path)}: {error}") from None


def read_dockerconfigjson(file: str) -> bytes:
    """Read the `.dockerconfigjson` for a new secret: a login file, byte for byte, or the data of a manifest's secret.

    What is in the legacy `.dockercfg` format is put under `auths`.
    `.dockerconfigjson=FILE`, which kubectl also accepts, is FILE.

    Raises CredentialError, with a line for each registry, if a cluster cannot use the content.
    """
    path = file.removeprefix(_KEY_PREFIX)
    data = read_bounded(path)
    if objects := _objects(data):
        data = _only_data(_pull_secrets(objects, path), path)
    data = with_auths(data)
    if problems := problems_of(data):
        lines = [Printable(f"{source_name(path)}: {problem}") for problem in problems]
        raise CredentialError("\n".join(lines)).as_block()
    return data


def read_secrets(path: str) -> tuple[Object, ...]:
    """Read the pull secrets of a file: those of its manifests, or one without a name for a login file.

    Raises CredentialError if the file cannot be read, or has manifests and no pull secret among them.
    """
    data = read_bounded(path)
    objects = _objects(data)
    return _pull_secrets(objects, path) if objects else (built("", data),)


def _only_data(secrets: tuple[Object, ...], path: str) -> bytes:
    """The data of the file's one pull secret."""
    if len(secrets) > 1:
        names = ", ".join(name_of(secret) for secret in secrets)
        raise CredentialError(f"{source_name(path)} has {len(secrets)} pull secrets ({names}); exactly one is required")
    key = DATA_KEYS[text_at(secrets[0], "type")]
    try:
        return base64.b64decode(text_at(secrets[0], "data", key), validate=True)
    except ValueError:
        raise CredentialError(f"{source_name(path)}: data.{key} is not base64") from None


def _pull_secrets(objects: tuple[Object, ...], path: str) -> tuple[Object, ...]:
    secrets = tuple(with_string_data(item) for item in objects if text_at(item, "type") in DATA_KEYS)
    if not secrets:
        raise CredentialError(f"no Secret of type {' or '.join(DATA_KEYS)} in {source_name(path)}")
    return secrets


def _objects(data: bytes) -> tuple[Object, ...]:
    """The Kubernetes objects of a file, with the items of lists; () for a login file, which has no `kind`."""
    documents = [item for item in _documents(data) if isinstance(item, dict) and isinstance(item.get("kind"), str)]
    return tuple(item for document in documents for item in (mappings_at(document, "items") or (document,)))


def _documents(data: bytes) -> Sequence[object]:
    try:
        return [json.loads(data)]
    except (ValueError, RecursionError):
        if b"kind:" not in data:
            return []
    import yaml

    from pullsecret.yaml_text import documents_in

    try:
        return list(documents_in(data.decode("utf-8-sig")))
    except (yaml.YAMLError, ValueError, RecursionError):
        return []
