"""The few verbs that this program needs of the Kubernetes API, over objects as plain mappings."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, Final

from pullsecret.cluster.http.request import JSON, Call, path_to
from pullsecret.cluster.http.response import object_in
from pullsecret.cluster.http.retries import Retries
from pullsecret.errors import GoneError
from pullsecret.model.objects.objects import mappings_at, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.http.transport import Transport
    from pullsecret.model.objects.objects import Kind, Object
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.network.trace import Trace

PAGE: Final = 500
"""How many items a LIST asks for at a time, as kubectl's --chunk-size."""

_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
_METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
_ENCODER = json.JSONEncoder(separators=(",", ":"))  # one for all: json.dumps would make one a request
_MERGE_PATCH = "application/merge-patch+json"
_OWNER = ("fieldManager", "kubectl-pullsecret")
_WRITING = {False: (_OWNER,), True: (_OWNER, ("dryRun", "All"))}
"""The query of a write, by whether it is a dry run."""


class Cluster:
    """One API server as one user. Safe for use from many threads.

    Every verb raises ApiError when the server refuses, ConnectError when it does not answer, and ConfigError when
    there is no usable credential. Reads are repeated a few times when the network or the server stumbles; writes are
    sent once, because whoever asked for one knows better what to do then.

    `namespace` is what -n defaults to, `server` the URL asked, `parallel` how many requests may be under way.
    `sibling` opens another cluster for other flags, with the same environment and the same listeners. `trace` is the
    log of -v, for whoever else sends requests in this run.
    """

    def __init__(  # noqa: PLR0913  made in one place only
        self,
        transport: Transport,
        *,
        namespace: str,
        server: str,
        parallel: int,
        warn: Callable[[str], None],
        trace: Trace,
        sibling: Callable[[ConnectionFlags], Cluster],
    ) -> None:
        self.namespace, self.server, self.parallel, self.sibling = namespace, server, parallel, sibling
        self._transport, self._warn, self.trace = transport, warn, trace
        self._warned: set[str] = set()
        self._warning = threading.Lock()
        self._retries = Retries()

    def read(self, kind: Kind, namespace: str, name: str) -> Object:
        """One object; NotFoundError when it is not there. A namespace of "" is for what has none."""
        return self._read(Call(method="GET", path=path_to(kind, namespace, name), what=f"get {kind.value} {name}"))

    def read_all(
        self, kind: Kind, namespace: str = "", *, fields: str = "", labels: str = "", metadata_only: bool = False
    ) -> tuple[Object, ...]:
        """All objects of a kind in a namespace, or with "" in the cluster, that match the selectors.

        Asked for in pages. When the server forgets where we were (410), all is read again in one piece, as client-go
        does (tools/pager/pager.go), so that nothing comes twice. Items have no `kind`, as the server sends them;
        `metadata_only` gives objects with nothing but metadata.
        """
        selectors = tuple(
            (key, value) for key, value in (("fieldSelector", fields), ("labelSelector", labels)) if value
        )
        accept = _METADATA_LIST if metadata_only else JSON
        call = Call(
            method="GET", path=path_to(kind, namespace), what=f"get {kind.value}", query=selectors, accept=accept
        )
        try:
            return self._pages(call)
        except GoneError:
            return mappings_at(self._read(call), "items")

    def create(self, kind: Kind, wanted: Object, *, dry_run: bool = False, metadata_only: bool = False) -> Object:
        """Makes an object and gives it as the server stored it; AlreadyExistsError when the name is taken.

        With `metadata_only` the answer has nothing but metadata: less work for the server, the network and us.
        """
        path, what = path_to(kind, namespace_of(wanted)), f"post {kind.value}"
        query, accept = _WRITING[dry_run], _METADATA if metadata_only else JSON
        return self._asked(Call(method="POST", path=path, what=what, query=query, body=_body(wanted), accept=accept))

    def patch(
        self, kind: Kind, key: tuple[str, str], patch: Object, *, dry_run: bool = False, metadata_only: bool = False
    ) -> Object:
        """Applies a JSON merge patch to the object of this namespace and name, and gives it as it is now.

        A `metadata.resourceVersion` in the patch is the version that must still be there; ConflictError otherwise.
        """
        path, what = path_to(kind, *key), f"patch {kind.value} {key[1]}"
        query, accept = _WRITING[dry_run], _METADATA if metadata_only else JSON
        call = Call(
            method="PATCH",
            path=path,
            what=what,
            query=query,
            body=_body(patch),
            content_type=_MERGE_PATCH,
            accept=accept,
        )
        return self._asked(call)

    def delete(self, kind: Kind, seen: Object, *, dry_run: bool = False, at_once: bool = False) -> None:
        """Deletes an object if it is still the one seen, unchanged; ConflictError otherwise.

        `at_once` gives a pod no time to end, so that its name is free: as `kubectl replace --force` does.
        """
        name = name_of(seen)
        options: dict[str, Any] = {
            "kind": "DeleteOptions",
            "apiVersion": "v1",
            "preconditions": {
                "uid": text_at(seen, "metadata", "uid"),
                "resourceVersion": text_at(seen, "metadata", "resourceVersion"),
            },
        }
        if at_once:
            options["gracePeriodSeconds"] = 0
        if dry_run:
            options["dryRun"] = ["All"]  # the server reads the query only when there is no body
        path, what = path_to(kind, namespace_of(seen), name), f"delete {kind.value} {name}"
        self._asked(Call(method="DELETE", path=path, what=what, body=_body(options)))

    def close(self) -> None:
        """Wakes what waits for another attempt, and closes idle connections. Twice is no harm."""
        self._retries.stop()
        self._transport.close()

    def _pages(self, call: Call) -> tuple[Object, ...]:
        found: list[Object] = []
        token = ""
        while True:
            page = self._read(call.asking(limit=str(PAGE), **({"continue": token} if token else {})))
            found.extend(mappings_at(page, "items"))
            token = text_at(page, "metadata", "continue")
            if not token:
                return tuple(found)

    def _read(self, call: Call) -> Object:
        return self._retries.until_answered(lambda: self._asked(call))

    def _asked(self, call: Call) -> Object:
        answer = self._transport.send(call)
        for text in answer.warnings:
            self._warn_once(text)
        return object_in(answer, call.what)

    def _warn_once(self, text: str) -> None:
        with self._warning:
            if text in self._warned:
                return
            self._warned.add(text)
        self._warn(text)


def _body(content: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(content).encode()
