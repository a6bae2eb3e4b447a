"""Copy pull secrets to other namespaces, from another namespace or cluster."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.cluster.identity import read_source_identity
from pullsecret.cluster.target_namespaces import TargetReads
from pullsecret.errors import ApiError, NotFoundError, UsageError
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.generated_secrets import is_account_token
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import ReplacePolicy, copied, is_proven, is_pull_secret
from pullsecret.model.objects.sibling import is_sibling, with_siblings
from pullsecret.model.openshift.global_secrets import is_of_nodes
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.placement import Placement, placement_plan
from pullsecret.model.request.command_request import Attachment, CheckLevel, CommandRequest
from pullsecret.model.request.copy_names import check_copy_name, copy_name, is_pattern, rest_of
from pullsecret.network.side_by_side import Pending

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.request.connection import ConnectionFlags

_NO_ALL_ICR_IO = (
    "to have IBM Cloud create it, run `rotate all-icr-io --ibm-cluster CLUSTER`; "
    "older clusters have one secret per region: copy 'default-*-icr-io'"
)

Source: TypeAlias = tuple[Object, str]
"""A secret to copy, and what the `*` of its pattern matched in its name."""


@dataclass(frozen=True, kw_only=True)
class CopyRequest(CommandRequest):
    """What to copy, from where, under which names, and which service accounts to attach it to."""

    names: tuple[str, ...] = (ALL_ICR_IO,)
    from_namespace: str = "default"
    from_context: str = ""
    from_kubeconfig: str = ""
    name_template: str = ""
    replace_policy: ReplacePolicy = field(default_factory=ReplacePolicy)
    check_level: CheckLevel = CheckLevel.ERRORS
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachment: Attachment | None = None

    @property
    def source_connection(self) -> ConnectionFlags | None:
        """The connection to the sources' cluster; None if that is the one of the targets."""
        return self.connection.elsewhere(self.from_context, self.from_kubeconfig)

    @property
    def other_connections(self) -> tuple[ConnectionFlags, ...]:
        """The sources' cluster."""
        return (self.source_connection,) if self.source_connection else ()

    @property
    def credential_source(self) -> str:
        """The sources, and their cluster."""
        names = ", ".join(f"secret/{name}" for name in self.names)
        cluster = "of each cluster"
        if self.source_connection:
            cluster = f"of context {self.from_context}" if self.from_context else f"of {self.from_kubeconfig}"
        return f"{names} in namespace {self.from_namespace} {cluster}"


@dataclass(frozen=True, kw_only=True)
class CopyView:
    """The sources, and the target namespaces with what exists in them.

    `source_cluster` is the identity of the sources' cluster, "" for that of the targets.
    """

    sources: tuple[Source, ...] = field(repr=False)
    observed: ObservedNamespaces
    source_cluster: str = ""


def observe(request: CopyRequest, cluster: Cluster) -> CopyView:
    """Read the sources, the target namespaces, and what exists there under the names of the copies.

    Raises:
        UsageError: --name does not fit the NAMEs, or the only target would be the sources' own namespace.
        ApiError: a source cannot be read.
    """
    check_copy_name(request.name_template, request.names)
    is_here = request.source_connection is None and request.from_namespace == cluster.namespace
    if is_here and not request.targets.is_given:
        raise UsageError("no target namespace; name one with --to, or select several with -l or -A")
    reading = _start_reading_sources(request, cluster)

    def names_in(namespace: str) -> Sequence[str]:
        if any(map(is_pattern, request.names)):
            return with_siblings(_name(request, source, namespace) for source in reading.result()[0])
        names = dict.fromkeys(request.names)
        return with_siblings(copy_name(request.name_template, name, namespace, "") for name in names)

    targets = TargetReads(cluster, request.targets, names_in, request.attachment)
    sources, source_cluster = reading.result()
    return CopyView(sources=sources, observed=targets.result(), source_cluster=source_cluster)


def _start_reading_sources(request: CopyRequest, cluster: Cluster) -> Pending[tuple[tuple[Source, ...], str]]:
    """Begin to read the sources; those of another cluster are read to the end first, because its login may prompt."""
    read = partial(_read_sources, request, cluster)
    if request.source_connection is None:
        return cluster.start(read)
    done = Pending(read)
    done.run()
    done.result()
    return done


def _read_sources(request: CopyRequest, cluster: Cluster) -> tuple[tuple[Source, ...], str]:
    """Read the sources; also returns the identity of their cluster, if that is another one."""
    if request.source_connection is None:
        return read_sources_from(cluster, request, cluster), ""
    with closing(cluster.sibling(request.source_connection)) as source_cluster:
        reading = source_cluster.start(partial(read_sources_from, source_cluster, request, cluster))
        identity = read_source_identity(source_cluster, cluster)
        return reading.result(), identity


