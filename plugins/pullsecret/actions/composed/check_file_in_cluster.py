"""Find problems in manifests with what is in a cluster: secrets and service accounts of their namespaces."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.check import OTHER_TYPES
from pullsecret.actions.check_file import CheckedFilesView, files_to_check, plan
from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, read_pull_secrets
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.model.check.declared_holders import Surroundings
from pullsecret.model.check.observed import Inventory
from pullsecret.model.declared.declared_parts import declared_parts
from pullsecret.model.objects.objects import Kind, label_problem
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.check_file import CheckFileRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import Key

__all__ = ["observe", "plan"]


def observe(request: CheckFileRequest, cluster: Cluster) -> CheckedFilesView:
    """Read the files, then the pull secrets and service accounts of their namespaces, and what else is referenced.

    Raises:
        CredentialError: a file that is named cannot be read.
        UsageError: a file does not exist, or a folder has no manifests.
    """
    files = files_to_check(request)
    namespace = next(iter(request.targets.named), cluster.namespace)
    around = Surroundings(parts=declared_parts(files.declared, namespace))
    homes = tuple(dict.fromkeys(one.namespace for one in around.holders if not label_problem(one.namespace)))
    inventory = _read_inventory(cluster, homes, around) if homes else Inventory(observed=ObservedNamespaces())
    return CheckedFilesView(files=files, namespace=namespace, inventory=inventory)


def _read_inventory(cluster: Cluster, homes: tuple[str, ...], around: Surroundings) -> Inventory:
    """What is in the namespaces that exist; a namespace that does not exist yet is empty."""
    namespaces = TargetNamespaces(cluster, Targets(names=homes))
    secrets = namespaces.start(partial(read_pull_secrets, cluster))
    accounts = namespaces.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT))
    observed = ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result(), accounts=accounts.result())
    absent = _absent(around, observed)
    if not absent:
        return Inventory(observed=observed)
    others = namespaces.start(partial(read_all_in, cluster, Kind.SECRET, fields=OTHER_TYPES, metadata_only=True))
    return Inventory(observed=observed, others=others.result(), sources=_read_sources(cluster, homes, absent))


def _absent(around: Surroundings, observed: ObservedNamespaces) -> tuple[Key, ...]:
    """The secrets that are listed, and are neither declared nor pull secrets of the cluster."""
    listed = [(one.namespace, name) for one in around.holders for name in one.names]
    listed += [
        (namespace, name) for (namespace, _), item in observed.accounts.present.items() for name in secret_names(item)
    ]
    keys = dict.fromkeys(key for key in listed if around.parts.secret(*key) is None)
    return tuple(key for key in keys if key not in observed.secrets.present)


def _read_sources(cluster: Cluster, homes: Sequence[str], absent: Sequence[Key]) -> Observed:
    """Secrets of the same names in `default`, from where they may be copied."""
    names = dict.fromkeys(name for _, name in absent if name) if SHARED_NAMESPACE not in homes else {}
    return read_by_keys(cluster, Kind.SECRET, [(SHARED_NAMESPACE, name) for name in names])
