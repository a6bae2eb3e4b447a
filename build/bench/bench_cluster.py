"""The cluster that all clients work in: namespaces, the secret to copy, and the count of requests."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bench import raw
from control_plane.api import Api, path_of
from control_plane.waiting import until
from objects import all_icr_io, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.timing import Run
    from control_plane.access import Access
    from control_plane.api import Object

NAME = "all-icr-io"
LABEL = "bench"
PAGE = "500"
COUNTED = re.compile(
    r'^apiserver_request_total\{code="(?P<code>\d+)".*resource="(?P<resource>namespaces|secrets|serviceaccounts|pods)"'
    r'.*verb="(?P<verb>GET|LIST|POST|PATCH|PUT|APPLY|DELETE)".*\} (?P<count>[\d.e+]+)$',
    re.MULTILINE,
)
WRITES = ("POST", "PATCH", "PUT", "APPLY", "DELETE")
GOOD = ("200", "201")


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One run, and the number of requests to the API server by verb and resource."""

    run: Run
    requests: Mapping[tuple[str, str], int] = field(default_factory=dict)


class BenchCluster:
    """A cluster with a growing number of namespaces: `names` are those created here, `secret` is the one to copy."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.names: list[str] = []
        self.secret: Object = {}
        self._api = Api(access)
        self.secret = self._api.create({**all_icr_io(), **named("Secret", NAME)}, "default")

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def read_source(self) -> None:
        """Read the secret to copy, which was changed by others."""
        self.secret = self._api.read("Secret", NAME, "default")

    def grow(self, count: int) -> None:
        """Create namespaces up to this number, each with its default service account."""
        new = [f"bench-{number:04}" for number in range(len(self.names), count)]
        self.names += new
        body = {"kind": "Namespace", "metadata": {"name": "{namespace}", "labels": {LABEL: "yes"}}}
        self.play([raw.create(body)], new)
        if new:
            self._api.wait_for("ServiceAccount", "default", new[-1], within=120)  # the last one, nearly always
            until(self._is_complete, f"the default service accounts of {count} namespaces", within=60)

    def undo(self, names: Sequence[str]) -> None:
        """Delete the copies and detach them from the service accounts."""
        bare = raw.patch("ServiceAccount", "default", {"imagePullSecrets": None}, "{namespace}")
        self.play([raw.delete("Secret", NAME, "{namespace}"), bare], names)

    def play(self, steps: Sequence[raw.Step], names: Sequence[str]) -> Run:
        """Run the steps for each namespace, which replaces {namespace}."""
        return raw.play(self.access, steps, [{"namespace": name} for name in names])

    def versions(self) -> list[dict[str, str]]:
        """Return the copies as targets: namespace and resourceVersion."""
        copies = (secret["metadata"] for secret in self._all("Secret", f"metadata.name={NAME}"))
        return [
            {"namespace": copy["namespace"], "version": copy["resourceVersion"]}
            for copy in copies
            if copy["namespace"] != "default"
        ]

    def count_requests(self, run: Callable[[], Run], *, writes: int) -> Measurement:
        """Run, and count the requests with the server's own metrics.

        Raises TimeoutError when the server has not done so many writes, no more and no fewer.
        """
        before = self._requests()
        done = run()

        def requests() -> Counter[tuple[str, str, str]] | None:
            since = self._requests() - before  # the server may count a moment later
            good = sum(count for (verb, _, code), count in since.items() if verb in WRITES and code in GOOD)
            return since if good == writes else None

        asked: Counter[tuple[str, str]] = Counter()
        for (verb, resource, _), count in (until(requests, f"{writes} writes", within=5) or Counter()).items():
            asked[verb, resource] += count
        return Measurement(run=done, requests=asked)

    def _is_complete(self) -> bool:
        accounts = self._all("ServiceAccount", "metadata.name=default")
        return {account["metadata"]["namespace"] for account in accounts}.issuperset(self.names)

    def _requests(self) -> Counter[tuple[str, str, str]]:
        """Return the number of requests so far by verb, resource and status, without watches."""
        text = self._api.request("GET", "/metrics")["text"]
        found: Counter[tuple[str, str, str]] = Counter()
        for match in COUNTED.finditer(text):
            found[match["verb"], match["resource"], match["code"]] += int(float(match["count"]))
        return found

    def _all(self, kind: str, fields: str) -> Iterator[Object]:
        """List all objects of a kind, in pages: one large response would need more memory than what is measured."""
        query = {"fieldSelector": fields, "limit": PAGE}
        while query:
            answer = self._api.request("GET", f"{path_of(kind)}?{urlencode(query)}")
            yield from answer["items"]
            token = answer["metadata"].get("continue")
            query = {**query, "continue": token} if token else {}
