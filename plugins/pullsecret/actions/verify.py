"""Ask the registries whether the pull secrets are good for the images that pods use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, select_namespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.images.login_checks import (
    anonymous_check,
    image_checks,
    images_to_pull,
    secret_checks,
    unaided_checks,
)
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, is_pull_secret
from pullsecret.model.plan.observed import ObservedNamespaces, united
from pullsecret.model.request.common import Request
from pullsecret.model.request.verification import RegistryAccess
from pullsecret.model.results.verify import Verified, VerifyRow
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.images.login_checks import LoginCheck
    from pullsecret.model.images.verdict import RegistryQuery, Verdict
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.observed import Observed

_NO_SECRETS, _NO_NAMESPACES = "No pull secrets found.", "No namespaces found matching the selection."
_NO_PODS = "note: no right to list pods, so no image is tried; name some with --image"


@dataclass(frozen=True, kw_only=True)
class VerifyRequest(Request):
    """Which secrets, all without `names`; for which images, those of the namespaces' pods without `images`."""

    names: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    access: RegistryAccess = field(default_factory=RegistryAccess)


@dataclass(frozen=True, kw_only=True)
class VerifyView:
    """What was seen in the cluster, what it gave to try, and what the registries said."""

    observed: ObservedNamespaces
    login_checks: tuple[LoginCheck, ...]
    verdicts: Mapping[RegistryQuery, Verdict] = field(repr=False)


def observe(request: VerifyRequest, cluster: Cluster) -> VerifyView:
    """Two LISTs of secrets and one of pods for any number of namespaces; then each registry, once for each question.

    Raises:
        ConfigError: how registries shall be reached makes no sense.
    """
    selection = select_namespaces(cluster, request.targets)
    there = [name for name in selection.names if name not in selection.missing]
    pods = read_all_in(cluster, Kind.POD, there) if not request.images else None
    observed = ObservedNamespaces(
        selection=selection, secrets=_secrets(request, cluster, there), **({"pods": pods} if pods else {})
    )
    login_checks = tuple(login_check for namespace in there for login_check in _trials(request, namespace, observed))
    queries = [query for login_check in login_checks for query in login_check.queries]
    verdicts = ask_registries(queries, request.access, environ=os.environ, trace=cluster.trace)
    return VerifyView(observed=observed, login_checks=login_checks, verdicts=verdicts)


def _secrets(request: VerifyRequest, cluster: Cluster, namespaces: Sequence[str]) -> Observed:
    if request.names:
        return read_by_keys(cluster, Kind.SECRET, [(space, name) for space in namespaces for name in request.names])
    return united([read_all_in(cluster, Kind.SECRET, namespaces, fields=f"type={kind}") for kind in DATA_KEYS])


def _trials(request: VerifyRequest, namespace: str, observed: ObservedNamespaces) -> tuple[LoginCheck, ...]:
    present = sorted(observed.secrets.in_namespace(namespace), key=name_of)
    secrets = {name_of(secret): secret for secret in present if is_pull_secret(secret)}
    if request.images:
        return _for_images(request, namespace, secrets)
    pods = observed.pods.in_namespace(namespace)
    images = tuple(dict.fromkeys(image for pod in pods for image in images_to_pull(pod)))
    tried = tuple(login_check for secret in secrets.values() for login_check in secret_checks(secret, images))
    may_tell = not request.names and observed.secrets.error_at((namespace, "")) is None
    return (*tried, *(unaided_checks(namespace, pods, secrets) if may_tell else ()))


def _for_images(request: VerifyRequest, namespace: str, secrets: Mapping[str, Object]) -> tuple[LoginCheck, ...]:
    is_named = bool(request.names)
    tried = tuple(
        login_check
        for secret in secrets.values()
        for login_check in image_checks(secret, request.images, all_images=is_named)
    )
    unserved = [image for image in request.images if image not in {login_check.image for login_check in tried}]
    return (*tried, *(anonymous_check(namespace, image) for image in unserved if not is_named))


def plan(request: VerifyRequest, view: VerifyView) -> Verified:
    """A row for each secret and image, and what could not be looked at."""
    rows = tuple(
        VerifyRow(
            namespace=login_check.namespace,
            secret=login_check.secret,
            image=login_check.image,
            verdict=login_check.judged(view.verdicts),
        )
        for login_check in view.login_checks
    )
    unreadable = dict.fromkeys(error.line for error in view.observed.secrets.unreadable.values())
    return Verified(
        rows=rows,
        notes=(*view.observed.notes, *((_NO_PODS,) if view.observed.pods.unreadable else ())),
        failures=(*unreadable, *_not_found(request, view.observed), *_other_types(view.observed)),
        emptiness=_NO_SECRETS if view.observed.selection.names else _NO_NAMESPACES,
    )


def _not_found(request: VerifyRequest, observed: ObservedNamespaces) -> tuple[str, ...]:
    """A line for each namespace that is not there, and for each secret that is in none of the others."""
    found = {name for _, name in observed.secrets.present}
    is_known = not observed.secrets.unreadable
    secrets = [f'secrets "{name}" not found' for name in request.names if is_known and name not in found]
    namespaces = [f'namespaces "{name}" not found' for name in sorted(observed.selection.missing)]
    messages = (*namespaces, *secrets)
    return tuple(NotFoundError(message, code=404, reason="NotFound").line for message in messages)


def _other_types(observed: ObservedNamespaces) -> tuple[str, ...]:
    return tuple(
        f'error: secrets "{name}" in namespace {namespace} is of type {text_at(secret, "type")}, not a pull secret'
        for (namespace, name), secret in observed.secrets.present.items()
        if not is_pull_secret(secret)
    )
