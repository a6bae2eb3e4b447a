"""Owners whose pods are made anew, and pods that are: what is wanted of them.

A restart is the annotation that `kubectl rollout restart` writes (kubectl: pkg/polymorphichelpers/objectrestarter.go).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, merged, name_of, text_at
from pullsecret.model.objects.pullsecret import as_manifest
from pullsecret.model.plan.change import GONE

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Kind
    from pullsecret.model.plan.change import DesiredState

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def restarted(kind: Kind, name: str, at: str, secret: str = "") -> DesiredState:
    """An owner whose template is new: by the time of its restart and, if there is one, by a secret more in its list.

    The function raises NotFoundError for an owner that is gone, and RefusedError for a deployment that is paused.
    """

    def wanted(seen: Object | None) -> Object:
        owner = _there(seen, kind, name)
        if mapping_at(owner, "spec").get("paused") is True:
            message = f"can't restart paused {kind.word} (run rollout resume first)"
            raise RefusedError(message)
        stamp: Object = {"metadata": {"annotations": {RESTARTED_AT: at}}}
        return merged(_with_secret(owner, secret), {"spec": {"template": stamp}})

    return wanted


def listing(kind: Kind, name: str, secret: str) -> DesiredState:
    """An owner whose next pods will name a secret more; those that are there stay as they are."""
    return lambda seen: _with_secret(_there(seen, kind, name), secret)


def deleted(pod: Object) -> DesiredState:
    """No pod of this name, unless it is another one by now: its owner has made it anew."""
    return lambda seen: GONE if seen is None or _is_same(seen, pod) else seen


def made_anew(pod: Object, secret: str = "") -> DesiredState:
    """The same pod, new, with a secret more in its list if there is one; what has been made since stays."""
    fresh = as_manifest(pod)
    wanted = merged(fresh, {"spec": _listed(mapping_at(fresh, "spec"), secret)})
    return lambda seen: wanted if seen is None or _is_same(seen, pod) else seen


def _there(seen: Object | None, kind: Kind, name: str) -> Object:
    if seen is None:
        resource = f"{kind.value}.{kind.group.partition('/')[0]}"
        raise NotFoundError(f'{resource} "{name}" not found', code=404, reason="NotFound")
    return seen


def _with_secret(owner: Object, secret: str) -> Object:
    spec = _listed(mapping_at(owner, "spec", "template", "spec"), secret)
    return merged(owner, {"spec": {"template": {"spec": spec}}}) if spec else owner


def _listed(spec: Object, secret: str) -> Object:
    """The change of a pod's spec that names a secret behind those that are named; nothing when it is named already."""
    there = mappings_at(spec, "imagePullSecrets")
    if not secret or secret in {text_at(entry, "name") for entry in there}:
        return {}
    return {"imagePullSecrets": [*there, {"name": secret}]}


def _is_same(seen: Object, pod: Object) -> bool:
    return name_of(seen) == name_of(pod) and text_at(seen, "metadata", "uid") == text_at(pod, "metadata", "uid")
