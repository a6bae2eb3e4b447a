"""Check with the registries whether the credentials in OpenShift's global pull secret are accepted."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.actions import verify
from pullsecret.actions.composed.global_reads import GlobalView, read_global_view
from pullsecret.model.images.credential_checks import image_checks, secret_checks
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.objects.objects import namespace_of
from pullsecret.model.openshift.global_secrets import TELEMETRY_HOST
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.request.targets import Selection
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from pullsecret.actions.verify import VerifyRequest, VerifyView
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.images.credential_checks import CredentialCheck
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.results.verify import Verified


_NO_REGISTRY = f"note: {TELEMETRY_HOST} is no registry, so its entry was not tested: the cluster reports to it"


@dataclass(frozen=True, kw_only=True)
class GlobalVerifyView:
    """The secrets that the nodes' credentials are from, and what the registries say to them."""

    of_nodes: GlobalView
    checked: VerifyView = field(repr=False)


def observe(request: VerifyRequest, cluster: Cluster) -> GlobalVerifyView:
    """Read what the nodes have, then send each query to a registry once: for --image, else a login at each registry.

    Raises:
        ConfigError: the settings for reaching registries are invalid.
    """
    seen = read_global_view(cluster)
    checks = tuple(check for secret in seen.used for check in _checks_of(secret, request.images))
    queries = [query for check in checks for query in check.queries]
    verdicts = ask_registries(queries, request.access, environ=os.environ, trace=cluster.trace, memory=request.asked)
    observed = ObservedNamespaces(
        selection=Selection(names=tuple(dict.fromkeys(map(namespace_of, seen.used)))), secrets=seen.secrets
    )
    checked = verify.VerifyView(observed=observed, credential_checks=checks, verdicts=verdicts)
    return GlobalVerifyView(of_nodes=seen, checked=checked)


def _checks_of(secret: Object, images: tuple[str, ...]) -> tuple[CredentialCheck, ...]:
    if images:
        return image_checks(secret, images, all_images=True)
    return tuple(check for check in secret_checks(secret, ()) if check.image != TELEMETRY_HOST)


def _has_telemetry(seen: GlobalView) -> bool:
    return any(entry.server == TELEMETRY_HOST for secret in seen.used for entry in registries_of(secret).entries)


def plan(request: VerifyRequest, view: GlobalVerifyView) -> Verified:
    """A row for each secret with each image or registry."""
    verified = verify.plan(request, view.checked)
    notes = (*view.of_nodes.notes, *((_NO_REGISTRY,) if _has_telemetry(view.of_nodes) and not request.images else ()))
    failures = tuple(dict.fromkeys((*view.of_nodes.failures, *verified.failures)))
    return replace(verified, notes=(*notes, *verified.notes), failures=failures)
