"""Code Engine projects and their registry secrets, as plain values.

A registry secret is in the project's namespace a Secret of type `kubernetes.io/dockerconfigjson` with one entry. It is
held as one here, too, with the entity tag as its resourceVersion, so that everything that reads pull secrets reads it.
Source: IBM's SDK ibm-code-engine-sdk 6.0.6, code_engine_v2.py (Project, Secret); IBM Cloud documentation, Code Engine:
"Adding access to a container registry" (names, the automatic secret) and "Limits and quotas" (100 secrets).
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.ibmcloud.answers import object_at, text_in
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded, registries_of
from pullsecret.model.objects.code_engine_names import is_automatic_name
from pullsecret.model.objects.objects import Object, name_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_SECRETS: Final = 100
"""The secrets of all formats that a project can have."""

REGISTRY_FORMAT: Final = "registry"

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_NAME_LENGTH: Final = 253
_SYSTEM: Final = "system"
_GENERATED_BY: Final = "codeengine/generated-by"
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9.-]+")
_FIELDS: Final = ("username", "password", "server", "email")


@dataclass(frozen=True, kw_only=True)
class Project:
    """A Code Engine project; names are unique in a region only."""

    id: str
    name: str
    region: str
    account: str = ""
    status: str = ""

    @property
    def shown(self) -> str:
        """Name, region and ID, for a sentence."""
        return f"{printable(self.name)} ({printable(self.region)}, {printable(self.id)})"


@dataclass(frozen=True, kw_only=True)
class SecretUser:
    """An app, job, function or build (`kind`) that names a registry secret: `uses` is its name.

    `image` is what it pulls, "" for a build.
    """

    kind: str
    name: str
    uses: str
    image: str = ""

    @property
    def word(self) -> str:
        """`app/web`."""
        return f"{self.kind}/{self.name}"


def project_in(content: Mapping[str, object]) -> Project:
    """The project in an answer of Code Engine."""
    return Project(
        id=text_in(content, "id"),
        name=text_in(content, "name"),
        region=text_in(content, "region"),
        account=text_in(content, "account_id"),
        status=text_in(content, "status"),
    )


def is_registry_secret(content: Mapping[str, object]) -> bool:
    """Whether the secret in an answer of Code Engine has credentials for a registry."""
    return text_in(content, "format") == REGISTRY_FORMAT


def registry_secret_in(content: Mapping[str, object]) -> Object:
    """The registry secret in an answer of Code Engine, as a pull secret."""
    data = object_at(content, "data")
    entry = RegistryEntry(
        server=text_in(data, "server"),
        username=text_in(data, "username"),
        password=text_in(data, "password"),
        email=text_in(data, "email"),
    )
    secret = registry_secret(text_in(content, "name"), entry)
    metadata = {
        "name": text_in(content, "name"),
        "uid": text_in(content, "id"),
        "resourceVersion": text_in(content, "entity_tag"),
        "creationTimestamp": text_in(content, "created_at"),
        "annotations": {_GENERATED_BY: text_in(content, "generated_by")},
    }
    return {**secret, "metadata": metadata}


def registry_secret(name: str, entry: RegistryEntry) -> Object:
    """A new registry secret, as a pull secret without a namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name},
        "type": DOCKER_CONFIG_JSON,
        "data": {DATA_KEYS[DOCKER_CONFIG_JSON]: base64.b64encode(encoded([entry])).decode()},
    }


def entry_of(secret: Object) -> RegistryEntry:
    """The one entry of a registry secret; an empty one if it has none."""
    return next(iter(registries_of(secret).entries), RegistryEntry(server="", username="", password=""))


def secret_data(secret: Object, before: Mapping[str, object] | None = None) -> dict[str, object]:
    """The `data` of a registry secret for Code Engine; what it had `before` and nothing here knows stays."""
    entry = entry_of(secret)
    kept = {name: value for name, value in (before or {}).items() if name not in _FIELDS}
    email = {"email": entry.email} if entry.email else {}
    return {**kept, "username": entry.username, "password": entry.password, "server": entry.server, **email}


def is_automatic(secret: Object) -> bool:
    """Whether Code Engine made a secret and renews it itself: it says so, or the name is one of its own."""
    return text_at(secret, "metadata", "annotations", _GENERATED_BY) == _SYSTEM or is_automatic_name(name_of(secret))


def name_problem(name: str) -> str:
    """Why this is not a valid name of a secret in Code Engine; "" if it is."""
    if len(name) > _NAME_LENGTH:
        return f"must be no more than {_NAME_LENGTH} characters"
    if not _NAME.fullmatch(name):
        return (
            "must consist of lowercase letters, numbers, periods and hyphens, and begin and end with a letter or number"
        )
    return "is one of those that Code Engine gives to its own secrets" if is_automatic_name(name) else ""


def registry_word(server: str) -> str:
    """A registry as a part of a name: `us.icr.io`, `registry.example.com-5000-team`."""
    return _NOT_IN_NAMES.sub("-", (index_key(server) or server).lower()).strip("-.")
