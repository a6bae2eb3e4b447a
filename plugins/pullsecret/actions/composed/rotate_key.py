"""Replace an API key of IBM Cloud by a new one of the same service ID: what to read, and what replaces what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed.rotate import RotateRequest, RotateView, observe
from pullsecret.actions.composed.rotated_sources import read_rotated
from pullsecret.actions.composed.service_id import PLACEHOLDER
from pullsecret.credentials.password import Password
from pullsecret.errors import RefusedError
from pullsecret.model.ibmcloud.registry_keys import registry_keys_among
from pullsecret.model.images.dockerconfig import RegistryEntry, registries_of
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.pullsecret import IBM_API_KEY, IBM_SERVICE_ID
from pullsecret.model.plan.rotation import NewCredential, begun, replaced_credential, replaced_pair
from pullsecret.model.plan.rotation_memory import has_next

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.rotation import Rotation
    from pullsecret.model.request.rotated_key import KeyEnd, NewKeyWish


@dataclass(frozen=True, kw_only=True)
class RotateKeyRequest(RotateRequest):
    """A rotation to a key that is made for it."""

    wish: NewKeyWish

    @property
    def credential_source(self) -> str:
        """IBM Cloud itself."""
        return "--service-id"


@dataclass(frozen=True, kw_only=True)
class EndKeyRequest(RotateRequest):
    """The end of a rotation, and of the key that was replaced."""

    end: KeyEnd


@dataclass(frozen=True, kw_only=True)
class KeySource:
    """The secret to rotate, the old key, and the credential that an earlier run began to write instead, if it did."""

    source: Object = field(repr=False)
    previous: Object | None = field(repr=False)
    old: RegistryCredential
    resumed: RegistryCredential | None = None


def read_source(request: RotateKeyRequest, cluster: Cluster) -> KeySource:
    """Read the secret and its sibling.

    Raises:
        RefusedError: the secret cannot be rotated, or the credential is no API key for IBM Cloud's registry alone.
    """
    ((source, previous),) = read_rotated(request, cluster).pairs
    old = replaced_credential(source, previous, request.registries)
    check_is_key(previous or source, old, request.names[0])
    if previous is None:
        return KeySource(source=source, previous=None, old=old)
    before, after = replaced_pair(source, previous, request.registries)
    return KeySource(source=source, previous=previous, old=old, resumed=after if before != after else None)


def check_is_key(secret: Object, credential: RegistryCredential, name: str) -> None:
    """Refuse a credential of anything but IBM Cloud's registry: it would be sent to IAM.

    Raises:
        RefusedError: it is one, or has another username than one for API keys.
    """
    entries = [entry for entry in registries_of(secret).entries if credential_of(entry) == credential]
    keys = registry_keys_among(entries)
    servers = {server for key in keys for server in key.servers}
    others = [entry.server for entry in entries if entry.server not in servers]
    if others or not entries:
        what = f"for {shown_key(others[0])}" if others else "at all"
        raise RefusedError(
            f"secret/{name} has no API key of IBM Cloud {what}; name the registry of the one to replace with --registry"
        )


def is_key_of_ibm(rotation: Rotation) -> bool:
    """Whether what a rotation replaces is an API key of IBM Cloud, and only for its registry."""
    old = rotation.before
    entries = [
        RegistryEntry(server=server, username=old.username, password=old.password) for server in rotation.servers
    ]
    return {server for key in registry_keys_among(entries) for server in key.servers} == rotation.servers != frozenset()


def observe_with(request: RotateKeyRequest, cluster: Cluster, seen: KeySource) -> RotateView:
    """Read everything else, with the credential that an earlier run began to write, or a placeholder for the new key.

    No registry is asked.
    """
    value = seen.resumed.password if seen.resumed else PLACEHOLDER
    marks = {} if seen.resumed else {IBM_API_KEY: "", IBM_SERVICE_ID: ""}
    username = seen.resumed.username if seen.resumed else ""
    asked = replace(request, new_password=Password(value=value), username=username, key_marks=marks, verification=None)
    return observe(asked, cluster)


def marks_of(key: ApiKey, service_id: ServiceId, seen: KeySource) -> Mapping[str, str]:
    """The annotations that name a key; none where the source has it already, so that nothing is written for them."""
    is_written = seen.resumed is not None and not (seen.previous is not None and has_next(seen.previous))
    return {} if is_written else {IBM_API_KEY: key.id, IBM_SERVICE_ID: service_id.id}


def with_key(view: RotateView, value: str, marks: Mapping[str, str], request: RotateKeyRequest) -> RotateView:
    """The same with the key itself."""
    return replace(view, rotations=tuple(_rotation(each, value, marks, request) for each in view.rotations))


def _rotation(planned: Rotation, value: str, marks: Mapping[str, str], request: RotateKeyRequest) -> Rotation:
    new = NewCredential(password=value, username=planned.after.username, registries=request.registries, marks=marks)
    return begun(planned.source, planned.memory if planned.has_begun else None, new)
