"""Check with the registries whether pull secrets can pull the images that pods use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, read_pull_secrets
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.images.credential_checks import (
    anonymous_check,
    anonymous_checks,
    image_checks,
    images_to_pull,
    secret_checks,
)
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, unreadable_place
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.copy_names import is_pattern, is_wanted
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.model.request.verification import RegistryAccess
from pullsecret.model.results.verify import Verified, VerifyRow
from pullsecret.registry import ask_registries
from pullsecret.registry.once import RegistryMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.go.printable import Printable
    from pullsecret.model.images.credential_checks import CredentialCheck
    from pullsecret.model.images.verdict import RegistryQuery, Verdict
    from pullsecret.model.objects.objects import Object

_NO_SECRETS = "No pull secrets found."


@dataclass(frozen=True, kw_only=True)
class VerifyRequest(CommandRequest):
    """The secrets, all without `names`, and the images, those of the namespaces' pods without `images`."""

    names: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    access: RegistryAccess = field(default_factory=RegistryAccess)
    asked: RegistryMemory | None = field(default=None, repr=False)

    def with_input(self, _log: Callable[[Printable], None]) -> Self:
        """The request with what all clusters learn of registries: rejected credentials are not sent again in one."""
        return replace(self, asked=RegistryMemory())

    @property
    def failed_status(self) -> int:
        """An incomplete look is never "found"."""
        return 2


@dataclass(frozen=True, kw_only=True)
class VerifyView:
    """What was read from the cluster, the checks that follow from it, and the verdicts of the registries."""

    observed: ObservedNamespaces
    credential_checks: tuple[CredentialCheck, ...]
    verdicts: Mapping[RegistryQuery, Verdict] = field(repr=False)


def observe(request: VerifyRequest, cluster: Cluster) -> VerifyView:
    """Two LISTs of secrets and one of pods for any number of namespaces; then each query to a registry once.

    Raises:
        ConfigError: the settings for reaching registries are invalid.
    """
    namespaces = TargetNamespaces(cluster, request.targets)
    pods = namespaces.start(partial(read_all_in, cluster, Kind.POD)) if not request.images else None
    secrets = namespaces.start(partial(_read_secrets, request, cluster))
    observed = ObservedNamespaces(
        selection=namespaces.selection, pods=pods.result() if pods else Observed(), secrets=secrets.result()
    )
    usable = observed.selection.usable
    credential_checks = tuple(check for namespace in usable for check in _checks_in(request, namespace, observed))
    queries = [query for check in credential_checks for query in check.queries]
    observed = replace(observed, secrets=_without_data(observed.secrets))
    verdicts = ask_registries(queries, request.access, environ=os.environ, trace=cluster.trace, memory=request.asked)
    return VerifyView(observed=observed, credential_checks=credential_checks, verdicts=verdicts)


def _without_data(secrets: Observed) -> Observed:
    """The secrets without what is in the checks already: it is not held while registries are asked."""
    return replace(secrets, present={key: {**secret, "data": {}} for key, secret in secrets.present.items()})


def _read_secrets(request: VerifyRequest, cluster: Cluster, namespaces: Sequence[str]) -> Observed:
    if any(map(is_pattern, request.names)):
        found = read_pull_secrets(cluster, namespaces)
        wanted = {key: secret for key, secret in found.present.items() if is_wanted(key[1], request.names)}
        return replace(found, present=wanted)
    if request.names:
        return read_by_keys(cluster, Kind.SECRET, [(space, name) for space in namespaces for name in request.names])
    return read_pull_secrets(cluster, namespaces)


def _checks_in(request: VerifyRequest, namespace: str, observed: ObservedNamespaces) -> tuple[CredentialCheck, ...]:
    present = sorted(observed.secrets.in_namespace(namespace), key=name_of)
    secrets = {name_of(secret): secret for secret in present if is_pull_secret(secret)}
    if request.images:
        return _checks_of_images(request, namespace, secrets)
    pods = observed.pods.in_namespace(namespace)
    images = tuple(dict.fromkeys(image for pod in pods for image in images_to_pull(pod)))
    checks = tuple(check for secret in secrets.values() for check in secret_checks(secret, images))
    is_complete = not request.names and observed.secrets.error_at((namespace, "")) is None
    return (*checks, *(anonymous_checks(namespace, pods, secrets) if is_complete else ()))


def _checks_of_images(
    request: VerifyRequest, namespace: str, secrets: Mapping[str, Object]
) -> tuple[CredentialCheck, ...]:
    is_named = bool(request.names)
    checks = tuple(
        check for secret in secrets.values() for check in image_checks(secret, request.images, all_images=is_named)
    )
    unmatched = [image for image in request.images if image not in {check.image for check in checks}]
    return (*checks, *(anonymous_check(namespace, image) for image in unmatched if not is_named))


def plan(request: VerifyRequest, view: VerifyView) -> Verified:
    """A row for each secret and image, and a line for everything that could not be read."""
    rows = tuple(
        VerifyRow(
            namespace=check.namespace,
            secret=check.secret,
            image=check.image,
            verdict=check.verdict_from(view.verdicts),
        )
        for check in view.credential_checks
    )
    unreadable = dict.fromkeys(error.line for error in view.observed.secrets.unreadable.values())
    return Verified(
        rows=rows,
        notes=(*view.observed.notes, *_pod_notes(view.observed.pods)),
        failures=(*unreadable, *_not_found(request, view.observed), *_other_types(view.observed)),
        emptiness=_NO_SECRETS if view.observed.selection.names else NO_NAMESPACES,
    )


def _not_found(request: VerifyRequest, observed: ObservedNamespaces) -> tuple[str, ...]:
    """A line for each namespace that cannot be used, and for each secret that is in none of the others."""
    found = {name for _, name in observed.secrets.present}
    is_known = not observed.secrets.unreadable
    exact = (name for name in request.names if not is_pattern(name))
    messages = [f'secrets "{name}" not found' for name in exact if is_known and name not in found]
    absent = (NotFoundError(message, code=404, reason="NotFound") for message in messages)
    return tuple(error.line for error in (*observed.selection.failures, *absent))


def _pod_notes(pods: Observed) -> tuple[str, ...]:
    if not pods.unreadable:
        return ()
    return (f"note: not allowed to list pods {unreadable_place(pods)}; their images were not checked (use --image)",)


def _other_types(observed: ObservedNamespaces) -> tuple[str, ...]:
    return tuple(
        f'error: secrets "{name}" in namespace {namespace} has type {text_at(secret, "type")} and is not a pull secret'
        for (namespace, name), secret in observed.secrets.present.items()
        if not is_pull_secret(secret)
    )
