"""IAM identity services: service IDs and API keys. An answer without the identity that was asked for is an error.

Source: IBM's SDK ibm-platform-services 0.77.1, iam_identity_v1.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CloudError
from pullsecret.ibmcloud.client import IbmCall, answer_object, path_with
from pullsecret.model.ibmcloud.identity import api_key_in, date_for_iam, service_id_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from pullsecret.ibmcloud.client import IbmClient
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId

_PAGE: Final = "100"
_NOT_FOUND: Final = 404


@dataclass(frozen=True, kw_only=True)
class Identities:
    """IAM's identities in one account; every method raises what `IbmClient.send` raises."""

    client: IbmClient
    iam: str
    account: str

    @classmethod
    def of(cls, session: Session) -> Identities:
        """Those of the account that the session is for."""
        return cls(client=session.client, iam=session.endpoints.iam, account=session.account)

    def service_ids(self, name: str) -> tuple[ServiceId, ...]:
        """The service IDs with this name, which need not be unique."""
        query = {"account_id": self.account, "name": name, "pagesize": _PAGE}
        found = [_service_id(one) for one in self.client.pages(f"{self.iam}/v1/serviceids/", query, "serviceids")]
        return tuple(one for one in found if one.name == name and one.account in {"", self.account})

    def service_id(self, identifier: str) -> ServiceId | None:
        """The service ID with this ID; None if there is none."""
        content = self._read_if_present(path_with(f"{self.iam}/v1/serviceids", identifier))
        return None if content is None else _service_id(content, identifier)

    def create_service_id(self, name: str, description: str) -> ServiceId:
        """Create a service ID, whatever others have that name."""
        content = {"account_id": self.account, "name": name, "description": description}
        return _service_id(self.client.create(f"{self.iam}/v1/serviceids/", content))

    def delete_service_id(self, identifier: str) -> None:
        """Delete a service ID and all its API keys."""
        self._delete(path_with(f"{self.iam}/v1/serviceids", identifier))

    def api_keys(self, iam_id: str) -> tuple[ApiKey, ...]:
        """The API keys of a service ID."""
        query = {
            "account_id": self.account,
            "iam_id": iam_id,
            "type": "serviceid",
            "scope": "entity",
            "pagesize": _PAGE,
        }
        found = [_api_key(one) for one in self.client.pages(f"{self.iam}/v1/apikeys", query, "apikeys")]
        return tuple(key for key in found if key.iam_id == iam_id)

    def api_key(self, identifier: str, *, has_activity: bool = False) -> ApiKey | None:
        """The API key with this ID, if asked with its last use; None if there is none."""
        query = {"include_activity": "true"} if has_activity else {}
        content = self._read_if_present(path_with(f"{self.iam}/v1/apikeys", identifier), query)
        return None if content is None else _api_key(content, identifier)

    def details_of(self, api_key: str) -> ApiKey:
        """What IAM knows of an API key, by its value."""
        call = IbmCall(
            method="GET",
            url=f"{self.iam}/v1/apikeys/details",
            headers={"IAM-ApiKey": api_key},
            secrets=(api_key,),
        )
        return _api_key(answer_object(self.client.send(call)))

    def create_api_key(self, iam_id: str, name: str, description: str, expires: datetime | None) -> ApiKey:
        """Create an API key of a service ID; only this answer ever has its value."""
        content = {
            "name": name,
            "description": description,
            "iam_id": iam_id,
            "account_id": self.account,
            **({"expires_at": date_for_iam(expires)} if expires else {}),
        }
        key = _api_key(self.client.create(f"{self.iam}/v1/apikeys", content))
        if not key.value or key.iam_id != iam_id:
            raise CloudError("IBM Cloud's answer has no API key of this service ID", is_sent=True)
        return key

    def delete_api_key(self, identifier: str) -> None:
        """Delete an API key; one that does not exist is deleted already. Tokens that it gave live on for an hour."""
        self._delete(path_with(f"{self.iam}/v1/apikeys", identifier))

    def disable_api_key(self, identifier: str) -> None:
        """Disable an API key, which `ibmcloud iam service-api-key-enable` undoes."""
        self.client.send(IbmCall(method="POST", url=path_with(f"{self.iam}/v1/apikeys", identifier, "disable")))

    def _read_if_present(self, url: str, query: Mapping[str, str] | None = None) -> Mapping[str, object] | None:
        try:
            return self.client.read(url, query)
        except CloudError as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _delete(self, url: str) -> None:
        try:
            self.client.send(IbmCall(method="DELETE", url=url))
        except CloudError as error:
            if error.status != _NOT_FOUND:
                raise


def _service_id(content: Mapping[str, object], identifier: str = "") -> ServiceId:
    """The service ID in an answer, if it is one; and the one with this ID, if any is given."""
    found = service_id_in(content)
    if not found.id or not found.iam_id or identifier not in {"", found.id}:
        raise CloudError("IBM Cloud's answer has no service ID", is_sent=True)
    return found


def _api_key(content: Mapping[str, object], identifier: str = "") -> ApiKey:
    """The API key in an answer, if it is one; and the one with this ID, if any is given."""
    found = api_key_in(content)
    if not found.id or not found.iam_id or identifier not in {"", found.id}:
        raise CloudError("IBM Cloud's answer has no API key", is_sent=True)
    return found
