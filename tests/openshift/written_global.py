"""A global pull secret as tests find it after a command: its bytes, its entries, and what else of it changed."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final

from objects import docker_config_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from control_plane.api import Object
    from openshift.cluster import OpenShift

CONFIG: Final = ("openshift-config", "pull-secret")
ORIGINAL: Final = ("kube-system", "original-pull-secret")
ADDITIONAL: Final = ("kube-system", "additional-pull-secret")

EVERY_POD: Final = (
    "warning: every pod in every namespace can pull with the credentials of the global pull secret: nodes send them "
    "for all pods"
)


def read_secret(openshift: OpenShift, place: tuple[str, str] = CONFIG) -> Object:
    """A secret as it is."""
    found: Object = openshift.api.request("GET", path_of(place))
    return found


def write_bytes(openshift: OpenShift, data: bytes, place: tuple[str, str] = CONFIG) -> None:
    """Give a pull secret these bytes, as another client does."""
    change(openshift, {"data": {".dockerconfigjson": base64.b64encode(data).decode()}}, place)


def change(openshift: OpenShift, fields: Object, place: tuple[str, str] = CONFIG) -> None:
    """Change fields of a secret, as another client does."""
    current = read_secret(openshift, place)
    metadata = {**current["metadata"], **fields.get("metadata", {})}
    openshift.api.request("PUT", path_of(place), {**current, **fields, "metadata": metadata})


def bytes_of(secret: Object) -> bytes:
    """The docker config of a secret."""
    return base64.b64decode(secret["data"][".dockerconfigjson"])


def entries_of(openshift: OpenShift, place: tuple[str, str] = CONFIG) -> Mapping[str, Object]:
    """The entries of a global pull secret."""
    found: Mapping[str, Object] = docker_config_of(read_secret(openshift, place))["auths"]
    return found


def all_but_data(secret: Object) -> Object:
    """A secret without its data, and without what the server records of a write."""
    kept = {
        name: value for name, value in secret["metadata"].items() if name not in ("managedFields", "resourceVersion")
    }
    return {**secret, "metadata": kept, "data": dict.fromkeys(secret["data"])}


def with_entries(entries: Mapping[str, Object]) -> bytes:
    """The bytes of a docker config."""
    return json.dumps({"auths": dict(entries)}).encode()


def path_of(place: tuple[str, str]) -> str:
    """The path of a secret in the API."""
    namespace, name = place
    return f"/api/v1/namespaces/{namespace}/secrets/{name}"
