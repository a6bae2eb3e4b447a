"""Which responses can answer a request."""

from __future__ import annotations

import json

import pytest

from pullsecret.cluster.http.request import ApiRequest
from pullsecret.model.objects.objects import Kind
from pullsecret.network.http.message import Response

ONE = ApiRequest(method="GET", path="/", kind=Kind.SECRET, namespace="team-a", name="regcred")
ALL = ApiRequest(method="GET", path="/", kind=Kind.SECRET, namespace="team-a")
EVERYWHERE = ApiRequest(method="GET", path="/", kind=Kind.SECRET)
GONE = ApiRequest(method="DELETE", path="/", kind=Kind.SECRET, namespace="team-a", name="regcred")
RAW = ApiRequest(method="POST", path="/")


def item(name: str, namespace: str = "team-a", kind: str = "Secret") -> dict[str, object]:
    return {"kind": kind, "metadata": {"name": name, "namespace": namespace}}


def secrets(*items: object, kind: str = "SecretList") -> dict[str, object]:
    return {"kind": kind, "items": items}


def status(name: str, kind: str = "secrets") -> dict[str, object]:
    return {"kind": "Status", "details": {"name": name, "kind": kind}}


ANSWERS = {
    "object": (ONE, 200, item("regcred"), True),
    "metadata": (ONE, 200, item("regcred", kind="PartialObjectMetadata"), True),
    "another name": (ONE, 200, item("other"), False),
    "another namespace": (ONE, 200, item("regcred", "team-b"), False),
    "another kind": (ONE, 200, item("regcred", kind="ServiceAccount"), False),
    "list for an object": (ONE, 200, secrets(), False),
    "nothing": (ONE, 200, {}, False),
    "not found": (ONE, 404, status("regcred"), True),
    "another one not found": (ONE, 404, status("other"), False),
    "namespace not found": (ONE, 404, status("team-a", "namespaces"), True),
    "status without details": (ONE, 403, {"kind": "Status"}, True),
    "good status for a read": (ONE, 200, status("regcred"), False),
    "proxy's refusal": (ONE, 502, {"error": "x"}, True),
    "not JSON": (ONE, 200, None, True),
    "list": (ALL, 200, secrets(item("a"), item("b")), True),
    "empty list": (ALL, 200, secrets(), True),
    "list of metadata": (ALL, 200, secrets(item("a"), kind="PartialObjectMetadataList"), True),
    "list of another namespace": (ALL, 200, secrets(item("a", "team-b")), False),
    "list of another kind": (ALL, 200, secrets(kind="PodList"), False),
    "object for a list": (ALL, 200, item("regcred"), False),
    "list of all namespaces": (EVERYWHERE, 200, secrets(item("a"), item("b", "team-b")), True),
    "deleted": (GONE, 200, status("regcred"), True),
    "another one deleted": (GONE, 200, status("other"), False),
    "object deleted": (GONE, 200, item("regcred"), True),
    "any object": (RAW, 201, item("x", kind="SelfSubjectReview"), True),
}


@pytest.mark.parametrize(("request_", "code", "content", "is_answer"), ANSWERS.values(), ids=ANSWERS.keys())
def test_response_belongs_to_its_request(request_: ApiRequest, code: int, content: object, is_answer: bool) -> None:
    response = Response(status=code, body=b"<html>" if content is None else json.dumps(content).encode())

    assert request_.is_answered_by(response) is is_answer
