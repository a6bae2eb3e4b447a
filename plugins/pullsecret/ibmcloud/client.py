"""Requests to IBM Cloud's JSON APIs: signed in, repeated where that is safe, errors in one line."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from pullsecret.errors import CloudError
from pullsecret.ibmcloud.refusals import refusal_in
from pullsecret.model.ibmcloud.answers import text_in
from pullsecret.network.http.message import Request, origin_and_target
from pullsecret.network.http.web import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.ibmcloud.tokens import Tokens
    from pullsecret.network.http.message import Response
    from pullsecret.network.http.web import WebTransport

_ATTEMPTS: Final = 4
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 30.0
_TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})
_UNPROCESSED: Final = frozenset({429, 503})
"""Statuses after which a request that creates something can be sent again: the server did not process it."""
_MAX_BODY: Final = 8 << 20
_MOST_PAGES: Final = 1000


@dataclass(frozen=True, kw_only=True)
class IbmCall:
    """A request: `query` without empty values, `secrets` that no text of the answer may show.

    `is_repeatable`: to send it twice is the same as once. A call without `is_signed` has no token.
    """

    method: str
    url: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: Mapping[str, object] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    is_repeatable: bool = True
    is_signed: bool = True


class IbmClient:
    """Sends calls, from as many threads as needed; once `stopped` is set, all waiting between attempts ends."""

    def __init__(
        self, transport: WebTransport, tokens: Tokens | None = None, stopped: threading.Event | None = None
    ) -> None:
        self._transport, self._tokens, self._stopped = transport, tokens, stopped or threading.Event()

    def signed_in(self, tokens: Tokens) -> IbmClient:
        """A client with the same connections and these tokens."""
        return IbmClient(self._transport, tokens, self._stopped)

    def unstoppable(self) -> IbmClient:
        """The same client, for what must be done although the run was interrupted."""
        return IbmClient(self._transport, self._tokens)

    def sign_in(self) -> None:
        """Get a token, unless there is one; raises CloudError with status 400 for an API key that is not valid."""
        if self._tokens is not None:
            self._tokens.current()

    def send(self, call: IbmCall) -> Response:
        """The answer, whose status is below 300; after a 401 with a new token once more.

        Raises:
            CloudError: IBM Cloud refused or gave no answer; `is_sent` tells whether it may have acted.
            ConfigError: there is no identity to sign in as.
        """
        attempt = 1
        while True:
            answer, delay = self._attempt(call)
            if not isinstance(answer, CloudError):
                return answer
            if delay is None or attempt == _ATTEMPTS or self._stopped.wait(delay * 2 ** (attempt - 1)):
                raise answer
            attempt += 1

    def _attempt(self, call: IbmCall) -> tuple[Response | CloudError, float | None]:
        """The answer, or the failure and the seconds before the next attempt, None for no further one."""
        try:
            response = self._send_signed(call)
        except UnreachableError as error:
            # A server that cannot be reached at all is reported at once.
            return _unreachable(call, error), _FIRST_DELAY if call.is_repeatable and error.sent else None
        if response.status < 300:  # noqa: PLR2004
            return response, None
        return refusal_in(response, call.method), _delay_after(call, response)

    def read(self, url: str, query: Mapping[str, str] | None = None, **headers: str) -> Mapping[str, object]:
        """The JSON object at a URL; raises what `send` raises."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer_object(self.send(IbmCall(method="GET", url=url, query=query or {}, headers=named)))

    def pages(
        self, url: str, query: Mapping[str, str], name: str, *, may_be_absent: bool = False
    ) -> Iterator[Mapping[str, object]]:
        """The objects in the list `name` of every page; raises what `send` raises.

        The next page is named by a URL in `next` (IAM) or in `next.href`, whose query is taken and whose host is not:
        the token goes nowhere else. CloudError, too, for an answer without the list, and for pages without an end:
        what is not known is not taken as absent. `may_be_absent`: the service may leave an empty list out.
        """
        asked = query
        seen: list[Mapping[str, str]] = []
        while len(seen) < _MOST_PAGES and asked not in seen:
            content = self.read(url, asked)
            found = content.get(name, [] if may_be_absent and "errors" not in content else None)
            if not isinstance(found, list):
                raise CloudError(f"IBM Cloud's answer has no list of {name}")
            yield from (one for one in found if isinstance(one, dict))
            following = _next_query(content, query)
            if following is None:
                return
            seen.append(asked)
            asked = following
        raise CloudError(f"IBM Cloud's list of {name} has no end")

    def create(self, url: str, content: Mapping[str, object], **headers: str) -> Mapping[str, object]:
        """The object that a POST created; raises what `send` raises. It is not repeated if it may have been done."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        call = IbmCall(method="POST", url=url, content=content, headers=named, is_repeatable=False)
        return answer_object(self.send(call))

    def pause(self, seconds: float) -> bool:
        """Wait; returns whether the waiting was ended."""
        return self._stopped.wait(seconds)

    def close(self) -> None:
        """Close the connections that are idle."""
        self._transport.close()

    def _send_signed(self, call: IbmCall) -> Response:
        if not call.is_signed or self._tokens is None:
            return self._transport.send(_request_for(call, ""))
        token = self._tokens.current()
        response = self._transport.send(_request_for(call, token))
        if response.status == 401 and (renewed := self._tokens.renew(token)):  # noqa: PLR2004
            response = self._transport.send(_request_for(call, renewed))
        return response


def answer_object(response: Response) -> Mapping[str, object]:
    """The JSON object of an answer; raises CloudError if there is none."""
    if response.json_object is None:
        raise CloudError("IBM Cloud's answer is not a JSON object", status=response.status, is_sent=True)
    return response.json_object


def path_with(base: str, *names: str) -> str:
    """A URL with these names as further parts of its path, escaped."""
    return "/".join((base, *(quote(name, safe="", errors="replace") for name in names)))


def _request_for(call: IbmCall, token: str) -> Request:
    query = urlencode({name: value for name, value in call.query.items() if value}, errors="replace")
    origin, target = origin_and_target(f"{call.url}?{query}" if query else call.url)
    headers = {"Accept": "application/json", **call.headers}
    body = None
    if call.content is not None:
        headers["Content-Type"], body = "application/json", json.dumps(call.content).encode()
    elif call.form is not None:
        headers["Content-Type"], body = (
            "application/x-www-form-urlencoded",
            urlencode(call.form, errors="replace").encode(),
        )
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Request(
        method=call.method,
        origin=origin,
        target=target,
        headers=tuple(headers.items()),
        body=body,
        secrets=call.secrets,
        max_body=_MAX_BODY,
    )


def _delay_after(call: IbmCall, response: Response) -> float | None:
    """The seconds before the next attempt, the first time; None for no further one."""
    if response.status not in (_TRANSIENT if call.is_repeatable else _UNPROCESSED):
        return None
    asked = response.value("Retry-After")
    delay = float(asked) if asked.isascii() and asked.isdigit() else _FIRST_DELAY
    return delay if delay <= _LONGEST_DELAY else None


def _unreachable(call: IbmCall, error: UnreachableError) -> CloudError:
    host = urlsplit(call.url).netloc
    return CloudError(f"IBM Cloud cannot be reached at {host}: {error.words}", is_sent=error.sent)


def _next_query(content: Mapping[str, object], query: Mapping[str, str]) -> Mapping[str, str] | None:
    """The query of the next page; None on the last one."""
    following = content.get("next")
    if isinstance(following, dict):
        start = text_in(following, "start")
        following = following.get("href") or (f"?start={quote(start, errors='replace')}" if start else "")
    if not isinstance(following, str) or not following:
        return None
    named = parse_qs(following.partition("#")[0].partition("?")[2])
    more = {name: values[-1] for name, values in named.items() if name in {"pagetoken", "start"}}
    return {**query, **more} if more else None
