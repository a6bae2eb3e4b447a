"""Commands of the IBM Cloud CLI about API keys, for pasting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.request.suggested_command import Program, command

if TYPE_CHECKING:
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.request.suggested_command import SuggestedCommand


def deletion_command(key: ApiKey, service_id: ServiceId) -> SuggestedCommand:
    """Delete an API key; both are named by their IDs, as names are not unique."""
    return command(Program.IBMCLOUD, "iam", "service-api-key-delete", key.id, service_id.id)
