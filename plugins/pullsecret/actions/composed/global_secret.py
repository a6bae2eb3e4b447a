"""The global pull secret of OpenShift: which one it is, and the entries that commands put into it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed.project_copy import copied_entries
from pullsecret.actions.copy import read_sources_from
from pullsecret.actions.create import edits_of, read_entries
from pullsecret.cluster.openshift import read_topology
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.images.dockerconfig import encoded
from pullsecret.model.images.edited_entries import EntryEdits, key_meaning
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.generated_secrets import is_account_token
from pullsecret.model.objects.objects import Kind, name_of, namespace_of
from pullsecret.model.objects.pullsecret import built, in_namespace
from pullsecret.model.openshift.global_secrets import ORIGINAL_PULL_SECRET
from pullsecret.model.openshift.topology import ClusterKind, key_of_global_secret, topology_of
from pullsecret.model.plan.entry_edits import absent_notes
from pullsecret.model.plan.global_secret import GlobalTarget, editing, global_plan
from pullsecret.model.results.list_filter import is_for_host

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pullsecret.actions.copy import CopyRequest, Source
    from pullsecret.actions.create import CreateRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.global_secret import GlobalPlan
    from pullsecret.model.request.command_request import CheckLevel


def read_global_secret(cluster: Cluster) -> GlobalTarget:
    """Read the kind of a cluster, and the secret that --global means there.

    Raises:
        PullSecretError: the cluster has none, it is not known which one it is, or it cannot be read.
    """
    facts = read_topology(cluster)
    topology = topology_of(facts)
    key = key_of_global_secret(topology)
    current = cluster.start(lambda: _read_if_present(cluster, key))
    original = _read_if_present(cluster, ORIGINAL_PULL_SECRET) if topology.kind is ClusterKind.HOSTED else None
    return GlobalTarget(facts=facts, place=key, current=current.result(), original=original)


def _read_if_present(cluster: Cluster, key: tuple[str, str]) -> Object | None:
    try:
        return cluster.read(Kind.SECRET, *key)
    except NotFoundError:
        return None


def plan_created(request: CreateRequest, view: GlobalTarget, cluster: Cluster) -> GlobalPlan:
    """The change that adds the entries for which credentials are read, and removes those of --remove-registry.

    Raises:
        CredentialError: the input has no usable credentials, or a registry rejects them.
        RefusedError: the entries have findings that --check does not allow.
        UsageError: there is not exactly one source for the password.
    """
    entries, notes = read_entries(request, cluster.trace)
    warnings = _warnings(view, entries, request.now, request.check_level)
    edits = edits_of(request, entries)
    lines = (*notes, *warnings, *absent_notes([view.current] if view.current else [], request.removed))
    return global_plan(view, editing(edits), lines, is_forced=request.replace_policy.force_conflicts)


def plan_copied(
    request: CopyRequest, hosts: Sequence[str], view: GlobalTarget, sources: Sequence[Source]
) -> GlobalPlan:
    """The change that adds the entries of secrets, as far as they are for one of the hosts; all without any.

    Raises:
        RefusedError: a source has no such entry or is not to be copied, two have different credentials for the same
            registry, or the entries have findings that --check does not allow.
    """
    found = [(secret, _wanted(copied_entries(_checked(secret), ()), hosts)) for secret, _ in sources]
    if not any(entries for _, entries in found):
        raise RefusedError(f"none of the secrets has an entry for {', '.join(map(shown_key, hosts))}")
    entries = tuple(_merged(found))
    warnings = _warnings(view, entries, request.now, request.check_level)
    edit = editing(EntryEdits(added=entries))
    return global_plan(view, edit, warnings, is_forced=request.replace_policy.force_conflicts)


def read_global_sources(request: CopyRequest, cluster: Cluster) -> tuple[Source, ...]:
    """Read the secrets to copy, in their cluster.

    Raises:
        ApiError: one cannot be read.
    """
    if request.source_connection is None:
        return read_sources_from(cluster, request, cluster)
    with closing(cluster.sibling(request.source_connection)) as elsewhere:
        return read_sources_from(elsewhere, request, cluster)


def _wanted(entries: Sequence[RegistryEntry], hosts: Sequence[str]) -> Sequence[RegistryEntry]:
    return [entry for entry in entries if not hosts or any(is_for_host(entry, host) for host in hosts)]


def _checked(secret: Object) -> Object:
    if is_account_token(secret):
        raise RefusedError(
            f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)} holds the token of a service account for '
            "the internal registry, which ends soon and is for its own project"
        )
    return secret


def _merged(found: Iterable[tuple[Object, Sequence[RegistryEntry]]]) -> Iterable[RegistryEntry]:
    """The entries of several secrets, each once.

    Raises:
        RefusedError: two have different credentials for the same registry.
    """
    seen: dict[str, tuple[RegistryEntry, str]] = {}
    for secret, entries in found:
        for entry in entries:
            there, name = seen.setdefault(key_meaning(entry.server), (entry, name_of(secret)))
            if there is not entry and replace(there, server="", email="") != replace(entry, server="", email=""):
                raise RefusedError(
                    f"secret/{name} and secret/{name_of(secret)} have different credentials for "
                    f"{shown_key(entry.server)}; use --registry to choose other entries, or copy one of them"
                )
    return [entry for entry, _ in seen.values()]


def _warnings(
    view: GlobalTarget, entries: Sequence[RegistryEntry], now: datetime, level: CheckLevel
) -> tuple[str, ...]:
    """What is wrong with new entries; what is there already is not judged."""
    namespace, name = view.place
    part = in_namespace(built(name, encoded(entries)), namespace)
    return new_secret_warnings([part], now, level) if entries else ()
