"""Answer whether the images of manifests would be pulled, without a cluster: by their own secrets and accounts."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pullsecret.actions.can_pull import CanPullView, parts_of, plan, read_declared
from pullsecret.cluster import namespace_of_connection
from pullsecret.errors import ConfigError
from pullsecret.model.can_pull.facts import Facts
from pullsecret.model.can_pull.overlay import accounts_with, declared_places, secrets_with, without_cluster
from pullsecret.model.can_pull.sources import accounts_of, declared_sources, planned_pods, pods_of
from pullsecret.model.declared.declared import Declared
from pullsecret.model.doctor.evidence import Evidence
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces

if TYPE_CHECKING:
    from pullsecret.actions.can_pull import CanPullRequest

__all__ = ["observe", "plan"]

_NAMESPACE: Final = "default"
"""The namespace of objects that give none, where there is no kubeconfig, or none that can be used."""


def _namespace(request: CanPullRequest) -> str:
    """The namespace of the context, as it would be with a cluster; raises ConfigError if a flag names a missing one."""
    try:
        return namespace_of_connection(request.connection, os.environ)
    except ConfigError:
        if request.connection.context or request.connection.kubeconfig:
            raise
        return _NAMESPACE


def observe(request: CanPullRequest) -> CanPullView:
    """Read the manifests; what is not in them is unknown.

    Raises:
        ConfigError: --context or --kubeconfig names what cannot be used.
        CredentialError, UsageError: a manifest cannot be read.
    """
    declared = read_declared(request) or Declared()
    parts = parts_of(request, declared, _namespace(request))
    sources = tuple(declared_sources(parts))
    nothing = without_cluster(source.namespace for source in sources)
    accounts = accounts_with(parts, nothing, accounts_of(sources))
    pods = pods_of(sources, accounts)
    overlay = secrets_with(parts, nothing, pods)
    present = {(namespace_of(item.pod), name_of(item.pod)): item.pod for item in pods}
    observed = ObservedNamespaces(secrets=overlay.secrets, accounts=accounts, pods=Observed(present=present))
    evidence = Evidence(now=datetime.now(UTC), observed=observed, planned=planned_pods(pods))
    facts = Facts(
        evidence=evidence, pods=pods, promised=overlay.promised, files=declared_places(parts), is_offline=True
    )
    return CanPullView(facts=facts, failures=declared.problems)
