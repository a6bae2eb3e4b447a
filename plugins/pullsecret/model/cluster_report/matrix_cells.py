"""Computes the matrix of namespaces and registries: the columns, and a cell wherever there is something to say."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.model.cluster_report.joined_columns import joined_columns
from pullsecret.model.cluster_report.matrix import MatrixCell, PullState
from pullsecret.model.cluster_report.pull_verdicts import pull_verdict, registry_of_image
from pullsecret.model.go.remembered import Remembered
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.key_index import HUB_INDEX_KEY
from pullsecret.model.images.reference import HUB_DOMAIN
from pullsecret.model.images.server_keys import shown_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.cluster_report.image_uses import ImageUse
    from pullsecret.model.cluster_report.pull_verdicts import NamespaceView, PullVerdict

MOST_REGISTRIES: Final = 50
"""So many columns have room on a page; a tenant can write a secret with 7,000 registries."""

_MOST_REASONS: Final = 5
_MOST_PATHS: Final = 20
_ANY: Final = "kubectl-pullsecret/any-image"
"""The path of an image that no key is for in particular."""

_SEVERITY = {state: position for position, state in enumerate(PullState)}


class _Pull(NamedTuple):
    """An image of a pod or workload, and how it is pulled."""

    image: str
    use: ImageUse
    verdict: PullVerdict


class Matrix(NamedTuple):
    """The columns, those of most namespaces first, the cells by namespace, and how many registries were left out.

    `joined` are the registries of each column that stands for several.
    """

    registries: tuple[str, ...]
    cells: tuple[MatrixCell, ...]
    joined: Mapping[str, tuple[str, ...]]
    left_out: int


def matrix_of(views: Sequence[NamespaceView]) -> Matrix:
    """The matrix of these namespaces."""
    used: Counter[str] = Counter()
    reachable: Counter[str] = Counter()
    for view in views:
        used.update(_used_registries(view))
        reachable.update(
            {host for secret in view.secrets.values() for host in _paths_of_keys(registries_of(secret).servers)}
        )
    found = sorted(used.keys() | reachable.keys(), key=lambda host: (-used[host], -reachable[host], host))
    chosen = found[:MOST_REGISTRIES]
    cells = tuple(cell for view in views for cell in _cells_in(replace(view), chosen))
    columns, kept = joined_columns(map(shown_key, chosen), cells)
    return Matrix(
        registries=tuple(columns),
        cells=kept,
        joined={name: registries for name, registries in columns.items() if registries},
        left_out=len(found) - len(chosen),
    )


def _used_registries(view: NamespaceView) -> set[str]:
    hosts = {registry_of_image(image) for use in view.uses for image in use.images}
    return hosts - {""}


def _cells_in(view: NamespaceView, registries: Iterable[str]) -> Iterator[MatrixCell]:
    """The cells of a namespace; `view` is for this call alone, because it keeps what is parsed."""
    pulls: dict[str, list[_Pull]] = {}
    for use in view.uses:
        for image in use.images:
            if host := registry_of_image(image):
                pulls.setdefault(host, []).append(_Pull(image, use, _verdict_of(image, use, view)))
    for host in registries:
        cell = _used_cell(host, pulls[host], view) if host in pulls else _unused_cell(host, view)
        if cell is not None:
            yield cell


def _verdict_of(image: str, use: ImageUse, view: NamespaceView) -> PullVerdict:
    verdict = pull_verdict(image, use.listed, use.state, view)
    if reason := use.waits.get(image):
        return verdict._replace(state=PullState.BROKEN, reason=f"{use.subject} waits: {reason}")
    return verdict


def _used_cell(host: str, pulls: Sequence[_Pull], view: NamespaceView) -> MatrixCell:
    """The cell of a registry whose images are used: the worst state of all of them."""
    verdicts = [pull.verdict for pull in pulls]
    state = min((verdict.state for verdict in verdicts), key=lambda one: _SEVERITY[one])
    by_account = (pull.use.account for pull in pulls if pull.verdict.state is PullState.ACCOUNT)
    return MatrixCell(
        namespace=view.namespace,
        registry=shown_key(host),
        state=state,
        images=len({pull.image for pull in pulls}),
        pods=len({id(pull.use) for pull in pulls if pull.use.is_pod}),
        secrets=_sorted(name for verdict in verdicts for name in verdict.secrets),
        accounts=_sorted(by_account),
        reasons=_reasons(pulls),
    )


def _reasons(pulls: Sequence[_Pull]) -> tuple[str, ...]:
    """Why the images are pulled as they are, the worst first; where they differ, how many are pulled how."""
    images: dict[PullState, set[str]] = {}
    for pull in pulls:
        images.setdefault(pull.verdict.state, set()).add(pull.image)
    states = sorted(images, key=lambda one: _SEVERITY[one])
    counts = [f"{_counted(len(images[state]))} {state.words}" for state in states] if len(states) > 1 else []
    ordered = sorted(pulls, key=lambda pull: _SEVERITY[pull.verdict.state])
    sentences = dict.fromkeys(pull.verdict.reason for pull in ordered if pull.verdict.reason)
    more = len(sentences) - _MOST_REASONS
    rest = [f"and {more} more"] if more > 0 else []
    return (*counts, *list(sentences)[:_MOST_REASONS], *rest)


def _counted(number: int) -> str:
    return "1 image" if number == 1 else f"{number} images"


def _unused_cell(host: str, view: NamespaceView) -> MatrixCell | None:
    """The cell of a registry that nothing uses: what a new pod of a service account would have; None without any."""
    found: dict[tuple[str, ...], PullVerdict] = {}
    paths: dict[str, None] = {}
    for listed in view.lists:
        for path in _paths_in(host, listed, view):
            image = f"{host}{path.rstrip('/')}/{_ANY}"
            verdict = pull_verdict(image, listed, PullState.ACCOUNT, view) if registry_of_image(image) else None
            if verdict is not None and verdict.secrets and _concerns(verdict, host, listed, view):
                found.setdefault(listed, verdict)
                paths[path] = None
    if not found:
        return _unlisted_cell(host, view)
    best = max(found.values(), key=lambda verdict: _SEVERITY[verdict.state])
    return MatrixCell(
        namespace=view.namespace,
        registry=shown_key(host),
        state=best.state,
        secrets=_sorted(name for verdict in found.values() for name in verdict.secrets),
        accounts=_sorted(account for listed in found for account in view.lists[listed]),
        paths=() if "" in paths else _sorted(f"{shown_key(host)}{path}" for path in paths),
        reasons=tuple(dict.fromkeys(verdict.reason for verdict in found.values() if verdict.reason)),
    )


def _concerns(verdict: PullVerdict, host: str, listed: Iterable[str], view: NamespaceView) -> bool:
    """Whether a verdict says something about the host: a secret that cannot be parsed breaks the pulls from all."""
    return verdict.state is PullState.ACCOUNT or any(host in _paths_by_host(name, view) for name in listed)


def _paths_in(host: str, listed: Iterable[str], view: NamespaceView) -> tuple[str, ...]:
    """The paths that entries for a host are limited to; first "", which entries for any path serve, and wildcards.

    A tenant can write 3,800 of them into one secret, so that only the first ones are judged.
    """
    held = (_paths_by_host(name, view).get(host, ()) for name in listed)
    found = dict.fromkeys(path for paths in held for path in paths if path)
    return ("", *islice(found, _MOST_PATHS))


def _unlisted_cell(host: str, view: NamespaceView) -> MatrixCell | None:
    """The cell where a secret has credentials, and no service account lists it."""
    names = _sorted(name for name in view.secrets if host in _paths_by_host(name, view))
    if not names:
        return None
    reasons = tuple(f"no service account lists secret/{name}" for name in names[:_MOST_REASONS])
    return MatrixCell(
        namespace=view.namespace, registry=shown_key(host), state=PullState.NONE, secrets=names, reasons=reasons
    )


def _paths_by_host(name: str, view: NamespaceView) -> Mapping[str, tuple[str, ...]]:
    """The hosts that a secret has entries for, without wildcards, and the paths of these entries."""
    return _paths_of_keys(view.registries(name).servers)


@Remembered
def _paths_of_keys(servers: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for server in servers:
        host, slash, path = (index_key(server) or "").partition("/")
        name = HUB_DOMAIN if host == HUB_INDEX_KEY else host
        if name and registry_of_image(f"{name}/{_ANY}") == name:
            found.setdefault(name, []).append(slash + path)
    return {host: tuple(paths) for host, paths in found.items()}


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))
