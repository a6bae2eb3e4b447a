"""Which of a project's pull secrets OpenShift uses to import an image: one entry, by the kubelet's rules.

Source: openshift-apiserver: pkg/image/apiserver/importer/staticcredentials.go, which takes the first credential of the
keyring that it makes of the secrets in the order of their names; pkg/image/apiserver/registry/imagesecret/rest.go.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.images.keyring import credentials_for
from pullsecret.model.objects.objects import mapping_at, name_of
from pullsecret.model.objects.pullsecret import is_pull_secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.objects.objects import Object

_EXCLUDED = "openshift.io/image.excludeSecret"
"""The annotation of secrets that imports do not use (openshift/api: image/v1/consts.go)."""


@dataclass(frozen=True, kw_only=True)
class ImportCredential:
    """The secret whose entry is used, by its name, and the server key of the entry; "" for none.

    With `malformed`, the error of that secret, OpenShift imports nothing into the project.
    """

    name: str = ""
    server: str = ""
    malformed: str = ""


def import_credential(secrets: Iterable[Object], image: str) -> ImportCredential:
    """The secret that OpenShift uses for an image, of all secrets in the project."""
    used = sorted((secret for secret in secrets if is_pull_secret(secret) and not _is_excluded(secret)), key=name_of)
    found = credentials_for(used, image)
    if found.malformed:
        return ImportCredential(name=found.malformed_secret, malformed=found.malformed)
    if not found.credentials:
        return ImportCredential()
    first = found.credentials[0]
    return ImportCredential(name=first.secret, server=first.entry.server)


def _is_excluded(secret: Object) -> bool:
    return mapping_at(secret, "metadata", "annotations").get(_EXCLUDED) == "true"