def read_sources_from(cluster: Cluster, request: CopyRequest, target: Cluster) -> tuple[Source, ...]:
    """Read the sources in their cluster; `target` tells whether a NAME was meant as a namespace."""
    found: dict[str, Source] = {}
    read = partial(_read_matching, namespace=request.from_namespace, cluster=cluster)
    reads = {name: cluster.start(partial(read, name)) for name in request.names}
    for name, reading in reads.items():
        try:
            matching = reading.result()
        except NotFoundError as error:
            hint = _target_hint(name, target) if name != request.names[0] else ""
            raise error.with_hint(hint or error.hint) from None
        for secret in matching:
            found.setdefault(name_of(secret), (secret, rest_of(name, name_of(secret)) or ""))
    return tuple(found.values())


def _target_hint(name: str, target: Cluster) -> str:
    """What was meant by a name that no secret has: perhaps the namespace to copy to."""
    try:
        target.read(Kind.NAMESPACE, "", name)
    except ApiError:
        return ""
    return f"did you mean --to {name}?"


def _read_matching(name: str, namespace: str, cluster: Cluster) -> Sequence[Object]:
    if not is_pattern(name):
        return [_read_source(name, namespace, cluster)]
    # Tokens of service accounts are for their namespace alone: a pattern is not meant for them.
    matching = [
        secret
        for secret in cluster.read_all(Kind.SECRET, namespace)
        if rest_of(name, name_of(secret)) is not None
        and is_pull_secret(secret)
        and not (is_sibling(secret) or is_account_token(secret))
    ]
    if not matching:
        message = f'no pull secret matches "{name}" in namespace {namespace}'
        raise NotFoundError(message, code=404, reason="NotFound")
    return matching


def _read_source(name: str, namespace: str, cluster: Cluster) -> Object:
    try:
        return cluster.read(Kind.SECRET, namespace, name)
    except NotFoundError as error:
        message = f"{error.message} in namespace {namespace}"
        hint = _NO_ALL_ICR_IO if name == ALL_ICR_IO else "use --from to specify the source namespace"
        raise NotFoundError(message, code=error.code, reason=error.reason, hint=hint) from error


def plan(request: CopyRequest, view: CopyView) -> Plan:
    """A copy of each source in each namespace, referenced by the service accounts; a source is not copied onto itself.

    Raises:
        RefusedError: a source is not a pull secret, or has findings that --check does not allow.
    """
    copies = {namespace: _copies_for(namespace, request, view) for namespace in view.observed.selection.names}
    sources = [
        (namespace, name_of(copy.secret))
        for namespace, pairs in copies.items()
        for copy, is_source in pairs
        if is_source
    ]
    skipped = (f"note: skipped secret/{name} in namespace {namespace}: it is the source" for namespace, name in sources)
    placement = Placement(
        targets=request.targets,
        replace_policy=request.replace_policy,
        attachment=request.attachment,
        in_place=sources,
    )
    result = placement_plan(view.observed, lambda namespace: [copy for copy, _ in copies[namespace]], placement)
    warnings = new_secret_warnings([source for source, _ in view.sources], request.now, request.check_level)
    lines = (*warnings, *_global_warnings(view), *(() if request.attachment else skipped))
    return replace(result, notes=(*result.notes, *lines))


def _global_warnings(view: CopyView) -> Iterator[str]:
    """A warning for each source with which all nodes pull: its entries are the cluster's own."""
    for source, _ in view.sources:
        if is_of_nodes(source):
            place = f"secret/{name_of(source)} in namespace {namespace_of(source)}"
            yield (
                f"warning: {place} has the cluster's own credentials, which the nodes send for every pod: no pod needs "
                "a copy, and everyone who may create pods in its namespace can read it"
            )


def _copies_for(namespace: str, request: CopyRequest, view: CopyView) -> list[tuple[NewSecret, bool]]:
    """The copies for a namespace, each with whether its place is already taken by the source itself."""
    copies = [(source, _new_copy(source, rest, namespace, request, view)) for source, rest in view.sources]
    present = view.observed.secrets.present
    return [(copy, _is_same(source, present.get((namespace, name_of(copy.secret))))) for source, copy in copies]


def _new_copy(source: Object, rest: str, namespace: str, request: CopyRequest, view: CopyView) -> NewSecret:
    name = _name(request, (source, rest), namespace)
    return NewSecret(
        secret=copied(source, name, namespace, cluster=view.source_cluster),
        is_proof_of=partial(is_proven, source=source),
        is_named=request.targets.is_named(namespace),
    )


def _is_same(source: Object, existing: Object | None) -> bool:
    """Whether an existing secret is the source, by its uid: the same cluster may have been reached in another way."""
    return existing is not None and text_at(existing, "metadata", "uid") == text_at(source, "metadata", "uid")


def _name(request: CopyRequest, source: Source, namespace: str) -> str:
    secret, rest = source
    return copy_name(request.name_template, name_of(secret), namespace, rest)
