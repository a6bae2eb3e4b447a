"""The pull secrets that OpenShift generates for service accounts, and the one rule for them: they are left alone.

OpenShift binds the token in one to that very secret, renews it within the hour, and creates the secret again: a copy
ends, and a change is taken back (openshift-controller-manager: pkg/internalregistry/controllers). What another project
lacks is the role system:image-puller, and never a secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, mapping_at, mappings_at, name_of, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.objects.objects import Object

_NAME: Final = re.compile(r".+-dockercfg-[a-z0-9]+")
_ACCOUNT: Final = "openshift.io/internal-registry-auth-token.service-account"
_LEGACY_ACCOUNT: Final = "kubernetes.io/service-account.name"
_MARKS: Final = ("openshift.io/internal-registry-auth-token.", "openshift.io/token-secret.")
"""Annotations of these secrets, and of those of releases before 4.16."""

_OPENSHIFTS: Final = ("openshift.io/", "kubernetes.io/service-account.")

_INSTEAD: Final = "to let pods pull images of another project, use allow-pull; no secret is needed"


def is_token_name(name: str) -> bool:
    """Whether OpenShift gives such a name to the secret with a service account's token."""
    return bool(_NAME.fullmatch(name))


def is_written_by_openshift(secret: Object) -> bool:
    """Whether OpenShift itself writes and renews a secret for a service account."""
    annotations = mapping_at(secret, "metadata", "annotations")
    has_marks = any(key.startswith(_MARKS) for key in annotations)
    return has_marks or (is_token_name(name_of(secret)) and bool(_owning_account(secret)))


def is_account_token(secret: Object) -> bool:
    """Whether a secret may hold a service account's token: no source of credentials, whoever wrote it."""
    annotations = mapping_at(secret, "metadata", "annotations")
    has_marks = any(key.startswith(_OPENSHIFTS) for key in annotations)
    return has_marks or is_token_name(name_of(secret)) or is_written_by_openshift(secret)


def account_of_generated(secret: Object) -> str:
    """The service account that OpenShift generated a secret for; "" if the secret does not say."""
    annotations = mapping_at(secret, "metadata", "annotations")
    return text_at(annotations, _ACCOUNT) or _owning_account(secret) or text_at(annotations, _LEGACY_ACCOUNT)


def check_not_generated(secret: Object, what: str) -> None:
    """Refuse a secret that OpenShift generated; `what` begins the sentence.

    Raises:
        RefusedError: it is one, which no flag allows to copy, change or delete.
    """
    if is_written_by_openshift(secret):
        raise _refusal(secret, what)


def attachment_refusal(secret: Object, what: str, accounts: Iterable[str]) -> RefusedError | None:
    """Why a secret is not attached to these service accounts, none for workloads; None if it may be.

    One that OpenShift generated belongs to the lists of its own account only.
    """
    own = account_of_generated(secret)
    if not is_written_by_openshift(secret) or (own and set(accounts) == {own}):
        return None
    return _refusal(secret, what)


def _refusal(secret: Object, what: str) -> RefusedError:
    own = account_of_generated(secret)
    of_account = f" for serviceaccount/{printable(own)}" if own else " for one service account"
    return RefusedError(
        f"{what} is OpenShift's own, which renews it{of_account}; it is never copied, changed, deleted or attached "
        "elsewhere",
        hint=_INSTEAD,
    )


def _owning_account(secret: Object) -> str:
    """The name of the service account that owns the secret; "" if none does."""
    owners = mappings_at(secret, "metadata", "ownerReferences")
    accounts = (text_at(owner, "name") for owner in owners if text_at(owner, "kind") == Kind.SERVICE_ACCOUNT.title)
    return next(accounts, "")
