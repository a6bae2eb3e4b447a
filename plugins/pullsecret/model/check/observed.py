"""What check reads: the pull secrets of some namespaces, and what references them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.objects.objects import Object, mappings_at, name_of, text_at
from pullsecret.model.objects.pod import image_volumes, owner_of
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.openshift.cluster_credentials import cluster_credentials
from pullsecret.model.plan.observed import Observed, ObservedNamespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.ibmcloud.key_facts import CloudKnowledge
    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.plan.observed import Key


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """Namespaces with their pull secrets and running pods, and what else check must know.

    `pending` are the pods that do not run yet; `others` are the secrets of other types, with metadata only; `sources`
    are secrets of other namespaces that were copied; `siblings` keep the previous content of secrets that are being
    recreated; `generic` are those of `others` that are referenced, in full; `token_accounts` are service accounts of
    other namespaces that tokens in the secrets are of. `cloud` is what IBM Cloud says about the API keys, None if
    it is not asked. `mirrors` are OpenShift's mirrors where the nodes run CRI-O, and `node_credentials` is what lets
    the secrets of namespaces serve them; `mirror_notes` say what of that could not be read.
    """

    observed: ObservedNamespaces
    pending: Observed = field(default_factory=Observed, repr=False)
    others: Observed = field(default_factory=Observed)
    sources: Observed = field(default_factory=Observed, repr=False)
    siblings: Observed = field(default_factory=Observed, repr=False)
    generic: Observed = field(default_factory=Observed, repr=False)
    token_accounts: Observed = field(default_factory=Observed, repr=False)
    cloud: CloudKnowledge | None = None
    mirrors: tuple[Object, ...] = field(default=(), repr=False)
    node_credentials: Object | None = field(default=None, repr=False)
    mirror_notes: tuple[str, ...] = ()

    def exists(self, key: Key) -> bool:
        """Whether there is a secret, of any type."""
        return key in self.observed.secrets.present or key in self.others.present

    def is_known(self, namespace: str) -> bool:
        """Whether all secrets of a namespace could be read, so that an absent one is known to be absent."""
        key = (namespace, "")
        return not (self.observed.secrets.unreadable.get(key) or self.others.unreadable.get(key))

    def source(self, key: Key) -> Object | None:
        """A secret that others were copied from, where it could be read."""
        return self.observed.secrets.present.get(key) or self.sources.present.get(key)

    @cached_property
    def referenced_by(self) -> Mapping[Key, tuple[str, ...]]:
        """The service accounts, and owners of running pods, that reference a secret, as `kind/name`; each once."""
        return references_in(self.observed)

    @cached_property
    def cluster_credentials(self) -> Mapping[RegistryCredential, tuple[str, ...]]:
        """The credentials for Red Hat's four hosts in OpenShift's global pull secret, each with its hosts."""
        return cluster_credentials(self.observed.secrets.present)

    @cached_property
    def named(self) -> Mapping[str, tuple[Object, ...]]:
        """The pull secrets of each name, in the order of their namespaces."""
        found: dict[str, list[Object]] = {}
        for _, secret in sorted(self.observed.secrets.present.items(), key=lambda item: item[0]):
            found.setdefault(name_of(secret), []).append(secret)
        return {name: tuple(secrets) for name, secrets in found.items()}


@dataclass(frozen=True, kw_only=True)
class CheckedNamespace:
    """One namespace of an inventory, as rules check it; `names` are secrets that were asked for by name."""

    namespace: str
    inventory: Inventory = field(repr=False)
    names: tuple[str, ...] = ()
    needs_private: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def subject(self) -> str:
        """The namespace itself; each match has a subject of its own."""
        return f"namespace/{self.namespace}"

    @property
    def secret_name(self) -> str:
        """No secret: each match has one of its own."""
        return ""

    @property
    def has_all_secrets(self) -> bool:
        """Whether all secrets of the namespace could be read."""
        return self.inventory.is_known(self.namespace)

    def secret(self, name: str) -> Object | None:
        """A pull secret of the namespace."""
        return self.inventory.observed.secrets.present.get((self.namespace, name))

    @cached_property
    def pods_by_owner(self) -> Mapping[str, Sequence[Object]]:
        """The running pods by their owner, `kind/name`."""
        found: dict[str, list[Object]] = {}
        for pod in self.inventory.observed.pods.in_namespace(self.namespace):
            found.setdefault(owner_of(pod), []).append(pod)
        return found


def references_in(observed: ObservedNamespaces) -> dict[Key, tuple[str, ...]]:
    """What references a secret: service accounts, and the owners of pods."""
    found: dict[Key, dict[str, None]] = {}
    for (namespace, name), account in observed.accounts.present.items():
        for secret in secret_names(account):
            found.setdefault((namespace, secret), {})[f"serviceaccount/{name}"] = None
    for (namespace, _), pod in observed.pods.present.items():
        for secret in pull_secret_names(pod):
            found.setdefault((namespace, secret), {})[owner_of(pod)] = None
    return {key: tuple(names) for key, names in found.items() if key[1]}


def pull_secret_names(pod: Object) -> tuple[str, ...]:
    """The pull secrets that a pod references, each once."""
    names = (text_at(entry, "name") for entry in mappings_at(pod, "spec", "imagePullSecrets"))
    return tuple(dict.fromkeys(filter(None, names)))


def images_of(pod: Object) -> tuple[str, ...]:
    """The images of a pod's containers, init containers included, and of its volumes, each once."""
    fields = ("initContainers", "containers")
    images = (text_at(item, "image") for field in fields for item in mappings_at(pod, "spec", field))
    return tuple(dict.fromkeys((*images, *image_volumes(pod).values())))


def hosts_of(pods: Iterable[Object]) -> tuple[str, ...]:
    """The registries of the pods' images, each once."""
    return registries_of_images(image for pod in pods for image in images_of(pod))


def registries_of_images(images: Iterable[str]) -> tuple[str, ...]:
    """The registries of images, each once; none for names that the kubelet rejects."""
    return tuple(dict.fromkeys(filter(None, map(_host_of, images))))


def _host_of(image: str) -> str:
    try:
        return parsed_reference(image).domain
    except InvalidReferenceError:
        return ""
