"""Bring pull secrets from one namespace, or another cluster, into others."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_namespaces, select_namespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.check.one_secret import notes_on
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Kind, Object, name_of, text_at
from pullsecret.model.objects.pullsecret import ReplacePolicy, copied, is_pull_secret
from pullsecret.model.plan.placement import Placement, placing_plan
from pullsecret.model.request.common import Attachment, Request
from pullsecret.model.request.copy_names import check_copy_name, copy_name, is_pattern, rest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.plan.observed import ObservedNamespaces

_NO_ALL_ICR_IO = (
    "IBM Cloud makes it with `ibmcloud ks cluster pull-secret apply --cluster CLUSTER`; "
    "older clusters have one a region: copy 'default-*-icr-io'"
)


@dataclass(frozen=True, kw_only=True)
class CopyRequest(Request):
    """What to copy, from where, under which names, and which service accounts shall name it."""

    names: tuple[str, ...] = (ALL_ICR_IO,)
    from_namespace: str = "default"
    from_context: str = ""
    from_kubeconfig: str = ""
    name_template: str = ""
    replace_policy: ReplacePolicy = field(default_factory=ReplacePolicy)
    strict: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachment: Attachment | None = None


@dataclass(frozen=True, kw_only=True)
class CopyView:
    """The sources, each with what the pattern's `*` matched, and the scene that they shall go to."""

    sources: tuple[tuple[Object, str], ...] = field(repr=False)
    observed: ObservedNamespaces
    is_elsewhere: bool = False


def observe(request: CopyRequest, cluster: Cluster) -> CopyView:
    """Read the sources, the target namespaces, and what is there under the copies' names.

    Raises:
        UsageError: --name does not fit the NAMEs.
        ApiError: a source cannot be read.
    """
    check_copy_name(request.name_template, request.names)
    sources, is_elsewhere = _read_sources(request, cluster)

    def names_in(namespace: str) -> Sequence[str]:
        return [_name(request, source, namespace, rest) for source, rest in sources]

    selection = select_namespaces(cluster, request.targets)
    observed = read_namespaces(cluster, selection, names_in, request.attachment)
    return CopyView(sources=sources, observed=observed, is_elsewhere=is_elsewhere)


def _read_sources(request: CopyRequest, cluster: Cluster) -> tuple[tuple[tuple[Object, str], ...], bool]:
    """The sources, and whether they are in another cluster."""
    if not (request.from_context or request.from_kubeconfig):
        return _sources_in(request, cluster), False
    flags = replace(
        request.connection,
        context=request.from_context or ("" if request.from_kubeconfig else request.connection.context),
        kubeconfig=request.from_kubeconfig or request.connection.kubeconfig,
    )
    with closing(cluster.sibling(flags)) as source_cluster:
        return _sources_in(request, source_cluster), source_cluster.server != cluster.server


def _sources_in(request: CopyRequest, cluster: Cluster) -> tuple[tuple[Object, str], ...]:
    found: dict[str, tuple[Object, str]] = {}
    for name in request.names:
        for secret in _matching(name, request.from_namespace, cluster):
            found.setdefault(name_of(secret), (secret, rest_of(name, name_of(secret)) or ""))
    return tuple(found.values())


def _matching(name: str, namespace: str, cluster: Cluster) -> Sequence[Object]:
    if not is_pattern(name):
        return [_read_source(name, namespace, cluster)]
    secrets = cluster.read_all(Kind.SECRET, namespace)
    matching = [secret for secret in secrets if is_pull_secret(secret) and rest_of(name, name_of(secret)) is not None]
    if not matching:
        message = f'no pull secret matches "{name}" in namespace {namespace}'
        raise NotFoundError(message, code=404, reason="NotFound")
    return matching


def _read_source(name: str, namespace: str, cluster: Cluster) -> Object:
    try:
        return cluster.read(Kind.SECRET, namespace, name)
    except NotFoundError as error:
        error.message = f"{error.message} in namespace {namespace}"
        error.hint = _NO_ALL_ICR_IO if name == ALL_ICR_IO else "--from names the namespace of the source"
        raise


def plan(request: CopyRequest, view: CopyView) -> Plan:
    """A copy of each source in each namespace, and its name on the service accounts; a source is never its own copy.

    Raises:
        RefusedError: a source is no pull secret, or has something wrong with it and nothing shall be written then.
    """

    def fresh_in(namespace: str) -> Sequence[Object]:
        copies = (
            (source, copied(source, _name(request, source, namespace, rest), is_elsewhere=view.is_elsewhere))
            for source, rest in view.sources
        )
        return [copy for source, copy in copies if not _is_source(source, namespace, name_of(copy), view.observed)]

    placement = Placement(targets=request.targets, replace_policy=request.replace_policy, attachment=request.attachment)
    result = placing_plan(view.observed, fresh_in, placement)
    warnings = notes_on([source for source, _ in view.sources], request.now, strict=request.strict)
    return replace(result, notes=(*result.notes, *warnings, *_skip_notes(request, view)))


def _name(request: CopyRequest, source: Object, namespace: str, rest: str) -> str:
    return copy_name(request.name_template, name_of(source), namespace, rest)


def _is_source(source: Object, namespace: str, name: str, observed: ObservedNamespaces) -> bool:
    """Whether what is there is the source itself, however the cluster was called: its uid tells."""
    there = observed.secrets.present.get((namespace, name))
    return there is not None and text_at(there, "metadata", "uid") == text_at(source, "metadata", "uid")


def _skip_notes(request: CopyRequest, view: CopyView) -> tuple[str, ...]:
    namespaces = view.observed.selection.names
    return tuple(
        f"secret/{name_of(source)} in namespace {namespace} is the source itself: skipped"
        for source, rest in view.sources
        for namespace in namespaces
        if _is_source(source, namespace, _name(request, source, namespace, rest), view.observed)
    )
