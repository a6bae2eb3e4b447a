"""What rules check of manifests: who lists pull secrets, and what pods get; with the cluster, if one was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.check.declared_images import declared_images
from pullsecret.model.check.observed import CheckedNamespace
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.objects.objects import Object, text_at
from pullsecret.model.objects.pod import account_of, listed_names
from pullsecret.model.objects.pullsecret import DATA_KEYS
from pullsecret.model.objects.serviceaccount import FIELDS, secret_names
from pullsecret.model.plan.waiting_pods import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.declared.declared import DeclaredObject, FieldPath
    from pullsecret.model.declared.declared_parts import (
        DeclaredAccount,
        DeclaredParts,
        DeclaredSecret,
        DeclaredWorkload,
    )
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.declared.pod_templates import PodTemplate

PULL_LIST = FIELDS["pull"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Surroundings:
    """What the objects of manifests meet: each other, and what is in the cluster, None if none was read."""

    parts: DeclaredParts = field(repr=False)
    cluster: Inventory | None = field(default=None, repr=False)
    needs_private: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def in_cluster(self, namespace: str) -> CheckedNamespace | None:
        """A namespace of the cluster, as the rules for the cluster see it; None without one."""
        return CheckedNamespace(namespace=namespace, inventory=self.cluster, now=self.now) if self.cluster else None

    def is_known_to_lack(self, namespace: str, name: str) -> bool:
        """Whether a cluster was read, and has no secret of this name in the namespace, which may not exist yet."""
        if self.cluster is None or not self.cluster.is_known(namespace):
            return False
        selection = self.cluster.observed.selection
        is_read = namespace in selection.usable or namespace in selection.missing
        return is_read and not self.cluster.exists((namespace, name))

    def content(self, namespace: str, name: str) -> Object | None:
        """The pull secret that pods of a namespace get by a name; None where it, or its content, is not known.

        One of another type is an empty object: nothing is taken from it.
        """
        declared = self.parts.secret(namespace, name)
        if declared is not None:
            return declared.content if declared.type in DATA_KEYS else {} if declared.content else None
        if self.cluster is None:
            return None
        return self.cluster.observed.secrets.present.get((namespace, name))

    def account(self, namespace: str, name: str) -> Object | None:
        """A service account, of the manifests or of the cluster."""
        if declared := self.parts.account(namespace, name):
            return declared.content
        return self.cluster.observed.accounts.present.get((namespace, name)) if self.cluster else None

    def names_for(self, pod: Object, namespace: str) -> tuple[str, ...]:
        """The list that a new pod gets: its own, or that of its service account."""
        if own := listed_names(pod):
            return own
        return secret_names(self.account(namespace, account_of(pod)) or {})

    @cached_property
    def holders(self) -> tuple[CheckedHolder, ...]:
        """The service accounts and the workloads of the manifests."""
        accounts = (holder_of_account(account, self) for account in self.parts.accounts)
        return (*accounts, *(holder_of_workload(workload, self) for workload in self.parts.workloads))

    @cached_property
    def listed_by(self) -> Mapping[int, Sequence[CheckedHolder]]:
        """The holders that list a secret of the manifests, by the secret's id()."""
        found: dict[int, list[CheckedHolder]] = {}
        for holder in self.holders:
            for name in dict.fromkeys(holder.names):
                if secret := self.parts.secret(holder.namespace, name):
                    found.setdefault(id(secret), []).append(holder)
        return found

    @cached_property
    def pulled_with(self) -> Mapping[int, Sequence[tuple[CheckedHolder, str]]]:
        """The images of pods that get a secret of the manifests, each with its workload, by the secret's id()."""
        found: dict[int, dict[tuple[CheckedHolder, str], None]] = {}
        for holder in self.holders:
            for template in holder.templates:
                images = [(holder, one.image) for one in declared_images(template)]
                for name in dict.fromkeys(self.names_for(template.pod, holder.namespace)):
                    if secret := self.parts.secret(holder.namespace, name):
                        found.setdefault(id(secret), {}).update(dict.fromkeys(images))
        return {key: tuple(images) for key, images in found.items()}

    def image_called(self, name: str) -> str:
        """An image of the manifests that has this name in a registry or organization; "" if none has."""
        return self._images_by_name.get(name, "")

    @cached_property
    def _images_by_name(self) -> Mapping[str, str]:
        every = (image for images in self.images.values() for image in images if "/" in image)
        names = ((image.partition("@")[0].rpartition("/")[2].partition(":")[0], image) for image in every)
        return dict(reversed(list(names)))

    def matches_nothing(self, declared: DeclaredSecret) -> bool:
        """Whether a secret of the manifests has entries, and none of them is for an image that is pulled with it."""
        pulled = self.pulled_with.get(id(declared), ())
        keys = keys_of(declared.content or {})
        return bool(keys and pulled) and not any(matching_keys(keys, image) for _, image in pulled)

    @cached_property
    def images(self) -> Mapping[str, Sequence[str]]:
        """The images of all pods of the manifests by their namespace, each once."""
        found: dict[str, dict[str, None]] = {}
        for holder in self.holders:
            images = (one.image for template in holder.templates for one in declared_images(template))
            found.setdefault(holder.namespace, {}).update(dict.fromkeys(images))
        return {namespace: tuple(images) for namespace, images in found.items()}


