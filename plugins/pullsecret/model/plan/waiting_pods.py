"""Pods that wait for an image: which come up by themselves once the secret is there, and which never will.

The kubelet reads the pod's own list of names, fixed when the pod was made, and the secrets' content afresh at every
attempt; attempts are at most five minutes apart (kubernetes: pkg/kubelet/images, plugin/pkg/admission/serviceaccount).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.objects.objects import Kind, Object, name_of
from pullsecret.model.objects.pod import (
    account_of,
    is_stopped_by_malformed_secret,
    listed_secrets,
    owner_of,
    waiting_images,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


RESTARTABLE = frozenset({"deployment", "daemonset"})
"""The kinds that `kubectl rollout restart` helps; a stateful set would wait for the pod that waits."""


class Recovery(Enum):
    """What a waiting pod needs."""

    TIME = "comes up by itself"
    RESTART = "was made before its service account named the secret"
    OWN_LIST = "has an imagePullSecrets list of its own"


@dataclass(frozen=True, kw_only=True)
class NewSecrets:
    """What a run gives to one namespace.

    `keys` are the registries of each secret, by the secret's name; `placed` are those secrets that this run itself puts
    there; `accounts` are the service accounts that name them from now on, each with the list it had before.
    """

    namespace: str
    keys: Mapping[str, tuple[str, ...]]
    placed: frozenset[str] = frozenset()
    accounts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to say of the waiting pods of one owner, where the change that helps them came true.

    `owner` is `kind/name` as kubectl takes it, `pods` are names. `cause` is the object whose change helps, None when
    nothing had to change; time alone helps only if that object did change: an old secret did not help so far.
    """

    namespace: str
    secret: str
    owner: str
    pods: tuple[str, ...]
    remedy: Recovery
    cause: tuple[Kind, str] | None


def keys_of(secret: Object) -> tuple[str, ...]:
    """The registries that a pull secret is for, as its keys stand; none when the kubelet could not read it."""
    return tuple(entry.server for entry in registries_of(secret).entries)


def advice_for(pods: Iterable[Object], new_secrets: NewSecrets) -> tuple[Advice, ...]:
    """What to say of a namespace's pods, an entry an owner; pods that these secrets cannot help are passed over."""
    found: dict[tuple[str, str, Recovery, tuple[Kind, str] | None], list[str]] = {}
    for pod in pods:
        need = _need(pod, new_secrets)
        if need is not None:
            found.setdefault((owner_of(pod), *need), []).append(name_of(pod))
    return tuple(
        Advice(
            namespace=new_secrets.namespace, secret=secret, owner=owner, pods=tuple(names), remedy=remedy, cause=cause
        )
        for (owner, secret, remedy, cause), names in found.items()
    )


def _need(pod: Object, new_secrets: NewSecrets) -> tuple[str, Recovery, tuple[Kind, str] | None] | None:
    own = listed_secrets(pod)
    helping = [secret for secret in new_secrets.keys if _helps(secret, pod, own, new_secrets)]
    for secret in helping:
        if secret in own:
            return secret, Recovery.TIME, (Kind.SECRET, secret) if secret in new_secrets.placed else None
    account = account_of(pod)
    if not helping or account not in new_secrets.accounts:
        return None
    # A bare pod is made anew from itself, with the list that it has.
    is_bare = owner_of(pod).startswith("pod/")
    inherited = not own or (own == new_secrets.accounts[account] and not is_bare)
    return helping[0], Recovery.RESTART if inherited else Recovery.OWN_LIST, (Kind.SERVICE_ACCOUNT, account)


def _helps(secret: str, pod: Object, own: tuple[str, ...], new_secrets: NewSecrets) -> bool:
    if is_stopped_by_malformed_secret(pod):
        return secret in own and bool(new_secrets.keys[secret])
    return any(matching_keys(new_secrets.keys[secret], image) for image in waiting_images(pod))
