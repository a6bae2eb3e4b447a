"""The CronJob that runs this program in the cluster, for namespaces that do not exist yet and for drift."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.manifests.document import Document
from pullsecret.model.manifests.fence import Fence, fence_documents
from pullsecret.model.manifests.roles import BoundSubject, RoleOptions, role_documents
from pullsecret.model.objects.name_hash import short_hash
from pullsecret.model.rbac.usage import Usage
from pullsecret.model.request.command_request import Attachment
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from pullsecret.model.manifests.scope import Scope
    from pullsecret.model.objects.objects import Object

_LONGEST: Final = 52
"""Characters of a CronJob's name, at most: those of its jobs and pods are longer (kubernetes: batch validation)."""

_RESTRICTED: Final = "pod-security.kubernetes.io/enforce"


@dataclass(frozen=True, kw_only=True)
class JobOptions:
    """When and where the job runs, and which namespaces it copies to.

    `namespace` is its own. `has_fence`: the server has admission policies; without them, the targets must be named.
    """

    image: str = ""
    schedule: str = ""
    time_zone: str = ""
    namespace: str = "kubectl-pullsecret"
    image_pull_secret: str = ""
    targets: Targets = field(default_factory=lambda: Targets(every=True))
    has_fence: bool = True

    def __post_init__(self) -> None:
        """Refuse the permissions without a fence where nothing else limits them.

        Raises:
            UsageError: the targets are not named.
        """
        if not self.has_fence and self.targets.is_broad:
            raise UsageError(
                "--no-fence requires -n: without the admission policy, permissions in all namespaces are those "
                "of a cluster administrator"
            )


@dataclass(frozen=True, kw_only=True)
class _Job:
    """All that the manifests are made of."""

    names: tuple[str, ...]
    scope: Scope
    options: JobOptions

    @property
    def name(self) -> str:
        """The name of the CronJob and of its service account: jobs for other secrets have accounts of their own."""
        name = f"pullsecret-copy-{self.names[0]}"
        if len(self.names) == 1 and len(name) <= _LONGEST and "." not in name:
            return name
        return f"pullsecret-copy-{short_hash(' '.join(self.names))}"

    @property
    def targets(self) -> Targets:
        """Where the job copies to: never to its own namespace."""
        targets = self.options.targets
        excluded = (*self.scope.excluded, self.options.namespace) if targets.is_broad else self.scope.excluded
        return replace(targets, exclude=excluded)


def cron_job_documents(names: tuple[str, ...], scope: Scope, options: JobOptions) -> tuple[Document, ...]:
    """The namespace, the account, its fence, its permissions, and the CronJob, in the order to apply them.

    Raises:
        UsageError: the job would run in the namespace of the source.
    """
    if options.namespace == scope.source:
        raise UsageError("the job needs a namespace of its own: a user who may run pods there can use its permissions")
    job = _Job(names=names, scope=scope, options=options)
    metadata: Object = {"name": job.name, "namespace": options.namespace}
    account: Object = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    fence = Fence(
        name=f"pullsecret-{short_hash(f'{options.namespace}:{job.name}')}",
        account=f"{options.namespace}:{job.name}",
        secrets=names,
        accounts=scope.accounts,
        source=scope.source,
    )
    subject = BoundSubject(kind="ServiceAccount", name=job.name, namespace=options.namespace)
    return (
        Document(body=_namespace(options), comment=_opening(job)),
        Document(body=account),
        *(fence_documents(fence) if options.has_fence else ()),
        *role_documents(_usage(job), RoleOptions(subject=subject)),
        Document(body=_cron_job(job), comment=_closing(options)),
    )


def _opening(job: _Job) -> tuple[str, ...]:
    names = ", ".join(job.names)
    where = "every namespace" if job.targets.is_broad else f"namespace {', '.join(job.targets.named)}"
    return (
        (
            f"Copies {names} from namespace {job.scope.source} to {where}, and attaches it there: new namespaces get "
            "it at the next run, and copies follow their source. Nothing is ever deleted, and no secret of others "
            "is replaced."
        ),
        "The job has a namespace of its own, so that no user who may write where it copies can run pods as it.",
    )


def _closing(options: JobOptions) -> tuple[str, ...]:
    pull = (
        f"The image is pulled with secret/{options.image_pull_secret} of this namespace: kubectl pullsecret create "
        f"{options.image_pull_secret} -n {options.namespace} --registry HOST --username USER"
        if options.image_pull_secret
        else "Where the image needs a pull secret, generate with --image-pull-secret and create that in this namespace."
    )
    return (
        pull,
        (
            "A pod that a new namespace gets before the next run waits. If its service account lists the secret by "
            "then (kubectl pullsecret generate admission-policy), it recovers by itself; if not, recreate it."
        ),
    )


def _namespace(options: JobOptions) -> Object:
    labels = {_RESTRICTED: "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": options.namespace, "labels": labels}}


def _usage(job: _Job) -> Usage:
    """The use of `copy` by the job."""
    return Usage(
        command="copy",
        names=job.names,
        targets=job.targets,
        attachment=Attachment(accounts=job.scope.accounts),
        sources=(job.scope.source,),
    )


def _arguments(job: _Job) -> tuple[str, ...]:
    """The command line of the job."""
    targets = job.targets
    chosen = [f"--namespace={name}" for name in targets.names] or [
        f"--namespace-selector={targets.selector}" if targets.selector else "--all-namespaces"
    ]
    excluded = [f"--exclude={pattern}" for pattern in targets.exclude]
    accounts = [f"--serviceaccount={name}" for name in job.scope.accounts]
    return ("copy", *job.names, f"--from={job.scope.source}", *chosen, *excluded, *accounts)


def _cron_job(job: _Job) -> Object:
    options = job.options
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": job.name, "namespace": options.namespace},
        "spec": {
            "schedule": options.schedule,
            **({"timeZone": options.time_zone} if options.time_zone else {}),
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 300,
            "successfulJobsHistoryLimit": 1,
            "failedJobsHistoryLimit": 3,
            "jobTemplate": {"spec": {"backoffLimit": 0, "activeDeadlineSeconds": 900, "template": _template(job)}},
        },
    }


def _template(job: _Job) -> Object:
    options = job.options
    secrets = [{"name": options.image_pull_secret}] if options.image_pull_secret else []
    return {
        "spec": {
            "serviceAccountName": job.name,
            "restartPolicy": "Never",
            "enableServiceLinks": False,
            **({"imagePullSecrets": secrets} if secrets else {}),
            "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [
                {
                    "name": "copy",
                    "image": options.image,
                    "args": list(_arguments(job)),
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                    "resources": {
                        "requests": {"cpu": "50m", "memory": "64Mi"},
                        "limits": {"cpu": "1", "memory": "256Mi"},
                    },
                }
            ],
        }
    }
