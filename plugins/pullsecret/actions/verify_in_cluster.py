"""Let OpenShift query a registry for an image, with the pull secrets of a namespace: `verify --in-cluster`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_pull_secrets
from pullsecret.cluster.openshift import check_is_served
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import ApiError, ConnectError, NotFoundError, PullSecretError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.verdict import Result
from pullsecret.model.objects.objects import Kind
from pullsecret.model.openshift.import_credential import ImportCredential, import_credential
from pullsecret.model.openshift.import_query import ImportAnswer, answer_in, import_query, import_verdict
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.results.verify import Verified, VerifyRow
from pullsecret.network.redaction import without_passwords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import Observed


@dataclass(frozen=True, kw_only=True)
class InClusterRequest(CommandRequest):
    """An image, in each target namespace."""

    image: str

    @property
    def failed_status(self) -> int:
        """An incomplete look is never "found"."""
        return 2


@dataclass(frozen=True, kw_only=True)
class InClusterView:
    """The namespaces, and what OpenShift answered in each.

    `used` are the secrets that it uses there; None where the secrets may not be read.
    """

    observed: ObservedNamespaces
    answers: Mapping[str, ImportAnswer | PullSecretError] = field(default_factory=dict)
    used: Mapping[str, ImportCredential | None] = field(default_factory=dict)


def observe(request: InClusterRequest, cluster: Cluster) -> InClusterView:
    """Two LISTs of secrets and one import that stores nothing for each namespace.

    Raises:
        PullSecretError: the server does not know image streams.
    """
    namespaces = TargetNamespaces(cluster, request.targets)
    reading = namespaces.start(partial(read_pull_secrets, cluster, has_siblings=True))
    usable = namespaces.selection.usable
    answers = dict(zip(usable, cluster.read_each(partial(_ask, cluster, request.image), usable), strict=True))
    secrets = reading.result()
    return InClusterView(
        observed=ObservedNamespaces(selection=namespaces.selection, secrets=replace(secrets, present={})),
        answers={name: _without_credentials(answer, secrets, name) for name, answer in answers.items()},
        used={name: _credential(request.image, secrets, name) for name in usable},
    )


def _ask(cluster: Cluster, image: str, namespace: str) -> ImportAnswer | PullSecretError:
    try:
        return answer_in(cluster.create(Kind.IMAGE_STREAM_IMPORT, import_query(namespace, image)))
    except NotFoundError as error:
        check_is_served(cluster, Kind.IMAGE_STREAM_IMPORT)
        return error
    except (ApiError, ConnectError) as error:
        return error


def _without_credentials(
    answer: ImportAnswer | PullSecretError, secrets: Observed, namespace: str
) -> ImportAnswer | PullSecretError:
    """The answer without what the registry may have quoted from OpenShift's request to it."""
    if isinstance(answer, PullSecretError):
        return answer
    entries = (entry for secret in secrets.in_namespace(namespace) for entry in registries_of(secret).entries)
    return replace(answer, message=without_passwords(answer.message, entries))


def _credential(image: str, secrets: Observed, namespace: str) -> ImportCredential | None:
    if secrets.error_at((namespace, "")):
        return None
    return import_credential(secrets.in_namespace(namespace), image)


def plan(request: InClusterRequest, view: InClusterView) -> Verified:
    """A row for each namespace in which OpenShift answered, and a line for each other one."""
    answers = {name: answer for name, answer in view.answers.items() if isinstance(answer, ImportAnswer)}
    rows = tuple(_row(request.image, name, answer, view.used[name]) for name, answer in answers.items())
    refused = (error for error in view.answers.values() if isinstance(error, PullSecretError))
    failures = dict.fromkeys(error.line for error in (*view.observed.selection.failures, *refused))
    return Verified(
        rows=rows,
        notes=(*view.observed.notes, *_secret_notes(rows)),
        failures=tuple(failures),
    )


def _row(image: str, namespace: str, answer: ImportAnswer, credential: ImportCredential | None) -> VerifyRow:
    return VerifyRow(
        namespace=namespace,
        secret=credential.name if credential else "",
        image=image,
        verdict=import_verdict(answer, image, credential),
        is_secret_known=credential is not None,
    )


_NOT_ALLOWED = "note: not allowed to list secrets in namespace {}; which one OpenShift uses is not known"
_NO_ENTRY = (
    "note: no pull secret in namespace {} has an entry for this image: it is public, or OpenShift used the global pull "
    "secret"
)


def _secret_notes(rows: tuple[VerifyRow, ...]) -> tuple[str, ...]:
    """What a row alone does not tell about the credentials."""
    unknown = [row.namespace for row in rows if not row.is_secret_known]
    open_to_all = [
        row.namespace for row in rows if row.is_secret_known and not row.secret and row.verdict.result is Result.WORKS
    ]
    notes = ((_NOT_ALLOWED, unknown), (_NO_ENTRY, open_to_all))
    return tuple(text.format(", ".join(names)) for text, names in notes if names)
