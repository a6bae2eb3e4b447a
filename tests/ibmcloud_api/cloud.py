"""The server: all services at one URL, with the faults that a test wants, and every request that it received."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from ibmcloud_api.code_engine import CodeEngine
from ibmcloud_api.documents import RefusalError, only
from ibmcloud_api.identity import Identity
from ibmcloud_api.kubernetes_service import KubernetesService
from ibmcloud_api.policies import Policies
from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from ibmcloud_api.documents import Document
    from kubeconfig.certificates import Certificate
    from local_server import Response


_WITHOUT_CONTENT = frozenset({202, 204})
_SIZES = {"pagesize": "20", "limit": "100"}
"""The parameters for the size of a page, and the size without one."""


class Loss(Enum):
    """What becomes of a request without an answer."""

    BEFORE = "the connection ends before anything was done"
    AFTER = "it is done, and the connection ends before the answer"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens instead of an answer: a loss, or a refusal. `first` is called before it."""

    loss: Loss | None = None
    refusal: RefusalError | None = None
    first: Callable[[], None] | None = None


class IbmCloud(FakeServer):
    """IAM, the Kubernetes Service and Code Engine of one account, while the `with` block lasts.

    `faults` are by the number of the request since `forget`, from 1 on; `denied` has refusals by the method and the
    beginning of the path: `("POST", "/v1/serviceids")`. `most_on_page` limits the pages of all lists.
    """

    def __init__(self, certificate: Certificate | None = None, account: str = "0a1b2c3d4e5f") -> None:
        self.identity = Identity(account)
        self.policies = Policies(self.identity)
        self.kubernetes = KubernetesService(self.identity)
        self.code_engine = CodeEngine(self.identity)
        self.faults: dict[int, Fault] = {}
        self.denied: dict[tuple[str, str], RefusalError] = {}
        self.most_on_page = 100
        super().__init__(self._answer, certificate)

    def forget(self) -> None:
        """Forget the requests so far, and what was to happen to later ones."""
        self.received.clear()
        self.faults.clear()
        self.denied.clear()
        self.most_on_page = 100

    @property
    def requests(self) -> list[str]:
        """Method and path of each request."""
        return [f"{one.method} {one.path}" for one in self.received]

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        """Answer a request, unless it is lost."""
        try:
            return super().respond(request)
        except ConnectionError:
            request.close_connection = True
            request.connection.close()
            raise

    def _answer(self, received: Received) -> Reply:
        fault = self.faults.pop(len(self.received), None)
        if fault is not None and fault.first is not None:
            fault.first()
        if fault is not None and fault.loss is Loss.BEFORE:
            raise ConnectionError
        try:
            if fault is not None and fault.refusal is not None:
                raise fault.refusal
            reply = self._done(received)
        except RefusalError as refusal:
            reply = _in_form_of(received, refusal)
        if fault is not None and fault.loss is Loss.AFTER:
            raise ConnectionError
        if reply.status in _WITHOUT_CONTENT:
            return replace(reply, content="")
        return replace(reply, headers=(*reply.headers, ("Content-Type", "application/json")))

    def _done(self, received: Received) -> Reply:
        for (method, path), refusal in self.denied.items():
            if received.method == method and received.path.startswith(path):
                raise refusal
        asked = self._with_size(received)
        for service in (
            self.identity.answer(asked, self.url),
            self.policies.answer(asked, self.url),
            self.kubernetes.answer(asked),
            self.code_engine.answer(asked, self.url),
        ):
            if service is not None:
                return service
        raise RefusalError(404, f"There is nothing at {received.path}.")

    def _with_size(self, received: Received) -> Received:
        """A request for pages that are not longer than a test wants."""
        sizes = {name: min(int(only(received, name, usual)), self.most_on_page) for name, usual in _SIZES.items()}
        return replace(received, query={**received.query, **{name: [str(size)] for name, size in sizes.items()}})


def _in_form_of(received: Received, refusal: RefusalError) -> Reply:
    """A refusal as the service that was asked has it: two of them have a form of their own."""
    content: Document
    if received.path == "/identity/token":
        content = {"errorCode": refusal.code, "errorMessage": refusal.message, "context": {}}
    elif received.path.startswith("/global/"):
        content = {"incidentID": secrets.token_hex(8), "code": refusal.code, "description": refusal.message}
        content["type"] = "Provisioning"
    else:
        return refusal.reply()
    return Reply(status=refusal.status, headers=refusal.headers, content=content)
