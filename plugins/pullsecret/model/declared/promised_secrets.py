"""Secrets that a controller or a tool makes of a manifest: their names are known, their content is not.

Sources: bitnami-labs/sealed-secrets pkg/apis/sealedsecrets/v1alpha1/types.go, external-secrets.io API reference
(ExternalSecret, ClusterExternalSecret), secrets-store-csi-driver.sigs.k8s.io (secretObjects), HashiCorp's Vault Secrets
Operator API reference (destination), getsops.io (the `sops` field), kustomize's secretGenerator.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

KUSTOMIZATION: Final = "Kustomization"
"""The kind of a file of kustomize, which may leave it out."""

_OPAQUE: Final = "Opaque"
_SOPS_KINDS: Final = ("ksops", "SopsSecret", "SopsSecretGenerator")
"""Kinds of plugins and of an operator that decrypt files."""
_NOT_FILLED_IN: Final = re.compile(r"\s*(?:<path:[^>]*>|ref\+[a-z]+://.*|AVP_.*|\$\{[A-Za-z_][^{}]*\}|<[a-z-]+>)\s*")
"""Values that a tool replaces when it deploys: Argo CD's Vault plugin, vals, Flux' substitution."""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A secret that will be there: its name, its type ("" where unknown), and the kind or tool that makes it.

    `namespace` is "" for that of the object that promises it, and None for any namespace.
    """

    name: str
    by: str
    type: str = ""
    namespace: str | None = ""


def promises_of(content: Object) -> tuple[Promise, ...]:
    """The secrets that an object promises; none for an ordinary Secret, which has its content."""
    kind, group = text_at(content, "kind"), text_at(content, "apiVersion").rpartition("/")[0]
    if kind == Kind.SECRET.title and not group:
        by = _encrypted_by(content)
        return (Promise(name=name_of(content), by=by, type=_readable(text_at(content, "type"))),) if by else ()
    find = _PROMISING.get((kind, group))
    return tuple(promise for promise in find(content) if promise.name) if find else ()


def hides_names(content: Object) -> bool:
    """Whether an object becomes secrets of names that are not in it: SOPS has encrypted them, or they are elsewhere."""
    kind = text_at(content, "kind")
    if mapping_at(content, "sops"):
        return not _readable(name_of(content)) or not _readable(kind)
    return kind in _SOPS_KINDS


def _encrypted_by(secret: Object) -> str:
    """The tool that puts the content into a Secret when it is deployed; "" where the content is there."""
    if mapping_at(secret, "sops"):
        return "SOPS"
    values = (*mapping_at(secret, "data").values(), *mapping_at(secret, "stringData").values())
    texts = [value for value in values if isinstance(value, str)]
    if any(text.startswith("ENC[") for text in texts):
        return "SOPS"
    return "a placeholder" if any(map(_NOT_FILLED_IN.fullmatch, texts)) else ""


def _readable(text: str) -> str:
    return "" if text.startswith("ENC[") else text


def _sealed(content: Object) -> Iterator[Promise]:
    """One secret, of the name and namespace of the SealedSecret itself: both are sealed with it."""
    template = mapping_at(content, "spec", "template")
    yield Promise(name=name_of(content), by="SealedSecret", type=text_at(template, "type"))


def _external(content: Object) -> Iterator[Promise]:
    target = mapping_at(content, "spec", "target")
    if text_at(target, "creationPolicy") not in ("None", "Merge"):
        kind = text_at(target, "template", "type")
        yield Promise(name=text_at(target, "name") or name_of(content), by="ExternalSecret", type=kind)


def _external_everywhere(content: Object) -> Iterator[Promise]:
    """A secret in the namespaces that a selector finds."""
    spec = mapping_at(content, "spec")
    name = text_at(spec, "externalSecretName") or name_of(content)
    inner: Object = {"metadata": {"name": name}, "spec": mapping_at(spec, "externalSecretSpec")}
    for promise in _external(inner):
        yield Promise(name=promise.name, by="ClusterExternalSecret", type=promise.type, namespace=None)


def _mounted(content: Object) -> Iterator[Promise]:
    """Secrets that the Secrets Store CSI driver makes once a pod mounts them."""
    for item in mappings_at(content, "spec", "secretObjects"):
        yield Promise(name=text_at(item, "secretName"), by="SecretProviderClass", type=text_at(item, "type"))


def _from_vault(content: Object) -> Iterator[Promise]:
    destination = mapping_at(content, "spec", "destination")
    kind = text_at(destination, "type")
    yield Promise(name=text_at(destination, "name"), by=text_at(content, "kind"), type=kind)


def _generated(content: Object) -> Iterator[Promise]:
    """Secrets of a kustomization that is not built: its output has them with a hash in their names."""
    home = text_at(content, "namespace") or None
    for item in mappings_at(content, "secretGenerator"):
        kind = text_at(item, "type") or _OPAQUE
        namespace = text_at(item, "namespace") or home
        yield Promise(name=text_at(item, "name"), by="secretGenerator", type=kind, namespace=namespace)


_VAULT: Final = "secrets.hashicorp.com"
_PROMISING: Final[Mapping[tuple[str, str], Callable[[Object], Iterator[Promise]]]] = {
    ("SealedSecret", "bitnami.com"): _sealed,
    ("ExternalSecret", "external-secrets.io"): _external,
    ("ClusterExternalSecret", "external-secrets.io"): _external_everywhere,
    ("SecretProviderClass", "secrets-store.csi.x-k8s.io"): _mounted,
    ("VaultStaticSecret", _VAULT): _from_vault,
    ("VaultDynamicSecret", _VAULT): _from_vault,
    (KUSTOMIZATION, "kustomize.config.k8s.io"): _generated,
    (KUSTOMIZATION, ""): _generated,
}
"""What promises secrets, by kind and API group."""


def namespace_of_promise(promise: Promise, holder: Object) -> str | None:
    """The namespace of a promised secret: its own, that of the object that promises it, or None for any."""
    return namespace_of(holder) if promise.namespace == "" else promise.namespace
