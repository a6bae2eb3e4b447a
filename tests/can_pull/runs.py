"""Runs of can-pull for all combinations of a cluster, and the answers by pod and container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from can_pull.combinations import Asked, named_images
from can_pull.comparison import NO, Answer
from can_pull.written import write
from documents import items_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from can_pull.combinations import Combination
    from can_pull.on_cluster import OnCluster
    from control_plane.api import Object
    from program import Program, Result

STOPPED = {"InvalidImageName", "MalformedSecret"}
"""The reasons for which the kubelet asks no registry."""
PARTIAL = {"PullSecretsUnknown", "SecretContentUnknown"}
"""The reasons that say that not all of the pull secrets are known."""
INVALID = Answer(
    result=NO, reason="InvalidImageName", tried=(), is_stopped=True, is_partial=False, shown="invalid IMAGE"
)
Part = tuple[str, str, bool]
"""A combination's name, a container or volume of its pods, and whether the pods are those from before a change."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Asks the program; the answers of each method are by part."""

    program: Program
    cluster: OnCluster
    directory: Path

    def of_manifests(self, *flags: str) -> dict[Part, Answer]:
        """A run for each namespace, with a folder of manifests."""
        found: dict[Part, Answer] = {}
        for namespace, combinations in self._by_namespace(Asked.MANIFEST):
            folder = self.directory / namespace
            if not folder.exists():
                folder.mkdir(parents=True)
                for one in combinations:
                    write(one, namespace, folder)
            found |= dict(by_part(self._asked("-f", str(folder), "-n", namespace, *flags)))
        return found

    def of_workloads(self, *flags: str) -> dict[Part, Answer]:
        """A run for each namespace, with the workloads that exist."""
        found: dict[Part, Answer] = {}
        for namespace, combinations in self._by_namespace(Asked.WORKLOAD):
            subjects = [f"{one.kind.lower()}/{one.name}" for one in combinations]
            found |= dict(by_part(self._asked(*subjects, "-n", namespace, *flags)))
        return found

    def of_images(self, *flags: str) -> dict[Part, Answer]:
        """A run for each combination, with its images and its service account."""
        found: dict[Part, Answer] = {}
        for namespace, combinations in self._by_namespace(Asked.IMAGE):
            for one in combinations:
                account = one.spec.get("serviceAccountName", "default")
                names, images = zip(*named_images(one.spec), strict=True)
                answers = self._of_images(images, "-n", namespace, "--serviceaccount", account, *flags)
                found |= {(one.name, name, False): answer for name, answer in zip(names, answers, strict=True)}
        return found

    def _of_images(self, images: Sequence[str], *where: str) -> list[Answer]:
        """The answers for images, one by one if a name is not valid, which is a usage error."""
        result = self.program("can-pull", *images, *where, "-o", "json", expect=None)
        if "invalid IMAGE" not in result.stderr:
            items = self._items_of(result)
            assert [item["image"] for item in items] == list(images), result
            return [answer_of(item) for item in items]
        assert result.status == 2, result
        return [INVALID] if len(images) == 1 else [self._of_images([image], *where)[0] for image in images]

    def _asked(self, *arguments: str) -> list[Object]:
        return self._items_of(self.program("can-pull", *arguments, "-o", "json", expect=None))

    def _items_of(self, result: Result) -> list[Object]:
        """The items of a run that could look at everything."""
        assert result.status in {0, 1}, result
        assert "error:" not in result.stderr, result
        return items_in(result.stdout)

    def _by_namespace(self, asked: Asked) -> Iterator[tuple[str, Sequence[Combination]]]:
        for namespace in self.cluster.namespaces:
            found = [
                one
                for one in self.cluster.combinations
                if one.asked is asked and self.cluster.namespace_of(one) == namespace
            ]
            if found:
                yield namespace, found


def by_part(items: Iterable[Object]) -> Iterator[tuple[Part, Answer]]:
    """The answers of a document: for the pods that a workload makes now, and for those that it has."""
    for item in items:
        name = item["object"].rpartition("/")[2]
        part = item["container"] or item["volume"]
        yield (name, part, False), answer_of(item)
        for pod in item["existingPods"]:
            yield (name, part, True), answer_of({**item, **pod})


def answer_of(item: Object) -> Answer:
    """An item, or what it says of other pods, as an answer."""
    places = ((item["namespace"], one["secret"], one["registry"]) for one in item["credentials"])
    return Answer(
        result=item["result"],
        reason=item["reason"],
        tried=tuple(places),
        is_stopped=item["reason"] in STOPPED,
        is_partial=item["reason"] in PARTIAL or bool(item["unknownSecrets"]),
        shown=str(item),
    )
