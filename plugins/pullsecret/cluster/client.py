"""The requests that this program sends to the Kubernetes API, over objects as plain mappings."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pullsecret.cluster.http.list_pages import METADATA_LIST, ListPages
from pullsecret.cluster.http.request import JSON, ApiRequest, path_to, path_to_group, write_query
from pullsecret.cluster.http.response import object_in
from pullsecret.cluster.http.retries import Retries
from pullsecret.errors import ConnectError, GoneError, TooLargeError
from pullsecret.model.objects.objects import AnyKind, Kind, as_it_is, mappings_at, name_of, namespace_of, text_at
from pullsecret.network.side_by_side import call_each, start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pullsecret.cluster.http.transport import Transport
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.account_tokens import AccountToken
    from pullsecret.model.request.connection import ConnectionFlags
    from pullsecret.network.side_by_side import Pending
    from pullsecret.network.timeouts import Deadline
    from pullsecret.network.trace import Trace

_Argument = TypeVar("_Argument")
_Result = TypeVar("_Result")

READS_AT_ONCE: Final = 32
"""So many single reads are under way unless the user says otherwise: at 100 ms, 1,000 take 3 s."""

_MOST_PAGES: Final = 20_000
"""Pages of a list that never ends; a list of 150,000 secrets of 1 MiB has fewer."""
_PATIENCE: Final = 15.0

_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
_ENCODER = json.JSONEncoder(separators=(",", ":"))  # json.dumps would make one for each request
_MERGE_PATCH = "application/merge-patch+json"


class Cluster:
    """One API server as one user. Safe for use from many threads.

    Every method raises ApiError when the server refuses, ConnectError when it does not respond, and ConfigError when
    there is no usable credential. Reads are repeated a few times when the network or the server fails; writes are sent
    once, because their callers know whether to send them again.

    `namespace` is the default of -n, `server` the URL, `context` the kubeconfig context or "". `parallel` is how many
    requests may be under way, None for as many as the server answers best; `most` is their limit where several clusters
    share the connections of this machine. `sibling` opens another cluster for other flags in the same environment.
    `trace` is the log of -v, which requests to registries share.
    """

    def __init__(  # noqa: PLR0913  made in one place only
        self,
        transport: Transport,
        *,
        namespace: str,
        server: str,
        context: str,
        parallel: int | None,
        most: int | None,
        trace: Trace,
        sibling: Callable[[ConnectionFlags], Cluster],
    ) -> None:
        self.namespace, self.server, self.context = namespace, server, context
        self.parallel, self.most, self.sibling = parallel, most, sibling
        self._transport, self.trace = transport, trace
        self._retries = Retries()

    @property
    def patience(self) -> float:
        """The seconds during which to repeat a write that gets no answer: 15, or --request-timeout if it is shorter."""
        return min(_PATIENCE, self._transport.start_deadline().timeouts.total)

    @property
    def reads_at_once(self) -> int:
        """How many single reads may be under way: reads are quick for the server, and have a queue of their own."""
        return min(READS_AT_ONCE, self.most or READS_AT_ONCE) if self.parallel is None else self.parallel

    @property
    def round_trip(self) -> float:
        """The seconds that the quickest answer so far took, 0 before the first one."""
        return self._transport.round_trip

    def prepare_connection(self) -> bool:
        """Open a connection if none is idle, so that a write need not wait for it; returns whether it did."""
        return self._transport.prepare_connection()

    def log_in(self) -> None:
        """Obtain the first credential, once; raises ConfigError or ConnectError without one."""
        self._transport.log_in()

    def start(self, read: Callable[[], _Result]) -> Pending[_Result]:
        """Begin a read, of one request or several, while others are under way.

        Raises:
            ConfigError, ConnectError: the login fails. It comes first, in this thread, because it may prompt.
        """
        self._transport.log_in()
        return start(read)

    def read_each(self, read: Callable[[_Argument], _Result], arguments: Sequence[_Argument]) -> list[_Result]:
        """Call `read` for each argument, several at a time; the results keep the arguments' order."""
        if len(arguments) <= 1 or self.reads_at_once == 1:
            return [read(argument) for argument in arguments]
        self._transport.log_in()
        return call_each(read, arguments, at_once=self.reads_at_once)

    def read(self, kind: AnyKind, namespace: str, name: str) -> Object:
        """One object; NotFoundError when it does not exist. The namespace of a cluster-scoped object is ""."""
        what = f"get {kind.value} {name}"
        return self._repeat(_request("GET", what, kind, namespace, name))

    def read_all(  # noqa: PLR0913  which objects, and what of them
        self,
        kind: AnyKind,
        namespace: str = "",
        *,
        fields: str = "",
        labels: str = "",
        metadata_only: bool = False,
        keep: Callable[[Object], Object] = as_it_is,
    ) -> tuple[Object, ...]:
        """All objects of a kind in a namespace, or with "" in the cluster, that match the selectors.

        They are read in pages. When the server forgets a page's position (410), all are read again at once, as
        client-go does (tools/pager/pager.go), so that none comes twice. Items have no `kind`, as the server sends them;
        with `metadata_only` they have nothing but metadata. `keep` gives what is kept of each item of a page.
        """
        selectors = tuple(
            (key, value) for key, value in (("fieldSelector", fields), ("labelSelector", labels)) if value
        )
        request = replace(
            _request("GET", f"get {kind.value}", kind, namespace),
            query=selectors,
            accept=METADATA_LIST if metadata_only else JSON,
        )
        try:
            return self._read_pages(request, keep)
        except GoneError:
            return tuple(keep(item) for item in mappings_at(self._repeat(request), "items"))

    def discover(self, group: str, version: str = "") -> Object:
        """What the server says about an API group, or about a version of it: its resources. Raises NotFoundError."""
        path = path_to_group(group, version)
        return self._repeat(ApiRequest(method="GET", path=path, what=f"get {path}"))

    def create(self, kind: AnyKind, wanted: Object, *, dry_run: bool = False, metadata_only: bool = False) -> Object:
        """Create an object and return it as the server stored it; AlreadyExistsError when the name is taken.

        With `metadata_only` only its metadata comes back: less work for the server, the network and us.
        """
        namespace, name = _place_of(kind, wanted)
        request = ApiRequest(
            method="POST",
            path=path_to(kind, namespace),
            what=f"post {kind.value}",
            kind=kind,
            namespace=namespace,
            name=name,
            query=write_query(kind, dry_run=dry_run),
            body=_body(wanted),
            accept=_METADATA if metadata_only else JSON,
        )
        return object_in(self._transport.send(request), request.what)

    def patch(
        self, kind: AnyKind, key: tuple[str, str], patch: Object, *, dry_run: bool = False, metadata_only: bool = False
    ) -> Object:
        """Apply a JSON merge patch to the object of this namespace and name, and return it as it is now.

        A `metadata.resourceVersion` in the patch is the version that must still be current; ConflictError otherwise.
        """
        namespace, name = key
        request = ApiRequest(
            method="PATCH",
            path=path_to(kind, namespace, name),
            what=f"patch {kind.value} {name}",
            kind=kind,
            namespace=namespace,
            name=name,
            query=write_query(kind, dry_run=dry_run),
            body=_body(patch),
            content_type=_MERGE_PATCH,
            accept=_METADATA if metadata_only else JSON,
        )
        return object_in(self._transport.send(request), request.what)

    def delete(self, kind: AnyKind, seen: Object, *, dry_run: bool = False, at_once: bool = False) -> None:
        """Delete an object if it is still the one seen, unchanged; ConflictError otherwise.

        `at_once` gives a pod no time to end, so that its name is free: as `kubectl replace --force` does.
        """
        namespace, name = _place_of(kind, seen)
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
        request = _request("DELETE", f"delete {kind.value} {name}", kind, namespace, name)
        object_in(self._transport.send(replace(request, body=_body(options))), request.what)

    def create_token(self, account: Object, *, seconds: int) -> AccountToken:
        """A new token of a service account as it was read, for this API server, which may shorten its life.

        The request is repeated after a lost response: the token that was in it is not known to anyone.
        """
        from pullsecret.cluster.http.token_request import token_from, token_request  # noqa: PLC0415  one command needs it

        request = token_request(account, seconds)
        return token_from(self._repeat(request), account)

    def close(self) -> None:
        """End waits between attempts, and close idle connections. May be called twice."""
        self._retries.stop()
        self._transport.close()

    def _read_pages(self, request: ApiRequest, keep: Callable[[Object], Object]) -> tuple[Object, ...]:
        """All items of a list, in pages that end."""
        found: list[Object] = []
        tokens = {""}
        pages = ListPages(request)
        while len(tokens) <= _MOST_PAGES:
            try:
                page = self._repeat(pages.request)
            except TooLargeError:
                if not pages.make_smaller():
                    raise
                continue
            found.extend(keep(item) for item in mappings_at(page, "items"))
            pages.token = text_at(page, "metadata", "continue")
            if not pages.token:
                return tuple(found)
            if pages.token in tokens:
                raise ConnectError("the server returns the same page of a list again", sent=True)
            tokens.add(pages.token)
        raise ConnectError(f"the server returns a list in more than {_MOST_PAGES} pages", sent=True)

    def _repeat(self, request: ApiRequest) -> Object:
        """The object that a read gives, after a few attempts if need be."""

        def send(deadline: Deadline | None) -> Object:
            return object_in(self._transport.send(request, deadline), request.what)

        return self._retries.repeat(send, self._transport.start_deadline())


def _request(method: str, what: str, kind: AnyKind, namespace: str, name: str = "") -> ApiRequest:
    """A request for one object, or without a name for a list."""
    path = path_to(kind, namespace, name)
    namespace = "" if kind is Kind.NAMESPACE else namespace
    return ApiRequest(method=method, path=path, what=what, kind=kind, namespace=namespace, name=name)


def _place_of(kind: AnyKind, item: Object) -> tuple[str, str]:
    """An object's namespace, "" for a namespace itself, and its name."""
    return "" if kind is Kind.NAMESPACE else namespace_of(item), name_of(item)


def _body(content: Mapping[str, Any]) -> bytes:
    return _ENCODER.encode(content).encode()
