"""One permission of a command: verbs on a resource, which objects they are for, and when they are needed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Place(Enum):
    """Where a permission is needed; the value is how the documentation says it."""

    TARGETS = ""
    SOURCE = "in the source namespace"
    SOURCE_CLUSTER = "in the whole cluster of the source"
    REGISTRY = "in namespace openshift-image-registry"
    SHARED = "in namespace default"
    CANARY = "in the namespace of `--canary`"
    SYSTEM = "in namespace kube-system"
    OPENSHIFT_CONFIG = "in namespace openshift-config"
    CLUSTER = "in the whole cluster"


class Limit(Enum):
    """Which objects a permission can be limited to by `resourceNames`; the value is how the documentation says it."""

    NONE = ""
    SECRETS = "NAME"
    SIBLINGS = "NAME NAME-recreate-HASH"
    PREVIOUS = "NAME-previous"
    RENEWAL = "NAME-renewal"
    ACCOUNTS = "SA"
    WORKLOADS = "of `--workload`"
    BUILDS = "BC"
    TOKEN_ACCOUNT = "pullsecret-puller, or that of `--token-serviceaccount`"  # noqa: S105  words, not a secret
    PULLER_ROLE = "system:image-puller"
    NAMESPACES = "NS"
    BINDINGS = "pullsecret-image-puller-NS"
    GLOBAL = "pull-secret"
    ORIGINAL = "original-pull-secret"
    ADDITIONAL = "additional-pull-secret"
    MERGED = "global-pull-secret"
    CLUSTER = "cluster"

    @property
    def is_name(self) -> bool:
        """Whether the value is the name itself, whatever the command line says."""
        return self in (Limit.GLOBAL, Limit.ORIGINAL, Limit.ADDITIONAL, Limit.MERGED, Limit.CLUSTER)


class When(Enum):
    """A condition under which a permission is needed; the value is how the documentation says it."""

    NAMED = "`-n` or no target"
    BROAD = "`-A`, `-l` or a pattern"
    EXACT = "NAME"
    PATTERN = "no NAME or a pattern of names"
    ATTACH = "`--attach`"
    EVERY_ACCOUNT = "`--all-serviceaccounts`"
    ACCOUNTS = "without `--workload`, `--buildconfig`"
    WORKLOADS = "`--workload`"
    BUILDS = "`--buildconfig`"
    ACCOUNT_SECRETS = "`--workload` and `--keep-account-secrets`"
    CREATE_NAMESPACES = "`--create-namespaces`"
    RECREATE = "`--recreate`"
    FIX = "`--fix`"
    RECREATE_PODS = "`--fix --recreate-pods`"
    FROM = "`--from`"
    PROBE = "`--probe`"
    IN_CLUSTER = "`--in-cluster`"
    NOT_IN_CLUSTER = "without `--in-cluster`"
    PRUNE = "`--prune`"
    ROTATE = "a new credential"
    ROTATE_OR_UNDO = "a new credential or `--undo`"
    UNDO = "`--undo`"
    FINISH = "`--finish`"
    CREDENTIAL = "without `--ibm-cluster`"
    RENEW = "`--ibm-cluster`"
    UNUSED = "`--unused`"
    STALE = "`--stale`"
    UNLESS_IN_USE = "without `--in-use`"
    SERVICE_ID = "`--service-id`"
    INTERNAL_REGISTRY = "`--internal-registry`"
    PULLER = "`--internal-registry` without `--token-serviceaccount`"
    ALLOW = "without `--revoke`"
    REVOKE = "`--revoke`"
    NAMED_ACCOUNTS = "`--serviceaccount`"
    GLOBAL = "`--global`"
    NAMED_WORKLOADS = "TYPE/NAME"
    KEY_END = "`--disable-old-key` or `--delete-old-key`"


WORKLOADS = "TYPE"
"""The resource of a permission for the workloads of --workload, whatever their types are."""


MIRRORS = (
    "imagedigestmirrorsets.config.openshift.io imagetagmirrorsets.config.openshift.io "
    "imagecontentsourcepolicies.operator.openshift.io criocredentialproviderconfigs.config.openshift.io"
)
"""The resources of OpenShift that say which mirrors nodes contact, and with whose credentials."""


@dataclass(frozen=True, kw_only=True)
class NeededPermission:
    """RBAC verbs on a resource (`secrets`, `deployments.apps`), needed when all conditions of `when` hold.

    `purpose` says what an optional permission is for; it is "" for one without which the command fails.
    """

    resource: str
    verbs: tuple[str, ...]
    limit: Limit = Limit.NONE
    place: Place = Place.TARGETS
    when: tuple[When, ...] = ()
    purpose: str = ""


def to(
    verbs: str,
    resources: str,
    limit: Limit = Limit.NONE,
    *when: When,
    place: Place = Place.TARGETS,
    purpose: str = "",
) -> tuple[NeededPermission, ...]:
    """The permission for these verbs on each of these resources; both are separated by spaces."""
    return tuple(
        NeededPermission(
            resource=resource, verbs=tuple(verbs.split()), limit=limit, place=place, when=when, purpose=purpose
        )
        for resource in resources.split()
    )
