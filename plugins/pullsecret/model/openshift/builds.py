"""What OpenShift's builds do with the secrets of their build config.

A build pushes with its push secret alone, by the keyring of the kubelet (openshift/builder:
pkg/build/builder/cmd/dockercfg/cfg.go). Without one it takes the first secret of its service account that has an entry
for the image: of `imagePullSecrets` since OpenShift 4.16, of `secrets` before (openshift-controller-manager:
pkg/build/buildutil/util.go, FetchServiceAccountSecrets; its pull request 292).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.images.internal_registry import INTERNAL_HOSTS
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.objects.build_config import BUILDER
from pullsecret.model.objects.objects import Object, mapping_at, name_of, text_at
from pullsecret.model.objects.serviceaccount import FIELDS, secret_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MARK_OF_ACCOUNTS: Final = "openshift.io/internal-registry-pull-secret-ref"
"""The annotation that OpenShift gives the service accounts for which it creates a pull secret."""


def push_problem(build: Object, secret: str, keys: Sequence[str]) -> str:
    """Why builds do not push with a secret that has these registry keys, to follow "its builds"; "" if they do."""
    output = mapping_at(build, "spec", "output", "to")
    image, shown = text_at(output, "name"), printable(text_at(output, "name"))
    if not image:
        return "push no image: it has no spec.output.to"
    if text_at(output, "kind") == "DockerImage":
        return "" if matching_keys(keys, image) else f"push to {shown}, for which secret/{secret} has no entry"
    if any(INTERNAL_HOSTS.fullmatch(_host_of(key)) for key in keys):
        return ""
    return (
        f"push to {text_at(output, 'kind')} {shown}, in the internal registry, for which secret/{secret} has no entry; "
        "set spec.output.to to an image of the other registry, of kind DockerImage"
    )


def _host_of(key: str) -> str:
    return key.removeprefix("https://").removeprefix("http://").partition("/")[0]


def half_linked(account: Object, fields: Iterable[str]) -> str:
    """A note for OpenShift's `builder` where only one of its lists is edited; "" for any other service account."""
    if name_of(account) != BUILDER or not _is_marked(account) or len(set(fields)) == len(FIELDS):
        return ""
    return (
        'builds without a secret of their own use those that service account "builder" lists in imagePullSecrets, '
        "before OpenShift 4.16 those in secrets; use --for pull,mount for both"
    )


def is_of_openshift(accounts: Iterable[Object]) -> bool:
    """Whether service accounts are those of OpenShift, so that the server may have its kinds: no other is queried."""
    return any(name_of(account) == BUILDER or _is_marked(account) for account in accounts)


def _is_marked(account: Object) -> bool:
    names = (name for field in FIELDS.values() for name in secret_names(account, field))
    annotations = mapping_at(account, "metadata", "annotations")
    return _MARK_OF_ACCOUNTS in annotations or any(name.startswith(f"{name_of(account)}-dockercfg-") for name in names)
