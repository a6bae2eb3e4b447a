"""What the client for IBM Cloud repeats, what it never sends twice, and where a token goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local_server import LocalServer, Response, body_of
from objects import made_up_password
from pullsecret.errors import CloudError
from pullsecret.ibmcloud.client import IbmCall, IbmClient
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.iam_policies import Policies
from pullsecret.ibmcloud.key_making import KeyMaker
from pullsecret.ibmcloud.tokens import Tokens
from pullsecret.model.ibmcloud.identity import ServiceId
from pullsecret.network.http.web import WebTransport
from pullsecret.network.timeouts import parsed_timeout
from pullsecret.network.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from http.server import BaseHTTPRequestHandler

OK = (200, (), b"{}")
AT_ONCE = (("Retry-After", "0"),)


class Answers(LocalServer):
    """Gives the answers of a list, the last one again and again; None closes the connection without one."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[Response | None] = [OK]
        self.seen: list[tuple[str, str, str]] = []

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        """The next answer."""
        body_of(request)
        self.seen.append((request.command, request.path, request.headers.get("Authorization", "")))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer is None:
            request.connection.close()
            raise ConnectionError
        return answer


class Source:
    """Gives tokens that it is told."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = list(tokens)

    def fetch(self) -> str:
        """The next one."""
        if not self.tokens:
            raise CloudError("no more")
        return self.tokens.pop(0)


@pytest.fixture
def server() -> Iterator[Answers]:
    with Answers() as server:
        yield server


@pytest.fixture
def client() -> Iterator[IbmClient]:
    transport = WebTransport(environ={}, trace=Trace(verbosity=0, log=lambda _: None), timeouts=parsed_timeout("5s"))
    client = IbmClient(transport)
    yield client
    client.close()


def refusal(status: int) -> Response:
    """A refusal after which the client need not wait."""
    return status, AT_ONCE, json.dumps({"errors": [{"message": "no"}]}).encode()


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_read_is_repeated_after_what_passes(server: Answers, client: IbmClient, status: int) -> None:
    server.answers = [refusal(status), refusal(status), OK]
    assert client.read(server.url) == {}
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 422])
def test_refusal_is_not_repeated(server: Answers, client: IbmClient, status: int) -> None:
    server.answers = [refusal(status)]
    with pytest.raises(CloudError) as caught:
        client.read(server.url)
    assert (caught.value.status, caught.value.message, len(server.seen)) == (status, "IBM Cloud: no", 1)


@pytest.mark.parametrize(("status", "times"), [(429, 4), (503, 4), (500, 1), (502, 1), (504, 1)])
def test_creation_is_repeated_only_if_it_was_not_begun(
    server: Answers, client: IbmClient, status: int, times: int
) -> None:
    server.answers = [refusal(status)]
    with pytest.raises(CloudError) as caught:
        client.create(server.url, {})
    assert len(server.seen) == times
    assert caught.value.is_sent is (status >= 500)


def test_creation_without_an_answer_may_have_been_done(server: Answers, client: IbmClient) -> None:
    server.answers = [None]
    with pytest.raises(CloudError) as caught:
        client.create(server.url, {})
    assert (caught.value.is_sent, len(server.seen)) == (True, 1)


def test_creation_that_reached_nobody_was_not_done(client: IbmClient) -> None:
    with pytest.raises(CloudError, match=r"cannot be reached at 127\.0\.0\.1:1: ") as caught:
        client.create("http://127.0.0.1:1/v1", {})
    assert not caught.value.is_sent


def test_server_that_asks_for_a_long_pause_is_not_asked_again(server: Answers, client: IbmClient) -> None:
    server.answers = [(429, (("Retry-After", "31"),), b"{}")]
    with pytest.raises(CloudError) as caught:
        client.read(server.url)
    assert len(server.seen) == 1
    assert "later" in caught.value.hint


def test_refused_token_is_renewed_once(server: Answers, client: IbmClient) -> None:
    old, new = made_up_password(), made_up_password()
    server.answers = [(401, (), b"{}"), OK]
    signed = client.signed_in(Tokens(Source(old, new, old)))
    assert signed.read(server.url) == {}
    assert [authorization for *_, authorization in server.seen] == [f"Bearer {old}", f"Bearer {new}"]

    server.answers = [(401, (), b"{}")]
    with pytest.raises(CloudError) as caught:
        signed.read(server.url)
    assert caught.value.hint == "to sign in again, run: ibmcloud login"


def test_unsigned_call_has_no_token(server: Answers, client: IbmClient) -> None:
    signed = client.signed_in(Tokens(Source(made_up_password())))
    signed.send(IbmCall(method="POST", url=server.url, form={"grant_type": "x"}, is_signed=False))
    assert server.seen == [("POST", "/", "")]


PAGES = {
    "iam": ({"next": "https://elsewhere.example/v1/x?pagetoken=2&account_id=other"}, "pagetoken=2"),
    "href": ({"next": {"href": "https://elsewhere.example/v2/x?start=2"}}, "start=2"),
    "start": ({"next": {"start": "2"}}, "start=2"),
}


@pytest.mark.parametrize(("following", "query"), PAGES.values(), ids=PAGES)
def test_next_page_is_asked_for_at_the_same_place(
    server: Answers, client: IbmClient, following: dict[str, object], query: str
) -> None:
    server.answers = [
        (200, (), json.dumps({"items": [{"id": "1"}, 3], **following}).encode()),
        (200, (), json.dumps({"items": [{"id": "2"}]}).encode()),
    ]
    found = list(client.pages(f"{server.url}/v1/x", {"account_id": "acc"}, "items"))
    assert found == [{"id": "1"}, {"id": "2"}]
    assert [path for _, path, _ in server.seen] == ["/v1/x?account_id=acc", f"/v1/x?account_id=acc&{query}"]


@pytest.mark.parametrize("following", [{"next": 3}, {"next": "https://x.example/"}, {"next": {}}, {}])
def test_last_page_has_no_next_one(server: Answers, client: IbmClient, following: dict[str, object]) -> None:
    server.answers = [(200, (), json.dumps({"items": [], **following}).encode())]
    assert list(client.pages(server.url, {}, "items")) == []


UNUSABLE_LISTS = {
    "no list": {"errors": [{"message": "no"}]},
    "no end": {"items": [], "next": "?pagetoken=2"},
    "no character": {"items": [], "next": {"start": "\ud800"}},
}


@pytest.mark.parametrize("content", UNUSABLE_LISTS.values(), ids=UNUSABLE_LISTS)
def test_list_that_is_none_or_has_no_end_is_an_error(
    server: Answers, client: IbmClient, content: dict[str, object]
) -> None:
    server.answers = [(200, (), json.dumps(content).encode())]
    with pytest.raises(CloudError, match=" has no "):
        list(client.pages(server.url, {}, "items"))
    assert len(server.seen) < 4


IDENTITY_CALLS: dict[str, Callable[[Identities], object]] = {
    "service ID": lambda identities: identities.service_id("ServiceId-1"),
    "service IDs": lambda identities: identities.service_ids("a"),
    "new service ID": lambda identities: identities.create_service_id("a", ""),
    "API key": lambda identities: identities.api_key("ApiKey-1"),
    "details": lambda identities: identities.details_of(made_up_password()),
    "new API key": lambda identities: identities.create_api_key("iam-ServiceId-1", "a", "", None),
}
STRANGE_ANSWERS = {
    "error document": {"errors": [{"message": "no"}]},
    "another object": {"id": "", "iam_id": "iam-ServiceId-2", "name": "a"},
    "other types": {"id": 3, "iam_id": ["iam-ServiceId-1"], "apikey": {}},
}


@pytest.mark.parametrize("call", IDENTITY_CALLS.values(), ids=IDENTITY_CALLS)
@pytest.mark.parametrize("content", STRANGE_ANSWERS.values(), ids=STRANGE_ANSWERS)
def test_answer_without_the_identity_is_an_error(
    server: Answers, client: IbmClient, call: Callable[[Identities], object], content: dict[str, object]
) -> None:
    server.answers = [(200, (), json.dumps({"serviceids": [content], **content}).encode())]
    with pytest.raises(CloudError, match="answer has no "):
        call(Identities(client=client, iam=server.url, account="acc"))


def test_new_key_of_another_identity_is_not_taken(server: Answers, client: IbmClient) -> None:
    key = {"id": "ApiKey-1", "iam_id": "iam-ServiceId-2", "apikey": made_up_password()}
    server.answers = [(201, (), json.dumps(key).encode())]
    with pytest.raises(CloudError) as caught:
        Identities(client=client, iam=server.url, account="acc").create_api_key("iam-ServiceId-1", "a", "", None)
    assert caught.value.is_sent


def test_lost_key_that_cannot_be_looked_for_is_told_of(server: Answers, client: IbmClient) -> None:
    server.answers = [None, (403, (), b"{}")]
    maker = KeyMaker(
        identities=Identities(client=client, iam=server.url, account="acc"),
        policies=Policies(client=client, iam=server.url, account="acc"),
    )
    service_id = ServiceId(id="ServiceId-1", iam_id="iam-ServiceId-1", name="a")
    with pytest.raises(CloudError, match="may exist all the same") as caught:
        maker.create_key(service_id, "a", "description", None)
    assert "ibmcloud iam service-api-keys ServiceId-1" in caught.value.hint


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"<html>"])
def test_answer_that_is_no_object_is_an_error(server: Answers, client: IbmClient, body: bytes) -> None:
    server.answers = [(200, (), body)]
    with pytest.raises(CloudError, match="is not a JSON object"):
        client.read(server.url)
