"""Read and write a cluster's objects as JSON, independently of the product and of its Kubernetes client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import urlencode

from control_plane.transport import Connections
from control_plane.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.access import Access

Object: TypeAlias = dict[str, Any]
"""A Kubernetes object as JSON; Any, so that a test may look into an answer as deep as it likes."""

GROUPS = {
    "apps/v1": ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"),
    "batch/v1": ("Job", "CronJob"),
    "rbac.authorization.k8s.io/v1": ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"),
    "authorization.k8s.io/v1": ("SelfSubjectAccessReview",),
}
"""The API group of a kind; every other kind is of the core, `v1`."""
MERGE_PATCH = "application/merge-patch+json"


class ApiError(Exception):
    """The server refused; `status` is HTTP's, `reason` Kubernetes' word for it (`NotFound`)."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason


class Api:
    """A client that acts as one user; threads may share it. Close it, or use it in a `with`.

    `timeout` is how many seconds one answer may take.
    """

    def __init__(self, access: Access, timeout: float = 30.0) -> None:
        self._connections = Connections(access.server, access.ca, timeout)
        self._headers = {"Authorization": f"Bearer {access.token}", "Accept": "application/json"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._connections.close()

    def create(self, body: Object, namespace: str = "") -> Object:
        """Make an object; its kind and metadata say where, `namespace` may say the rest."""
        path = path_of(body["kind"], "", namespace or body["metadata"].get("namespace", ""))
        return self.request("POST", path, {"apiVersion": group_of(body["kind"]), **body})

    def read(self, kind: str, name: str, namespace: str = "") -> Object:
        """An object. Raises ApiError with status 404 when it is not there."""
        return self.request("GET", path_of(kind, name, namespace))

    def find(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """An object, or None when it is not there."""
        try:
            return self.read(kind, name, namespace)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str = "", **query: str) -> list[Object]:
        """All objects of a kind, of one namespace or of all; `query` as in `labelSelector="a=b"`."""
        answer = self.request("GET", f"{path_of(kind, '', namespace)}?{urlencode(query)}")
        return [{"apiVersion": group_of(kind), "kind": kind, **item} for item in answer["items"]]

    def patch(self, kind: str, name: str, change: Object, namespace: str = "", *, subresource: str = "") -> Object:
        """Apply a JSON merge patch (RFC 7386); `subresource` as in `"status"`."""
        return self.request("PATCH", path_of(kind, name, namespace, subresource), change, content=MERGE_PATCH)

    def replace(self, body: Object) -> Object:
        """Put an object in place of what was read; its resourceVersion is checked by the server."""
        metadata = body["metadata"]
        return self.request("PUT", path_of(body["kind"], metadata["name"], metadata.get("namespace", "")), body)

    def delete(self, kind: str, name: str, namespace: str = "") -> None:
        """Ask for an object's end, without waiting for it; no error when it is gone already."""
        try:
            self.request("DELETE", path_of(kind, name, namespace))
        except ApiError as error:
            if error.status != 404:
                raise

    def wait_for(
        self,
        kind: str,
        name: str,
        namespace: str = "",
        *,
        until_it: Callable[[Object], bool] = bool,
        within: float = 30.0,
    ) -> Object:
        """The object as soon as it is there and `until_it` holds. Raises TimeoutError after `within` seconds."""

        def question() -> Object | None:
            seen = self.find(kind, name, namespace)
            return seen if seen and until_it(seen) else None

        return until(question, f"{kind} {namespace}/{name}", within=within)

    def request(
        self, method: str, path: str, body: Object | None = None, *, content: str = "application/json"
    ) -> Object:
        """One exchange; `path` with its query. Raises ApiError, or what Connections raises when nobody answers."""
        sent = None if body is None else json.dumps(body)
        status, text = self._connections.exchange(method, path, sent, {**self._headers, "Content-Type": content})
        if status < 400:
            return json.loads(text) if text.startswith(b"{") else {"text": text.decode()}
        raise refusal(status, text)


def refusal(status: int, text: bytes) -> ApiError:
    """The error that an answer tells of; before the API server is ready it may be no JSON."""
    try:
        said = json.loads(text)
    except ValueError:
        said = {"message": text.decode(errors="replace")}
    return ApiError(status, said.get("reason", ""), said.get("message", ""))


def group_of(kind: str) -> str:
    """The `apiVersion` of a kind."""
    return next((group for group, kinds in GROUPS.items() if kind in kinds), "v1")


def path_of(kind: str, name: str = "", namespace: str = "", subresource: str = "") -> str:
    """The URL path of an object, or of a collection without a name."""
    group = group_of(kind)
    root = f"/apis/{group}" if "/" in group else f"/api/{group}"
    place = f"/namespaces/{namespace}" if namespace and kind != "Namespace" else ""
    last = "".join(f"/{part}" for part in (name, subresource) if part)
    return f"{root}{place}/{kind.lower()}s{last}"
