"""Commands of the IBM Cloud CLI about API keys, for pasting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.ibmcloud.rotated_keys import service_id_of
from pullsecret.model.request.suggested_command import NOT_PASTEABLE, CommandStyle, Program, command, typed

if TYPE_CHECKING:
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId


def deletion_command(key: ApiKey, service_id: ServiceId) -> Printable:
    """The line that deletes an API key; both are named by their IDs, as names are not unique."""
    words = ("iam", "service-api-key-delete", key.id, service_id.id)
    return _line(words)


def listing_command(service_id: ServiceId) -> Printable:
    """The line that lists the API keys of a service ID."""
    return _line(("iam", "service-api-keys", service_id.id))


def enabling_command(key: ApiKey) -> Printable:
    """The line that enables a disabled API key of a service ID again."""
    words = ("iam", "service-api-key-enable", key.id, service_id_of(key))
    return _line(words)


def _line(words: tuple[str, ...]) -> Printable:
    return typed(command(Program.IBMCLOUD, *words), CommandStyle()) or Printable(NOT_PASTEABLE)
