"""Name a pull secret in build configs, as `attach` adds it to service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.actions.attach import refusal_of, secret_warnings
from pullsecret.cluster.build_reads import read_build_configs
from pullsecret.cluster.bulk_read import read_by_keys
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.build_secrets import BuildEdit, push_warnings, sharing_notes, step_after_attaching
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.named_objects import NamedObject, by_namespace
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.system_namespaces import system_notes
from pullsecret.model.plan.waiting_pods import keys_of
from pullsecret.model.request.build_names import BuildNames
from pullsecret.model.request.selection import is_spared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.attach import AttachRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Steps


@dataclass(frozen=True, kw_only=True)
class BuildView:
    """The target namespaces with the secrets in them, and the build configs, those that do not exist included."""

    observed: ObservedNamespaces
    builds: tuple[NamedObject, ...]
    notes: tuple[str, ...] = ()


def observe(request: AttachRequest, cluster: Cluster) -> BuildView:
    """Read the build configs and the secret to name."""

    def read_secrets(namespaces: Sequence[str]) -> Observed:
        kept = (namespace for namespace in namespaces if not is_spared(namespace, request.targets))
        return read_by_keys(cluster, Kind.SECRET, [(namespace, name) for namespace in kept for name in request.names])

    namespaces = TargetNamespaces(cluster, request.targets)
    secrets = namespaces.start(read_secrets)
    wanted = request.attachment.builds or BuildNames()
    builds, notes = read_build_configs(cluster, namespaces, wanted.names)
    seen = ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result())
    return BuildView(observed=seen, builds=builds, notes=notes)


def plan(request: AttachRequest, view: BuildView) -> Plan:
    """Name the secret in each build config, unless it names another one.

    Raises:
        NotFoundError: no namespace of a broad selection has one of the build configs.
    """
    observed, name = view.observed, request.names[0]
    system = observed.selection.system
    left = [build for build in view.builds if build.namespace not in system]
    places = by_namespace(left, is_broad=request.targets.is_broad)
    usable = [namespace for namespace in observed.selection.names if namespace not in system]
    parts = {namespace: _steps(namespace, places.get(namespace, ()), request, view) for namespace in usable}
    sequences = tuple(filter(None, parts.values()))
    changes = [change for steps in sequences for change in steps if change.kind is Kind.BUILD_CONFIG]
    near = ObservedNamespaces(selection=observed.selection, secrets=observed.secrets.within(places))
    notes = (
        *observed.notes,
        *view.notes,
        *system_notes(observed, sequences),
        *list_warnings(changes),
        *secret_warnings(request, near),
        *(line for change in changes for line in _push_warnings(change, name, observed)),
        *sharing_notes(changes, name),
    )
    return Plan(
        sequences=sequences, notes=notes, next_steps=tuple(step_after_attaching(change, name) for change in changes)
    )


def _steps(namespace: str, builds: Sequence[NamedObject], request: AttachRequest, view: BuildView) -> Steps:
    if absence := absence_steps(namespace, view.observed):
        return absence
    name = request.names[0]
    if builds and (error := refusal_of(namespace, name, request, view.observed)):
        return (Change(kind=Kind.SECRET, namespace=namespace, name=name, refusal=error),)
    attachment = request.attachment
    edit = BuildEdit(builds=attachment.builds or BuildNames(), is_forced=attachment.force_conflicts)
    return tuple(edit.attaching(build, name) for build in builds)


def _push_warnings(change: Change, name: str, observed: ObservedNamespaces) -> Sequence[str]:
    """What is wrong with the secret for the pushes of a build config; nothing for a secret that does not exist yet."""
    secret = observed.secrets.present.get((change.namespace, name))
    return push_warnings(change, name, keys_of(secret)) if secret else ()
