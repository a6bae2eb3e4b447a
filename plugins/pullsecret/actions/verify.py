"""Ask the registries whether the pull secrets are good for the images that pods use."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.survey import see_all, see_keys, select_namespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.kubeobject import Kind, name_of, text_at
from pullsecret.model.pullsecret import DATA_KEYS, is_pull_secret
from pullsecret.model.registryaccess import RegistryAccess
from pullsecret.model.request import Request
from pullsecret.model.scene import Scene, united
from pullsecret.model.trials import anonymous_trial, image_trials, images_of, secret_trials, unaided_trials
from pullsecret.model.verification import Row, Verified
from pullsecret.registry import ask_registries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.kubeobject import Object
    from pullsecret.model.scene import Sight
    from pullsecret.model.trials import Trial
    from pullsecret.model.verdict import Inquiry, Verdict

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

    scene: Scene
    trials: tuple[Trial, ...]
    verdicts: Mapping[Inquiry, Verdict] = field(repr=False)


def observe(request: VerifyRequest, cluster: Cluster) -> VerifyView:
    """Two LISTs of secrets and one of pods for any number of namespaces; then each registry, once for each question.

    Raises:
        ConfigError: how registries shall be reached makes no sense.
    """
    selection = select_namespaces(cluster, request.targets)
    there = [name for name in selection.names if name not in selection.missing]
    pods = see_all(cluster, Kind.POD, there) if not request.images else None
    scene = Scene(selection=selection, secrets=_secrets(request, cluster, there), **({"pods": pods} if pods else {}))
    trials = tuple(trial for namespace in there for trial in _trials(request, namespace, scene))
    inquiries = [inquiry for trial in trials for inquiry in trial.inquiries]
    verdicts = ask_registries(inquiries, request.access, environ=os.environ, trace=cluster.trace)
    return VerifyView(scene=scene, trials=trials, verdicts=verdicts)


def _secrets(request: VerifyRequest, cluster: Cluster, namespaces: Sequence[str]) -> Sight:
    if request.names:
        return see_keys(cluster, Kind.SECRET, [(space, name) for space in namespaces for name in request.names])
    return united([see_all(cluster, Kind.SECRET, namespaces, fields=f"type={kind}") for kind in DATA_KEYS])


def _trials(request: VerifyRequest, namespace: str, scene: Scene) -> tuple[Trial, ...]:
    present = sorted(scene.secrets.in_namespace(namespace), key=name_of)
    secrets = {name_of(secret): secret for secret in present if is_pull_secret(secret)}
    if request.images:
        return _for_images(request, namespace, secrets)
    pods = scene.pods.in_namespace(namespace)
    images = tuple(dict.fromkeys(image for pod in pods for image in images_of(pod)))
    tried = tuple(trial for secret in secrets.values() for trial in secret_trials(secret, images))
    may_tell = not request.names and scene.secrets.error_at((namespace, "")) is None
    return (*tried, *(unaided_trials(namespace, pods, secrets) if may_tell else ()))


def _for_images(request: VerifyRequest, namespace: str, secrets: Mapping[str, Object]) -> tuple[Trial, ...]:
    is_named = bool(request.names)
    tried = tuple(
        trial for secret in secrets.values() for trial in image_trials(secret, request.images, all_images=is_named)
    )
    unserved = [image for image in request.images if image not in {trial.image for trial in tried}]
    return (*tried, *(anonymous_trial(namespace, image) for image in unserved if not is_named))


def plan(request: VerifyRequest, view: VerifyView) -> Verified:
    """A row for each secret and image, and what could not be looked at."""
    rows = tuple(
        Row(namespace=trial.namespace, secret=trial.secret, image=trial.image, verdict=trial.judged(view.verdicts))
        for trial in view.trials
    )
    unreadable = dict.fromkeys(error.line for error in view.scene.secrets.unreadable.values())
    return Verified(
        rows=rows,
        notes=(*view.scene.notes, *((_NO_PODS,) if view.scene.pods.unreadable else ())),
        failures=(*unreadable, *_not_found(request, view.scene), *_other_types(view.scene)),
        emptiness=_NO_SECRETS if view.scene.selection.names else _NO_NAMESPACES,
    )


def _not_found(request: VerifyRequest, scene: Scene) -> tuple[str, ...]:
    """A line for each namespace that is not there, and for each secret that is in none of the others."""
    found = {name for _, name in scene.secrets.present}
    is_known = not scene.secrets.unreadable
    secrets = [f'secrets "{name}" not found' for name in request.names if is_known and name not in found]
    namespaces = [f'namespaces "{name}" not found' for name in sorted(scene.selection.missing)]
    messages = (*namespaces, *secrets)
    return tuple(NotFoundError(message, code=404, reason="NotFound").line for message in messages)


def _other_types(scene: Scene) -> tuple[str, ...]:
    return tuple(
        f'error: secrets "{name}" in namespace {namespace} is of type {text_at(secret, "type")}, not a pull secret'
        for (namespace, name), secret in scene.secrets.present.items()
        if not is_pull_secret(secret)
    )
