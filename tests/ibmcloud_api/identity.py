"""IAM identity services: tokens, service IDs and API keys.

Source of the fields: ibm-platform-services 0.77.1, iam_identity_v1.py and its unit tests; of the tokens:
ibm-cloud-sdk-core 3.28.0, token_managers/.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from ibmcloud_api.documents import RefusalError, identifier, now_text, only, page, without_value
from registry.fake_server import Reply

if TYPE_CHECKING:
    from ibmcloud_api.documents import Document
    from registry.fake_server import Received

_GRANT = "urn:ibm:params:oauth:grant-type:"
_NO_KEY = ("Provided API key could not be found.", "BXNIM0415E")
LIMIT = ("The limit of supported API keys is reached.", "BXNIM0151E")


def _token(identity: str, account: str, seconds: int) -> str:
    now = int(time.time())
    claims = {
        "iam_id": identity,
        "id": identity,
        "account": {"valid": True, "bss": account},
        "iat": now,
        "exp": now + seconds,
        "jti": secrets.token_hex(8),
    }
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*(_encoded(json.dumps(part).encode()) for part in parts), _encoded(secrets.token_bytes(8))])


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Identity:
    """The identities of one account.

    `most_keys`: how many API keys a service ID may have. `profiles`: the pod's token that a trusted profile trusts, by
    its ID and by its name; `trusted`: the IAM IDs of the service IDs that it trusts, by its ID.
    """

    def __init__(self, account: str) -> None:
        self.account, self.most_keys = account, 2000
        self.service_ids: dict[str, Document] = {}
        self.keys: dict[str, Document] = {}
        self.tokens: dict[str, str] = {}
        self.profiles: dict[str, str] = {}
        self.trusted: dict[str, set[str]] = {}
        self.user_key = secrets.token_urlsafe(33)
        self.user = "IBMid-0000000001"

    def user_token(self, seconds: int = 3600) -> str:
        """A token of the user who is signed in."""
        return self._issue(self.user, seconds)

    def expire_tokens(self) -> None:
        """Let no token be accepted anymore that was issued so far."""
        self.tokens.clear()

    def caller(self, received: Received) -> str:
        """The IAM ID of the caller; refused without a valid token."""
        token = received.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise RefusalError(401, "The provided token is not valid or has expired.", "BXNIM0408E")
        return self.tokens[token]

    def key_with(self, value: str) -> Document | None:
        """The API key with a value."""
        return next((key for key in self.keys.values() if key["apikey"] == value), None)

    def values(self) -> set[str]:
        """The values of all keys that exist."""
        return {str(key["apikey"]) for key in self.keys.values()}

    def authenticated(self, value: str) -> Document | None:
        """The living key with a value, whose use is noted."""
        key = self.key_with(value)
        if key is None or key["disabled"] or _is_past(str(key.get("expires_at") or "")):
            return None
        activity = key["activity"]
        assert isinstance(activity, dict)
        activity |= {"last_authn": now_text(), "authn_count": int(activity["authn_count"]) + 1}
        return key

    def new_service_id(self, name: str, description: str = "") -> Document:
        """Create a service ID."""
        number = identifier("ServiceId")
        document: Document = {
            "id": number,
            "iam_id": f"iam-{number}",
            "entity_tag": f"1-{secrets.token_hex(8)}",
            "crn": f"crn:v1:bluemix:public:iam-identity::a/{self.account}::serviceid:{number}",
            "locked": False,
            "created_at": now_text(),
            "modified_at": now_text(),
            "account_id": self.account,
            "name": name,
            "description": description,
            "unique_instance_crns": [],
        }
        self.service_ids[number] = document
        return document

    def new_key(self, iam_id: str, name: str, **fields: object) -> Document:
        """Create an API key."""
        if sum(key["iam_id"] == iam_id for key in self.keys.values()) >= self.most_keys:
            raise RefusalError(422, *LIMIT)
        number = identifier("ApiKey")
        document: Document = {
            "id": number,
            "entity_tag": f"1-{secrets.token_hex(8)}",
            "crn": f"crn:v1:bluemix:public:iam-identity::a/{self.account}::apikey:{number}",
            "locked": False,
            "disabled": False,
            "created_at": now_text(),
            "created_by": self.user,
            "modified_at": now_text(),
            "support_sessions": False,
            "action_when_leaked": "none",
            "name": name,
            "description": "",
            "iam_id": iam_id,
            "account_id": self.account,
            "apikey": secrets.token_urlsafe(33),
            "activity": {"authn_count": 0},
            **fields,
        }
        self.keys[number] = document
        return document

    def answer(self, received: Received, url: str) -> Reply | None:
        """The answer to a request; None if it is for another service."""
        if received.path == "/identity/token":
            return self._exchange(received)
        parts = received.path.strip("/").split("/")
        if parts[:2] == ["v1", "serviceids"]:
            return self._answer_service_ids(received, parts[2:], url)
        if parts[:2] == ["v1", "apikeys"]:
            return self._answer_keys(received, parts[2:], url)
        return None

    def _issue(self, identity: str, seconds: int = 3600) -> str:
        token = _token(identity, self.account, seconds)
        self.tokens[token] = identity
        return token

    def _exchange(self, received: Received) -> Reply:
        form = {name: values[0] for name, values in parse_qs(received.body).items()}
        grant = form.get("grant_type", "").removeprefix(_GRANT)
        if grant == "apikey":
            identity = self._identity_of_key(form.get("apikey", ""))
        elif grant == "cr-token":
            identity = self._identity_of_pod(form)
        else:
            raise RefusalError(400, "The grant type is not supported.", "BXNIM0105E")
        token = self._issue(identity)
        content = {"access_token": token, "refresh_token": "not_supported", "token_type": "Bearer"}
        return Reply(
            content=content | {"expires_in": 3600, "expiration": int(time.time()) + 3600, "scope": "ibm openid"}
        )

    def _identity_of_key(self, value: str) -> str:
        if value == self.user_key:
            return self.user
        key = self.authenticated(value)
        if key is None:
            raise RefusalError(400, *_NO_KEY)
        return str(key["iam_id"])

    def _identity_of_pod(self, form: dict[str, str]) -> str:
        name = form.get("profile_id") or form.get("profile_name") or ""
        if self.profiles.get(name) != form.get("cr_token"):
            raise RefusalError(400, "The compute resource token is not trusted by the profile.", "BXNIM0446E")
        return f"iam-{name}"

    def _answer_service_ids(self, received: Received, rest: list[str], url: str) -> Reply:
        self.caller(received)
        if not rest:
            if received.method == "GET":
                name = only(received, "name")
                found = [one for one in self.service_ids.values() if name in {"", one["name"]}]
                return Reply(content=page(found, received, url, "serviceids"))
            asked = json.loads(received.body)
            assert asked["account_id"] == self.account
            return Reply(status=201, content=self.new_service_id(asked["name"], asked.get("description", "")))
        document = self.service_ids.get(rest[0])
        if document is None:
            raise RefusalError(404, f"The service ID {rest[0]} could not be found.", "BXNIM0102E")
        if received.method == "DELETE":
            _refuse_locked(document)
            del self.service_ids[rest[0]]
            self.keys = {one: key for one, key in self.keys.items() if key["iam_id"] != document["iam_id"]}
            return Reply(status=204)
        return Reply(content=document)

    def _answer_keys(self, received: Received, rest: list[str], url: str) -> Reply:
        caller = self.caller(received)
        if rest == ["details"]:
            return self._details(received, caller)
        if not rest:
            return self._list_keys(received, url) if received.method == "GET" else self._create_key(received)
        document = self.keys.get(rest[0])
        if document is None:
            raise RefusalError(404, f"The API key {rest[0]} could not be found.", "BXNIM0102E")
        if received.method == "GET":
            has_activity = only(received, "include_activity") == "true"
            return Reply(content=without_value(document) | ({"activity": document["activity"]} if has_activity else {}))
        return self._change_key(received, document, rest[1:])

    def _change_key(self, received: Received, document: Document, action: list[str]) -> Reply:
        if action == ["lock"]:
            document["locked"] = received.method == "POST"
            return Reply(content=without_value(document))
        _refuse_locked(document)
        if action == ["disable"]:
            document["disabled"] = received.method == "POST"
            return Reply(status=204)
        del self.keys[str(document["id"])]
        return Reply(status=204)

    def _details(self, received: Received, caller: str) -> Reply:
        key = self.key_with(received.headers.get("IAM-ApiKey", received.headers.get("Iam-Apikey", "")))
        if key is None or caller not in {self.user, key["iam_id"]}:
            raise RefusalError(404, *_NO_KEY)
        return Reply(content=without_value(key))

    def _list_keys(self, received: Received, url: str) -> Reply:
        iam_id = only(received, "iam_id")
        found = [without_value(key) for key in self.keys.values() if iam_id in {"", key["iam_id"]}]
        return Reply(content=page(found, received, url, "apikeys"))

    def _create_key(self, received: Received) -> Reply:
        asked = json.loads(received.body)
        owner = next((one for one in self.service_ids.values() if one["iam_id"] == asked["iam_id"]), None)
        if owner is None:
            raise RefusalError(404, "The identity could not be found.", "BXNIM0102E")
        _refuse_locked(owner)
        more = {name: asked[name] for name in ("description", "expires_at") if name in asked}
        key = self.new_key(asked["iam_id"], asked["name"], **more)
        return Reply(status=201, content={name: value for name, value in key.items() if name != "activity"})


def _refuse_locked(document: Document) -> None:
    if document["locked"]:
        raise RefusalError(409, f"{document['id']} is locked.", "BXNIM0111E")


def _is_past(date: str) -> bool:
    return bool(date) and date < now_text()
