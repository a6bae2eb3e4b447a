"""Requests for tokens of service accounts (kubernetes: pkg/registry/core/serviceaccount/storage/token.go).

The API server makes one even in a dry run, so none is ever sent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullsecret.cluster.http.request import ApiRequest, path_to
from pullsecret.errors import ConnectError
from pullsecret.model.images.token_dates import dates_in
from pullsecret.model.objects.objects import Kind, name_of, namespace_of, point_in_time, text_at
from pullsecret.model.openshift.account_tokens import AccountToken

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object


def token_request(account: Object, seconds: int) -> ApiRequest:
    """The request for a token that is bound to nothing and for the API server itself: for no other audience.

    With the account's uid, so that none is made for one that was created in its place (409 where servers check it).
    """
    namespace, name, uid = namespace_of(account), name_of(account), text_at(account, "metadata", "uid")
    body = {
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "metadata": {"name": name, "namespace": namespace, "uid": uid},
        "spec": {"expirationSeconds": seconds},
    }
    return ApiRequest(
        method="POST",
        path=f"{path_to(Kind.SERVICE_ACCOUNT, namespace, name)}/token",
        what=f"post serviceaccounts {name}/token",
        body=json.dumps(body).encode(),
        has_token_in_response=True,
    )


def token_from(response: Object, account: Object) -> AccountToken:
    """The token in the server's response, and when it ends: at the first of the two times that are said.

    Raises:
        ConnectError: there is no token in it, or one that does not say when it ends, or another account's.
    """
    value = text_at(response, "status", "token")
    _, in_token = dates_in(value)
    told = point_in_time(text_at(response, "status", "expirationTimestamp"))
    is_about = name_of(response) in {name_of(account), ""} and response.get("kind") == "TokenRequest"
    if not (value and in_token and told and is_about):
        raise ConnectError("the server's response to a TokenRequest has no usable token", sent=True)
    return AccountToken(value=value, expires=min(in_token, told))
