"""One call of the Kubernetes API, as data: what the client says and the transport sends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote, urlencode

from pullsecret.model.objects.objects import Kind

JSON = "application/json"

_PLAIN_STEP = re.compile(r"[\w.-]+", re.ASCII)


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

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}{_query_text(self.query)}"

    def asking(self, **query: str) -> Call:
        """The same with more in the query."""
        return replace(self, query=(*self.query, *query.items()))


def path_to(kind: Kind, namespace: str = "", name: str = "") -> str:
    """The path of an object, or without a name of its collection; a namespace of "" is the whole cluster."""
    steps = ["namespaces", namespace] if namespace and kind is not Kind.NAMESPACE else []
    steps += [kind.value, name] if name else [kind.value]
    root = "/apis" if "/" in kind.group else "/api"
    return f"{root}/{kind.group}/" + "/".join([_step(step) for step in steps])


def _step(name: str) -> str:
    return name if _PLAIN_STEP.fullmatch(name) else quote(name, safe="")  # what quote would find out in five steps


@lru_cache(maxsize=16)  # all writes of a run have the same
def _query_text(query: tuple[tuple[str, str], ...]) -> str:
    return f"?{urlencode(query)}" if query else ""
