"""What check looks at: the pull secrets of some namespaces, and what names them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import Object, mappings_at, text_at
from pullsecret.model.objects.pod import owner_of
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.plan.observed import Observed, ObservedNamespaces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.plan.observed import Key


@dataclass(frozen=True, kw_only=True)
class Inventory:
    """A scene whose secrets are the pull secrets and whose pods are those that run, and what else check must know.

    `others` are the secrets of other types, with nothing but metadata; `sources` are secrets elsewhere that copies came
    from.
    """

    observed: ObservedNamespaces
    others: Observed = field(default_factory=Observed)
    sources: Observed = field(default_factory=Observed, repr=False)

    def exists(self, key: Key) -> bool:
        """Whether there is a secret, of any type."""
        return key in self.observed.secrets.present or key in self.others.present

    def is_known(self, namespace: str) -> bool:
        """Whether all secrets of a namespace could be seen, so that an absent one is known to be absent."""
        key = (namespace, "")
        return not (self.observed.secrets.unreadable.get(key) or self.others.unreadable.get(key))

    def source(self, key: Key) -> Object | None:
        """A secret that others were copied from, where it could be seen."""
        return self.observed.secrets.present.get(key) or self.sources.present.get(key)

    @cached_property
    def named_by(self) -> Mapping[Key, tuple[str, ...]]:
        """The service accounts, and owners of running pods, that name a secret, as `kind/name`; each once."""
        return naming(self.observed)

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """For the name of each pull secret a namespace that has it: `default` before others."""
        found: dict[str, str] = {}
        for namespace, name in sorted(self.observed.secrets.present, key=lambda key: (key[0] != "default", key)):
            found.setdefault(name, namespace)
        return found


def naming(observed: ObservedNamespaces) -> dict[Key, tuple[str, ...]]:
    """Who names a secret: service accounts, and the owners of pods."""
    found: dict[Key, dict[str, None]] = {}
    for (namespace, name), account in observed.accounts.present.items():
        for secret in secret_names(account):
            found.setdefault((namespace, secret), {})[f"serviceaccount/{name}"] = None
    for (namespace, _), pod in observed.pods.present.items():
        for secret in pull_secret_names(pod):
            found.setdefault((namespace, secret), {})[owner_of(pod)] = None
    return {key: tuple(names) for key, names in found.items() if key[1]}


def pull_secret_names(pod: Object) -> tuple[str, ...]:
    """The pull secrets that a pod names, each once."""
    names = (text_at(entry, "name") for entry in mappings_at(pod, "spec", "imagePullSecrets"))
    return tuple(dict.fromkeys(filter(None, names)))


def images_of(pod: Object) -> tuple[str, ...]:
    """The images of a pod's containers, init containers included, each once."""
    fields = ("initContainers", "containers")
    images = (text_at(item, "image") for field in fields for item in mappings_at(pod, "spec", field))
    return tuple(dict.fromkeys(images))
