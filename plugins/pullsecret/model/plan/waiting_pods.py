"""Pods that wait for an image: which recover on their own once the secret exists, and which must be recreated.

The kubelet reads the pod's own imagePullSecrets, fixed at creation, and the secrets' content again at every attempt;
attempts are at most five minutes apart (kubernetes: pkg/kubelet/images, plugin/pkg/admission/serviceaccount).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.objects.objects import AnyKind, Kind, Object, name_of
from pullsecret.model.objects.pod import (
    account_of,
    is_static,
    is_stopped_by_malformed_secret,
    listed_names,
    owner_of,
    waiting_images,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


RESTARTABLE = frozenset({"deployment", "daemonset"})
"""The kinds that `kubectl rollout restart` helps; a stateful set would wait for the failing pod."""


KNOWN_KINDS = RESTARTABLE | {"statefulset", "replicaset", "replicationcontroller", "job", "pod"}
"""The kinds of which it is known what happens when one of their pods is deleted."""


class Recovery(Enum):
    """What a waiting pod needs."""

    WAIT = "recovers on its own"
    RECREATE = "was created before the secret was attached"
    EDIT_TEMPLATE = "sets its own imagePullSecrets"


@dataclass(frozen=True, kw_only=True)
class NewSecrets:
    """What a run adds to one namespace.

    `keys` are the registry keys of each secret, by the secret's name; `placed` are those secrets that this run itself
    writes; `accounts` are the service accounts that list them from now on, each with the list it had before.
    """

    namespace: str
    keys: Mapping[str, tuple[str, ...]]
    placed: frozenset[str] = frozenset()
    accounts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class OwnerFacts:
    """What decides how an owner's pods can be recreated.

    `made_by` is the owner's own controller as `kind/name`, "" for none: it puts back what others change in the owner.
    `names` is the list in the owner's template, or of a pod, where it has an entry without a name (""); else empty.
    `only_waits` is whether all its pods wait, so that a restart of the owner stops nothing; False if not known.
    """

    made_by: str = ""
    names: tuple[str, ...] = ()
    only_waits: bool = False

    @classmethod
    def of_list(cls, names: tuple[str, ...], *, made_by: str = "", only_waits: bool = False) -> OwnerFacts:
        """What the names of a list, "" for an entry without one, say about the owner, with what else is known of it."""
        return cls(made_by=made_by, names=names if "" in names else (), only_waits=only_waits)


@dataclass(frozen=True, kw_only=True)
class RestartHint:
    """What the waiting pods of one owner need, once the change that helps them is made.

    `owner` is `kind/name` as kubectl takes it, `pods` are names. `cause` is the object whose change helps, None when
    nothing had to change; waiting helps only if that object did change: the old secret has not helped so far.
    """

    namespace: str
    secret: str
    owner: str
    pods: tuple[str, ...]
    recovery: Recovery
    cause: tuple[AnyKind, str] | None
    facts: OwnerFacts = field(default_factory=OwnerFacts)

    @property
    def is_restartable(self) -> bool:
        """Whether to restart the owner as a whole: it replaces all pods at once, and none of them serves."""
        is_own = self.owner.partition("/")[0] in RESTARTABLE and not self.facts.made_by
        return is_own and (self.facts.only_waits or self.recovery is Recovery.EDIT_TEMPLATE)

    @property
    def is_of_unknown_kind(self) -> bool:
        """Whether it is not known what the owner does when its pod is deleted: a Workflow, a TaskRun, any other."""
        return self.owner.partition("/")[0] not in KNOWN_KINDS


def keys_of(secret: Object) -> tuple[str, ...]:
    """The registry keys of a pull secret as written; none if the kubelet cannot parse it."""
    return registries_of(secret).servers


def restart_hints_for(pods: Iterable[Object], new_secrets: NewSecrets) -> tuple[RestartHint, ...]:
    """What the pods of a namespace need, an entry for each owner; pods that these secrets cannot help are left out."""
    found: dict[tuple[str, OwnerFacts, str, Recovery, tuple[AnyKind, str] | None], list[str]] = {}
    for pod in pods:
        need = _need(pod, new_secrets)
        if need is not None:
            found.setdefault((owner_of(pod), OwnerFacts.of_list(listed_names(pod)), *need), []).append(name_of(pod))
    return tuple(
        RestartHint(
            namespace=new_secrets.namespace,
            secret=secret,
            owner=owner,
            pods=tuple(names),
            recovery=recovery,
            cause=cause,
            facts=facts,
        )
        for (owner, facts, secret, recovery, cause), names in found.items()
    )


def hints_for_owner(
    pods: Iterable[Object], namespace: str, owner: tuple[Kind, str], keys: Mapping[str, tuple[str, ...]]
) -> tuple[RestartHint, ...]:
    """What the waiting pods of an owner need once its own list has more secrets, if one of these helps them.

    Args:
        pods: the pods of the namespace.
        namespace: the namespace.
        owner: the owner whose list is changed.
        keys: the registry keys of each secret, by its name.
    """
    word = f"{owner[0].word}/{owner[1]}"
    new_secrets = NewSecrets(namespace=namespace, keys=keys, accounts={})
    helped = {
        name_of(pod): helping[0]
        for pod in pods
        if owner_of(pod) == word
        and (helping := [name for name in keys if _helps(name, pod, listed_names(pod), new_secrets)])
    }
    if not helped:
        return ()
    secret = next(iter(helped.values()))
    return (
        RestartHint(
            namespace=namespace,
            secret=secret,
            owner=word,
            pods=tuple(helped),
            recovery=Recovery.RECREATE,
            cause=owner,
        ),
    )


def _need(pod: Object, new_secrets: NewSecrets) -> tuple[str, Recovery, tuple[AnyKind, str] | None] | None:
    if is_static(pod):
        return None
    own = listed_names(pod)
    helping = [secret for secret in new_secrets.keys if _helps(secret, pod, own, new_secrets)]
    for secret in helping:
        if secret in own:
            return secret, Recovery.WAIT, (Kind.SECRET, secret) if secret in new_secrets.placed else None
    account = account_of(pod)
    if not helping or account not in new_secrets.accounts:
        return None
    # A standalone pod is recreated from itself, with the list that it has.
    is_standalone = owner_of(pod).startswith("pod/")
    inherited = not own or (own == new_secrets.accounts[account] and not is_standalone)
    return helping[0], Recovery.RECREATE if inherited else Recovery.EDIT_TEMPLATE, (Kind.SERVICE_ACCOUNT, account)


def _helps(secret: str, pod: Object, own: tuple[str, ...], new_secrets: NewSecrets) -> bool:
    if is_stopped_by_malformed_secret(pod):
        return secret in own and bool(new_secrets.keys[secret])
    return any(matching_keys(new_secrets.keys[secret], image) for image in waiting_images(pod))
