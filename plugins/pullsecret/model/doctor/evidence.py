"""What doctor has read, and simple queries on it: the secrets that a pod reads, other namespaces' secrets, owners."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.doctor.best_secret import ImageCandidates, candidates_for
from pullsecret.model.doctor.pull_backoff import LONGEST_PAUSE, Due, Pulls, next_after, next_for_age, next_sync
from pullsecret.model.go.url import index_key
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.objects.generated_secrets import is_written_by_openshift
from pullsecret.model.objects.objects import Kind, Object, mappings_at, name_of, namespace_of, point_in_time, text_at
from pullsecret.model.objects.pod import (
    Wait,
    account_of,
    controller_of,
    listed_names,
    listed_secrets,
    owner_of,
    pull_waits,
)
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.openshift.cluster_credentials import cluster_credentials
from pullsecret.model.plan.waiting_pods import OwnerFacts, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pullsecret.errors import PullSecretError
    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.images.verdict import Verdict
    from pullsecret.model.plan.observed import Key, Observed, ObservedNamespaces

PodImage: TypeAlias = tuple[str, str, str]
"""The namespace and name of a pod, and one of its images."""

SecretImage: TypeAlias = tuple[str, str, str]
"""The namespace and name of a secret ("" for pulls without credentials), and an image."""

RejectedLogin: TypeAlias = tuple[str, str, str, str]
"""The namespace of the pods that sent credentials, what they are rejected for, a username and a password."""

TEMPLATES = {
    "deployment": Kind.DEPLOYMENT,
    "statefulset": Kind.STATEFUL_SET,
    "daemonset": Kind.DAEMON_SET,
    "replicaset": Kind.REPLICA_SET,
    "job": Kind.JOB,
}
"""The owners whose pod template is at spec.template, by the first part of `kind/name`."""

_LONG_KEYS = 1 << 16
"""Characters of a secret's keys from which on only those are kept that match an image."""


