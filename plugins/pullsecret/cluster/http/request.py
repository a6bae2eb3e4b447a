"""A request to the Kubernetes API, as data: what the client asks for, and which responses can answer it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pullsecret.model.objects.objects import (
    AnyKind,
    CustomKind,
    Kind,
    Object,
    mappings_at,
    name_of,
    namespace_of,
    text_at,
)
from pullsecret.model.owners.owner import FIELD_MANAGER
from pullsecret.network.http.message import MAX_BODY

if TYPE_CHECKING:
    from pullsecret.network.http.message import Response

JSON = "application/json"

_OWNER = ("fieldManager", FIELD_MANAGER)
_WRITING = {False: (_OWNER,), True: (_OWNER, ("dryRun", "All"))}
"""The query of a write, by whether it is a dry run."""

_UNRESERVED = re.compile(r"[\w.-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ApiRequest:
    """Method, path (percent-encoded, with its leading slash), query and JSON body.

    `what` names it in an error when the server's response does not: `get secrets`. `kind`, `namespace` and `name` are
    of the object that the server must answer with, or without a name of the list; without a kind any object will do.
    `has_token_in_response`: a credential comes back, which no log of headers and warnings may show.
    """

    method: str
    path: str
    what: str = ""
    kind: AnyKind | None = None
    namespace: str = ""
    name: str = ""
    query: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)
    content_type: str = JSON
    accept: str = JSON
    max_body: int = MAX_BODY
    has_token_in_response: bool = False

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}{_query_text(self.query)}"

    def with_query(self, **query: str) -> ApiRequest:
        """The same request with more in its query."""
        return replace(self, query=(*self.query, *query.items()))

    def is_answered_by(self, response: Response) -> bool:
        """Whether a response can be to this request: its kind, namespace and name are the ones asked for.

        On a connection that is kept, what a faulty proxy or server sends twice would be taken for the next response.
        """
        content = response.json_object
        if self.kind is None or content is None:
            return True
        if content.get("kind") == "Status":
            return self._is_named_in(content) and (response.status >= 300 or self.method == "DELETE")  # noqa: PLR2004
        if response.status >= 300:  # noqa: PLR2004
            return True
        return self._is_object(content, self.kind) if self.name else self._is_list(content, self.kind)

    def _is_named_in(self, status: Object) -> bool:
        """Whether a Status names the object asked for, as far as it names one of this kind."""
        about, name = text_at(status, "details", "kind"), text_at(status, "details", "name")
        return about != (self.kind and self.kind.value) or not name or not self.name or name == self.name

    def _is_object(self, found: Object, kind: AnyKind) -> bool:
        is_kind = found.get("kind") in {kind.title, "PartialObjectMetadata"}
        return is_kind and name_of(found) == self.name and namespace_of(found) in {self.namespace, ""}

    def _is_list(self, found: Object, kind: AnyKind) -> bool:
        if found.get("kind") not in {f"{kind.title}List", "PartialObjectMetadataList"}:
            return False
        return not self.namespace or {namespace_of(item) for item in mappings_at(found, "items")} <= {
            self.namespace,
            "",
        }


def path_to(kind: AnyKind, namespace: str = "", name: str = "") -> str:
    """The path of an object, or without a name of its collection; a namespace of "" is the whole cluster."""
    steps = ["namespaces", namespace] if namespace and kind is not Kind.NAMESPACE else []
    steps += [kind.value, name] if name else [kind.value]
    root = "/apis" if "/" in kind.group else "/api"
    return f"{root}/{kind.group}/" + "/".join([_escaped(step) for step in steps])


def path_to_group(group: str, version: str = "") -> str:
    """The path of an API group, or of one of its versions."""
    return "/apis/" + "/".join(_escaped(step) for step in (group, version) if step)


def write_query(kind: AnyKind, *, dry_run: bool) -> tuple[tuple[str, str], ...]:
    """The query of a write.

    A custom resource whose schema has no such field would lose it without a word, so the server is asked to refuse it.
    """
    strict = (("fieldValidation", "Strict"),) if isinstance(kind, CustomKind) else ()
    return (*_WRITING[dry_run], *strict)


def _escaped(name: str) -> str:
    return name if _UNRESERVED.fullmatch(name) else quote(name, safe="")  # quote would come to the same in five steps


@lru_cache(maxsize=16)  # all writes of a run have the same
def _query_text(query: tuple[tuple[str, str], ...]) -> str:
    return f"?{urlencode(query)}" if query else ""
