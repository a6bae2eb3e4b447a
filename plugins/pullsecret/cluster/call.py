"""One call of the Kubernetes API, as data: what the client says and the transport sends."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote

from pullsecret.model.kubeobject import Kind

JSON = "application/json"


@dataclass(frozen=True, kw_only=True)
class Call:
    """Method, path (percent-encoded, with its leading slash), query and JSON body.

    `what` names it in an error when the server's answer does not: `get secrets`.
    """

    method: str
    path: str
    what: str = ""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)
    content_type: str = JSON
    accept: str = JSON

    def asking(self, **query: str) -> Call:
        """The same with more in the query."""
        return replace(self, query=(*self.query, *query.items()))


def path_to(kind: Kind, namespace: str = "", name: str = "") -> str:
    """The path of an object, or without a name of its collection; a namespace of "" is the whole cluster."""
    steps = ["namespaces", namespace] if namespace and kind is not Kind.NAMESPACE else []
    steps += [kind.value, name] if name else [kind.value]
    return "/api/v1/" + "/".join(quote(step, safe="") for step in steps)
