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
"""A Kubernetes object as JSON; typed Any so that tests can read nested fields."""

GROUPS = {
    "apps/v1": ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"),
    "batch/v1": ("Job", "CronJob"),
    "rbac.authorization.k8s.io/v1": ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"),
    "authorization.k8s.io/v1": ("SelfSubjectAccessReview", "SubjectAccessReview"),
}
"""The API group of a kind; all other kinds are in the core group, `v1`."""
MERGE_PATCH = "application/merge-patch+json"


class ApiError(Exception):
    """The server returned an error; `status` is the HTTP status, `reason` the Kubernetes reason (`NotFound`)."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(f"{status} {reason}: {message}")
        self.status = status
        self.reason = reason


class Api:
    """A client that acts as one user; safe for concurrent use. Close it, or use it in a `with`.

    `timeout` is how many seconds one answer may take.
    """

    def __init__(self, access: Access, timeout: float = 30.0) -> None:
        self._connections = Connections(access.server, access.ca, timeout)
        # The server takes the program's name as that of the field manager: what tests write is written by a person.
        self._headers = {
            "Authorization": f"Bearer {access.token}",
            "Accept": "application/json",
            "User-Agent": "kubectl/tests",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def create(self, body: Object, namespace: str = "", *, manager: str = "") -> Object:
        """Create an object, in `namespace` or in the namespace of its metadata, as a field manager."""
        path = path_of(body["kind"], "", namespace or body["metadata"].get("namespace", ""))
        path = f"{path}?{urlencode({'fieldManager': manager})}" if manager else path
        return self.request("POST", path, {"apiVersion": group_of(body["kind"]), **body})

    def dry_run(self, body: Object, namespace: str) -> Object:
        """What `create` would create now, after admission."""
        path = f"{path_of(body['kind'], '', namespace)}?dryRun=All"
        return self.request("POST", path, {"apiVersion": group_of(body["kind"]), **body})

    def read(self, kind: str, name: str, namespace: str = "") -> Object:
        """Read an object. Raises ApiError with status 404 if it does not exist."""
        return self.request("GET", path_of(kind, name, namespace))

    def find(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """Read an object, or None if it does not exist."""
        try:
            return self.read(kind, name, namespace)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str = "", **query: str) -> list[Object]:
        """List all objects of a kind, in one namespace or in all; `query` as in `labelSelector="a=b"`."""
        answer = self.request("GET", f"{path_of(kind, '', namespace)}?{urlencode(query)}")
        return [{"apiVersion": group_of(kind), "kind": kind, **item} for item in answer["items"]]

    def patch(self, kind: str, name: str, change: Object, namespace: str = "", *, subresource: str = "") -> Object:
        """Apply a JSON merge patch (RFC 7386); `subresource` as in `"status"`."""
        return self.request("PATCH", path_of(kind, name, namespace, subresource), change, content=MERGE_PATCH)

    def replace(self, body: Object) -> Object:
        """Replace an object; the server checks its resourceVersion."""
        metadata = body["metadata"]
        return self.request("PUT", path_of(body["kind"], metadata["name"], metadata.get("namespace", "")), body)

    def delete(self, kind: str, name: str, namespace: str = "") -> None:
        """Delete an object without waiting; no error if it does not exist."""
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
        """Wait until the object exists and `until_it` holds. Raises TimeoutError after `within` seconds."""

        def question() -> Object | None:
            seen = self.find(kind, name, namespace)
            return seen if seen and until_it(seen) else None

        return until(question, f"{kind} {namespace}/{name}", within=within)

    def request(
        self, method: str, path: str, body: Object | None = None, *, content: str = "application/json"
    ) -> Object:
        """Send one request; `path` includes the query. Raises ApiError, or what Connections raises."""
        sent = None if body is None else json.dumps(body)
        status, text = self._connections.exchange(method, path, sent, {**self._headers, "Content-Type": content})
        if status < 400:
            return json.loads(text) if text.startswith(b"{") else {"text": text.decode()}
        raise refusal(status, text)


def refusal(status: int, text: bytes) -> ApiError:
    """The error in a response; before the API server is ready, it may not be JSON."""
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
