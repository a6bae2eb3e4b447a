"""The server: all services at one URL, with the faults that a test wants, and every request that it received."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from ibmcloud_api.code_engine import CodeEngine
from ibmcloud_api.documents import RefusalError
from ibmcloud_api.identity import Identity
from ibmcloud_api.kubernetes_service import KubernetesService
from ibmcloud_api.policies import Policies
from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from kubeconfig.certificates import Certificate
    from local_server import Response


_WITHOUT_CONTENT = frozenset({202, 204})


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
    beginning of the path: `("POST", "/v1/serviceids")`.
    """

    def __init__(self, certificate: Certificate | None = None, account: str = "0a1b2c3d4e5f") -> None:
        self.identity = Identity(account)
        self.policies = Policies(self.identity)
        self.kubernetes = KubernetesService(self.identity)
        self.code_engine = CodeEngine(self.identity)
        self.faults: dict[int, Fault] = {}
        self.denied: dict[tuple[str, str], RefusalError] = {}
        super().__init__(self._answer, certificate)

    def forget(self) -> None:
        """Forget the requests so far, and what was to happen to later ones."""
        self.received.clear()
        self.faults.clear()
        self.denied.clear()

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
        for service in (
            self.identity.answer(received, self.url),
            self.policies.answer(received),
            self.kubernetes.answer(received),
            self.code_engine.answer(received, self.url),
        ):
            if service is not None:
                return service
        raise RefusalError(404, f"There is nothing at {received.path}.")


def _in_form_of(received: Received, refusal: RefusalError) -> Reply:
    """A refusal as the service that was asked has it: the token service has a form of its own."""
    if received.path != "/identity/token":
        return refusal.reply()
    content = {"errorCode": refusal.code, "errorMessage": refusal.message, "context": {}}
    return Reply(status=refusal.status, headers=refusal.headers, content=json.dumps(content))