@dataclass(frozen=True, kw_only=True)
class PlannedPod:
    """What is known of a pod that does not exist yet: all that it would wait for, and whether its list is its own."""

    waits: tuple[Wait, ...]
    has_own_list: bool = False


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """All that was read, at one time, `now`.

    `observed.pods` are the pods that wait for an image; `healthy` has a line for each pod or owner asked for by name
    that does not. `observed.secrets` has the pull secrets of their namespaces, and other secrets that they reference;
    `elsewhere` those of other namespaces. `owners` and `pulls` are by kind and by pod and image. `absent` are errors
    for what was asked for and does not exist. `sandboxes` are the waits of pods, by namespace and name, for the
    runtime's sandbox image. `verdicts` are the registries' answers by namespace, secret and image. `rejected` are
    credentials that registries rejected for these pods, each for a registry or a repository of it. `chosen` are the
    namespaces that the user allows as sources of credentials. `readers` has when the oldest pod was created that
    references a secret on a node. `serving` are the owners, by namespace and `kind/name`, one of whose pods does not
    wait. `mirrors` are the objects with OpenShift's mirrors, and `node_credentials` is what lets the secrets of
    namespaces serve them. `registry_hosts` are those of OpenShift's internal registry, and `image_bindings` the
    role bindings of the other projects whose images pods wait for, as far as they could be read. `planned` are those of
    the pods that do not exist yet, by namespace and name; the node with the name "" is any that could run them.
    """

    now: datetime
    observed: ObservedNamespaces
    healthy: tuple[str, ...] = ()
    absent: tuple[PullSecretError, ...] = ()
    elsewhere: Mapping[tuple[str, str], Object] = field(default_factory=dict, repr=False)
    owners: Mapping[Kind, Observed] = field(default_factory=dict, repr=False)
    nodes: Mapping[str, Object] = field(default_factory=dict, repr=False)
    mirrors: tuple[Object, ...] = field(default=(), repr=False)
    node_credentials: Object | None = field(default=None, repr=False)
    pulls: Mapping[PodImage, Pulls] = field(default_factory=dict, repr=False)
    failures: Mapping[PodImage, str] = field(default_factory=dict, repr=False)
    sandboxes: Mapping[Key, Wait] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    verdicts: Mapping[SecretImage, Verdict] = field(default_factory=dict)
    rejected: frozenset[RejectedLogin] = field(default=frozenset(), repr=False)
    chosen: tuple[str, ...] = ()
    readers: Mapping[tuple[str, str, str], datetime] = field(default_factory=dict, repr=False)
    serving: frozenset[Key] = frozenset()
    registry_hosts: frozenset[str] = frozenset()
    image_bindings: Mapping[str, tuple[Object, ...]] = field(default_factory=dict, repr=False)
    planned: Mapping[Key, PlannedPod] = field(default_factory=dict)

    def secret(self, namespace: str, name: str) -> Object | None:
        """A secret of a pod's namespace; None when it is not there."""
        return self.observed.secrets.present.get((namespace, name))

    def source(self, namespace: str, name: str) -> Object | None:
        """A pull secret of any namespace, where it was read."""
        return self._all_secrets.get((namespace, name))

    def is_unreadable(self, namespace: str, name: str) -> bool:
        """Whether a secret could not be read, so that it is not known whether it exists."""
        return self.observed.secrets.error_at((namespace, name)) is not None

    def secrets_of(self, pod: Object) -> tuple[Object, ...]:
        """The secrets that the kubelet reads for a pod, in its order; those that do not exist are left out."""
        found = (self.secret(namespace_of(pod), name) for name in listed_secrets(pod))
        return tuple(secret for secret in found if secret is not None)

    def waits_of(self, pod: Object) -> tuple[Wait, ...]:
        """All that a pod waits for because an image could not be pulled, or would wait for."""
        if planned := self.planned.get((namespace_of(pod), name_of(pod))):
            return planned.waits
        sandbox = self.sandboxes.get((namespace_of(pod), name_of(pod)))
        return (*pull_waits(pod), *((sandbox,) if sandbox else ()))

    def account_list(self, pod: Object) -> tuple[str, ...]:
        """What the pod's service account lists now, for pods that are created from now on."""
        account = self.observed.accounts.present.get((namespace_of(pod), account_of(pod)), {})
        return secret_names(account)

    def owner(self, pod: Object) -> Object | None:
        """The object of `owner_of`, when it is of a kind with a template and could be read."""
        kind, _, name = owner_of(pod).partition("/")
        part = self.owners.get(TEMPLATES[kind]) if kind in TEMPLATES else None
        return part.present.get((namespace_of(pod), name)) if part else None

    def facts_of_owner(self, pod: Object) -> OwnerFacts:
        """What decides how the owner's pods can be recreated, as far as the owner could be read."""
        owner = self.owner(pod)
        if owner is None:
            return OwnerFacts.of_list(listed_names(pod))
        entries = mappings_at(owner, "spec", "template", "spec", "imagePullSecrets")
        names = tuple(text_at(entry, "name") for entry in entries)
        only_waits = (namespace_of(pod), owner_of(pod)) not in self.serving
        return OwnerFacts.of_list(names, made_by=controller_of(owner), only_waits=only_waits)

    def has_own_list(self, pod: Object) -> bool:
        """Whether the pod sets imagePullSecrets itself, so that a service account's list is never added to it.

        The owner's template decides. A standalone pod would be recreated with the list that it has; and where the owner
        cannot be read, a list that begins as the service account's does counts as inherited from it.
        """
        if planned := self.planned.get((namespace_of(pod), name_of(pod))):
            return planned.has_own_list
        own = listed_names(pod)
        owner = self.owner(pod)
        if owner is not None:
            return bool(mappings_at(owner, "spec", "template", "spec", "imagePullSecrets"))
        return bool(own) and (owner_of(pod).startswith("pod/") or own != self.account_list(pod)[: len(own)])

    def runtime(self, pod: Object) -> str:
        """`containerd://1.7.24` or `cri-o://1.30.2`; "" when the node could not be read."""
        node = self.nodes.get(text_at(pod, "spec", "nodeName"), {})
        return text_at(node, "status", "nodeInfo", "containerRuntimeVersion")

    def message(self, pod: Object, wait: Wait) -> str:
        """The runtime's last message; the event's where the status has only the back-off."""
        event = self.failures.get((namespace_of(pod), name_of(pod), wait.image), "")
        return event if event and wait.message.endswith(f'image "{wait.image}"') else wait.message

    def is_attempt_known(self, pod: Object, wait: Wait) -> bool:
        """Whether events show when the kubelet tried last."""
        return (namespace_of(pod), name_of(pod), wait.image) in self.pulls

    def is_kept_by_kubelet(self, secret: Object, pod: Object) -> bool:
        """Whether the kubelet may hold an earlier secret of this name, which was immutable as this one is.

        It reads an immutable secret once, and keeps that until no pod on the node references the name
        (kubernetes: pkg/kubelet/util/manager/watch_based_manager.go).
        """
        created = point_in_time(text_at(secret, "metadata", "creationTimestamp"))
        first = self.readers.get((text_at(pod, "spec", "nodeName"), namespace_of(secret), name_of(secret)))
        return secret.get("immutable") is True and created is not None and first is not None and created > first

    def is_after_last_attempt(self, secret: Object, pod: Object, wait: Wait) -> bool:
        """Whether a secret was created or changed after the kubelet's last attempt, or may have been."""
        found = self.pulls.get((namespace_of(pod), name_of(pod), wait.image))
        changed = changed_at(secret)
        if changed is None:
            return False
        if found is None:
            created = point_in_time(text_at(pod, "metadata", "creationTimestamp")) or self.now
            return changed > max(created, self.now - LONGEST_PAUSE)
        return (changed, version_of(secret)) > (found.last, found.version or version_of(secret))

    def next_attempt(self, pod: Object, wait: Wait) -> Due:
        """When the kubelet tries again, regardless of changes until then."""
        if wait.is_for_malformed_secret:
            return next_sync(self.now)
        found = self.pulls.get((namespace_of(pod), name_of(pod), wait.image))
        if found:
            return next_after(found)
        return next_for_age(point_in_time(text_at(pod, "metadata", "creationTimestamp")) or self.now, self.now)

    def keys_of(self, secret: Object) -> tuple[str, ...]:
        """The registry keys of a secret."""
        return self._keys.get((namespace_of(secret), name_of(secret)), ())

    @cached_property
    def _keys(self) -> Mapping[Key, tuple[str, ...]]:
        return {key: self._kept_keys(keys_of(secret)) for key, secret in self._all_secrets.items()}

    def _kept_keys(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        """The keys; of very many or very long ones those that match an image, as a tenant may have 150 MiB of them."""
        if sum(map(len, keys)) <= _LONG_KEYS:
            return keys
        return tuple(dict.fromkeys(found for image in self._images for found in matching_keys(keys, image)))

    @cached_property
    def _images(self) -> tuple[str, ...]:
        """The images that pods wait for, each once."""
        waits = (wait for pod in self.observed.pods.present.values() for wait in self.waits_of(pod))
        return tuple(dict.fromkeys(wait.image for wait in waits))

    @cached_property
    def token_hosts(self) -> Mapping[str, frozenset[str]]:
        """The hosts that OpenShift's tokens of service accounts are for, by namespace."""
        found: dict[str, set[str]] = {}
        for (namespace, _), secret in self.observed.secrets.present.items():
            if is_written_by_openshift(secret):
                hosts = ((index_key(key) or "").partition("/")[0] for key in self.keys_of(secret))
                found.setdefault(namespace, set()).update(filter(None, hosts))
        return {namespace: frozenset(hosts) for namespace, hosts in found.items()}

    @cached_property
    def _all_secrets(self) -> Mapping[Key, Object]:
        return {**self.elsewhere, **self.observed.secrets.present}

    @cached_property
    def candidates(self) -> Mapping[str, ImageCandidates]:
        """The secrets with credentials for each image that a pod waits for."""
        return {image: candidates_for(image, self) for image in self._images}

    @cached_property
    def of_cluster(self) -> Mapping[RegistryCredential, tuple[str, ...]]:
        """The cluster's own credentials, as far as they may be read: the nodes have sent them already."""
        return cluster_credentials(self._all_secrets)

    @cached_property
    def by_keys(self) -> Mapping[tuple[str, ...], Sequence[Object]]:
        """All secrets by their registry keys: a thousand copies with equal keys are compared with an image once."""
        found: dict[tuple[str, ...], list[Object]] = {}
        for key, secret in self._all_secrets.items():
            found.setdefault(self._keys[key], []).append(secret)
        return found


def first_readers(pods: Iterable[Object]) -> Mapping[tuple[str, str, str], datetime]:
    """When the oldest pod was created that references a secret on a node, by node, namespace and name."""
    found: dict[tuple[str, str, str], datetime] = {}
    for pod in pods:
        node, created = text_at(pod, "spec", "nodeName"), point_in_time(text_at(pod, "metadata", "creationTimestamp"))
        if not node or created is None:
            continue
        for name in listed_secrets(pod):
            key = (node, namespace_of(pod), name)
            found[key] = min(created, found.get(key, created))
    return found


def changed_at(secret: Object) -> datetime | None:
    """When a secret was created or last changed, as far as its metadata show."""
    written = [text_at(entry, "time") for entry in mappings_at(secret, "metadata", "managedFields")]
    times = [point_in_time(text) for text in (text_at(secret, "metadata", "creationTimestamp"), *written)]
    return max((time for time in times if time), default=None)


def version_of(target: Object) -> int:
    """An object's resourceVersion as a number; 0 when it is not a number."""
    text = text_at(target, "metadata", "resourceVersion")
    return int(text) if text.isascii() and text.isdigit() else 0