@dataclass(frozen=True, kw_only=True)
class PullList:
    """A list of pull secrets: the names in it, "" for one without, and where it is."""

    path: FieldPath
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckedHolder:
    """An object of manifests that has lists of pull secrets: a service account, or a workload with pod templates."""

    namespace: str
    subject: str
    item: DeclaredObject = field(repr=False)
    around: Surroundings = field(repr=False)
    lists: tuple[PullList, ...] = ()
    templates: tuple[PodTemplate, ...] = field(default=(), repr=False)

    @property
    def secret_name(self) -> str:
        """No secret: each match has one of its own."""
        return ""

    @property
    def names(self) -> Iterator[str]:
        """The names in its lists, without empty ones."""
        return (name for one in self.lists for name in one.names if name)

    def place_of(self, *path: str | int) -> FileLine:
        """The line of a field."""
        return self.item.place_of(*path)


@dataclass(frozen=True, kw_only=True, eq=False)
class CheckedDeclaration:
    """A secret that manifests declare or promise, among what else they have."""

    declared: DeclaredSecret
    around: Surroundings = field(repr=False)

    @property
    def namespace(self) -> str:
        """Its namespace; "" where unknown, or any."""
        return self.declared.namespace or ""

    @property
    def subject(self) -> str:
        """`secret/NAME`, also for what promises one: it is what pods reference."""
        return f"secret/{self.declared.name}"

    @property
    def secret_name(self) -> str:
        """Its name."""
        return self.declared.name

    @property
    def listed_by(self) -> tuple[str, ...]:
        """Who lists it, as `kind/name`."""
        return tuple(holder.subject for holder in self.around.listed_by.get(id(self.declared), ()))

    def place_of(self, *path: str | int) -> FileLine:
        """The line of a field."""
        return self.declared.item.place_of(*path)


def holder_of_account(account: DeclaredAccount, around: Surroundings) -> CheckedHolder:
    """A service account with its list."""
    return CheckedHolder(
        namespace=account.namespace,
        subject=f"serviceaccount/{account.name}",
        item=account.item,
        around=around,
        lists=(PullList(path=(PULL_LIST,), names=secret_names(account.content)),),
    )


def holder_of_workload(workload: DeclaredWorkload, around: Surroundings) -> CheckedHolder:
    """A workload with the lists of its pod templates."""
    lists = (PullList(path=(*one.path, PULL_LIST), names=listed_names(one.pod)) for one in workload.templates)
    return CheckedHolder(
        namespace=workload.namespace,
        subject=workload.subject,
        item=workload.item,
        around=around,
        lists=tuple(lists),
        templates=workload.templates,
    )


def kind_in_manifest(holder: CheckedHolder) -> str:
    """The kind of the object, as its manifest has it."""
    return text_at(holder.item.content, "kind")
