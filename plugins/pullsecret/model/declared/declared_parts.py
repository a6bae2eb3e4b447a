"""What manifests declare, by what it is for: secrets, service accounts, and workloads with their pods.

A namespace that an object does not give is the one that the reader chooses; "" where none is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pullsecret.model.declared.pod_templates import pod_templates
from pullsecret.model.declared.promised_secrets import hides_names, namespace_of_promise, promises_of
from pullsecret.model.objects.objects import Kind, Object, merged, name_of, namespace_of, text_at
from pullsecret.model.objects.string_data import with_string_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.declared.declared import Declared, DeclaredObject
    from pullsecret.model.declared.pod_templates import PodTemplate


@dataclass(frozen=True, kw_only=True)
class DeclaredSecret:
    """A secret that there will be once the manifests are applied.

    `content` is the Secret as the API server stores it, None where only another program knows it: `promised_by` is
    then its kind or name (`SealedSecret`, `SOPS`). `type` is "" where unknown. `namespace` is None for a secret that
    may be in any namespace.
    """

    namespace: str | None
    name: str
    type: str
    item: DeclaredObject
    content: Object | None = field(default=None, repr=False)
    promised_by: str = ""


@dataclass(frozen=True, kw_only=True)
class DeclaredAccount:
    """A service account, as the API server would get it."""

    namespace: str
    name: str
    item: DeclaredObject
    content: Object = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DeclaredWorkload:
    """An object that pods come from: `subject` is `kind/name`, `templates` are its pods, in this namespace."""

    namespace: str
    subject: str
    item: DeclaredObject
    templates: tuple[PodTemplate, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DeclaredParts:
    """The parts of manifests; with `has_hidden_names`, there will be more secrets, whose names cannot be read."""

    secrets: tuple[DeclaredSecret, ...] = ()
    accounts: tuple[DeclaredAccount, ...] = ()
    workloads: tuple[DeclaredWorkload, ...] = ()
    has_hidden_names: bool = False

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[DeclaredSecret]]:
        found: dict[str, list[DeclaredSecret]] = {}
        for secret in self.secrets:
            found.setdefault(secret.name, []).append(secret)
        return found

    def secret(self, namespace: str, name: str) -> DeclaredSecret | None:
        """A secret; where one of the namespaces is not known, or it is for any, that of this name.

        The last one counts, as with `kubectl apply`; one of exactly this namespace counts more.
        """
        found = [one for one in self._by_name.get(name, ()) if _may_be_same(one.namespace, namespace)]
        return max(reversed(found), key=lambda one: one.namespace == namespace, default=None)

    def named(self, name: str) -> Sequence[DeclaredSecret]:
        """The secrets of a name, in any namespace."""
        return self._by_name.get(name, ())

    def account(self, namespace: str, name: str) -> DeclaredAccount | None:
        """A service account, found in the same way."""
        found = [one for one in self.accounts if one.name == name and _may_be_same(one.namespace, namespace)]
        return max(reversed(found), key=lambda one: one.namespace == namespace, default=None)


def _may_be_same(one: str | None, other: str) -> bool:
    return one == other or not one or not other


def declared_parts(declared: Declared, namespace: str) -> DeclaredParts:
    """The parts of manifests; `namespace` is that of objects that do not give any."""
    return DeclaredParts(
        secrets=tuple(secret for item in declared.objects for secret in _secrets_of(item, namespace)),
        accounts=tuple(account for item in declared.objects for account in _accounts_of(item, namespace)),
        workloads=tuple(work for item in declared.objects for work in _workloads_of(item, namespace)),
        has_hidden_names=any(hides_names(item.content) for item in declared.objects),
    )


def _secrets_of(item: DeclaredObject, namespace: str) -> Iterator[DeclaredSecret]:
    promises = promises_of(item.content)
    for promise in promises:
        home = namespace_of_promise(promise, item.content)
        yield DeclaredSecret(
            namespace=home if home is None else home or namespace,
            name=promise.name,
            type=promise.type,
            item=item,
            promised_by=promise.by,
        )
    if not promises and _is_a(item, Kind.SECRET) and not hides_names(item.content):
        home = namespace_of(item.content) or namespace
        content = _placed(with_string_data(item.content), home)
        kind = text_at(content, "type") or "Opaque"
        yield DeclaredSecret(namespace=home, name=name_of(content), type=kind, item=item, content=content)


def _accounts_of(item: DeclaredObject, namespace: str) -> Iterator[DeclaredAccount]:
    if _is_a(item, Kind.SERVICE_ACCOUNT):
        home = namespace_of(item.content) or namespace
        content = _placed(item.content, home)
        yield DeclaredAccount(namespace=home, name=name_of(content), item=item, content=content)


def _workloads_of(item: DeclaredObject, namespace: str) -> Iterator[DeclaredWorkload]:
    if templates := pod_templates(item.content):
        home = namespace_of(item.content) or namespace
        subject = f"{text_at(item.content, 'kind').lower()}/{name_of(item.content) or _generated_name(item.content)}"
        placed = tuple(replace(one, pod=_placed(one.pod, home)) for one in templates)
        yield DeclaredWorkload(namespace=home, subject=subject, item=item, templates=placed)


def _generated_name(content: Object) -> str:
    return text_at(content, "metadata", "generateName")


def _is_a(item: DeclaredObject, kind: Kind) -> bool:
    return text_at(item.content, "kind") == kind.title and text_at(item.content, "apiVersion") in ("", kind.group)


def _placed(content: Object, namespace: str) -> Object:
    return merged(content, {"metadata": {"namespace": namespace}}) if namespace else content
