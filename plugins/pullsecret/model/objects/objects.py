"""Kubernetes objects as the server sent them: how to read and change them without losing a field; and their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from pullsecret.model.objects.packed import Packed

Object: TypeAlias = Mapping[str, object]
"""A JSON object as a dict, from json.loads. It is never changed in place: a change makes a new dict that shares the
unchanged parts."""


LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
"""The annotation of `kubectl apply`, which holds a secret's data once more."""


class Kind(Enum):
    """The kinds that this program reads or writes; the value is the resource's plural in API paths."""

    NAMESPACE = "namespaces"
    SECRET = "secrets"  # noqa: S105  the word, not one
    SERVICE_ACCOUNT = "serviceaccounts"
    POD = "pods"
    NODE = "nodes"
    EVENT = "events"
    DEPLOYMENT = "deployments"
    STATEFUL_SET = "statefulsets"
    DAEMON_SET = "daemonsets"
    REPLICA_SET = "replicasets"
    REPLICATION_CONTROLLER = "replicationcontrollers"
    JOB = "jobs"
    CRON_JOB = "cronjobs"
    DIGEST_MIRRORS = "imagedigestmirrorsets"
    TAG_MIRRORS = "imagetagmirrorsets"
    CONTENT_SOURCES = "imagecontentsourcepolicies"
    NODE_CREDENTIALS = "criocredentialproviderconfigs"
    ROLE_BINDING = "rolebindings"
    CLUSTER_ROLE = "clusterroles"
    ROUTE = "routes"
    INFRASTRUCTURE = "infrastructures"
    CLUSTER_VERSION = "clusterversions"
    IMAGE_CONFIG = "images"
    MACHINE_CONFIGURATION = "machineconfigurations"
    MACHINE_CONFIG_POOL = "machineconfigpools"
    IMAGE_STREAM = "imagestreams"
    IMAGE_STREAM_TAG = "imagestreamtags"
    IMAGE_STREAM_IMPORT = "imagestreamimports"
    BUILD_CONFIG = "buildconfigs"

    @property
    def word(self) -> str:
        """The singular, as kubectl prints it: `serviceaccount`."""
        return "imagecontentsourcepolicy" if self is Kind.CONTENT_SOURCES else self.value.removesuffix("s")

    @property
    def title(self) -> str:
        """The `kind` field of the object: `ServiceAccount`."""
        return _TITLES.get(self.value, self.word.capitalize())

    @property
    def group(self) -> str:
        """Its `apiVersion`: `v1`, `apps/v1`."""
        return _GROUPS.get(self.value, "v1")


_TITLES = {
    "serviceaccounts": "ServiceAccount",
    "statefulsets": "StatefulSet",
    "daemonsets": "DaemonSet",
    "replicasets": "ReplicaSet",
    "replicationcontrollers": "ReplicationController",
    "cronjobs": "CronJob",
    "imagedigestmirrorsets": "ImageDigestMirrorSet",
    "imagetagmirrorsets": "ImageTagMirrorSet",
    "imagecontentsourcepolicies": "ImageContentSourcePolicy",
    "criocredentialproviderconfigs": "CRIOCredentialProviderConfig",
    "rolebindings": "RoleBinding",
    "clusterroles": "ClusterRole",
    "clusterversions": "ClusterVersion",
    "machineconfigurations": "MachineConfiguration",
    "machineconfigpools": "MachineConfigPool",
    "imagestreams": "ImageStream",
    "imagestreamtags": "ImageStreamTag",
    "imagestreamimports": "ImageStreamImport",
    "buildconfigs": "BuildConfig",
}
_GROUPS = {
    **dict.fromkeys(("deployments", "statefulsets", "daemonsets", "replicasets"), "apps/v1"),
    **dict.fromkeys(("jobs", "cronjobs"), "batch/v1"),
    **dict.fromkeys(("imagedigestmirrorsets", "imagetagmirrorsets"), "config.openshift.io/v1"),
    **dict.fromkeys(
        ("infrastructures", "clusterversions", "images", "criocredentialproviderconfigs"), "config.openshift.io/v1"
    ),
    "imagecontentsourcepolicies": "operator.openshift.io/v1alpha1",
    **dict.fromkeys(("rolebindings", "clusterroles"), "rbac.authorization.k8s.io/v1"),
    "routes": "route.openshift.io/v1",
    "machineconfigurations": "operator.openshift.io/v1",
    "machineconfigpools": "machineconfiguration.openshift.io/v1",
    **dict.fromkeys(("imagestreams", "imagestreamtags", "imagestreamimports"), "image.openshift.io/v1"),
    "buildconfigs": "build.openshift.io/v1",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomKind:
    """A kind of custom resources, as the server describes it; its names are those that a `Kind` has."""

    value: str
    singular: str
    title: str
    api_group: str
    version: str

    @property
    def word(self) -> str:
        """The singular with the group, as kubectl prints it: `rollout.argoproj.io`."""
        return f"{self.singular}.{self.api_group}"

    @property
    def group(self) -> str:
        """Its `apiVersion`: `argoproj.io/v1alpha1`."""
        return f"{self.api_group}/{self.version}"


AnyKind: TypeAlias = Kind | CustomKind
"""What can be read and changed: the kinds that this program knows, and those that the server describes."""


def resource_of(kind: AnyKind) -> str:
    """The resource with its group, as the server's messages have it: `secrets`, `deployments.apps`."""
    group = kind.group.rpartition("/")[0]
    return f"{kind.value}.{group}" if group else kind.value


def as_it_is(item: Object) -> Object:
    """The whole object: for who does not need less."""
    return item


def _value_at(root: Object, path: tuple[str, ...]) -> object:
    value: object = root
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def mapping_at(root: Object, *path: str) -> Object:
    """The mapping at a path of keys; empty if a key is absent or its value is not a mapping."""
    value = _value_at(root, path)
    return value if isinstance(value, dict) else {}


def text_at(root: Object, *path: str) -> str:
    """The string at a path of keys; empty if it is absent or not a string."""
    value = _value_at(root, path)
    if isinstance(value, str):
        return value
    return value.text if isinstance(value, Packed) else ""


def mappings_at(root: Object, *path: str) -> tuple[Object, ...]:
    """The mappings in the list at a path of keys; empty if there is no list."""
    value = _value_at(root, path)
    if not isinstance(value, list | tuple):
        return ()
    return tuple([item for item in value if isinstance(item, dict)])


def name_of(target: Object) -> str:
    """`metadata.name`."""
    return text_at(target, "metadata", "name")


def namespace_of(target: Object) -> str:
    """`metadata.namespace`."""
    return text_at(target, "metadata", "namespace")


def point_in_time(text: str) -> datetime | None:
    """An RFC 3339 time as the server writes it; None for any other text."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def merged(base: Object, patch: Object) -> Object:
    """The base with a JSON merge patch applied: None removes a key, mappings merge, others replace (RFC 7386)."""
    result = dict(base)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict):
            inner = result.get(key)
            result[key] = merged(inner if isinstance(inner, dict) else {}, value)
        else:
            result[key] = value
    return result


def nested(path: Iterable[str], value: object) -> Object:
    """The object that has nothing but this value, at a path of one key or more."""
    first, *rest = path
    return {first: nested(rest, value) if rest else value}


def merge_patch(current: Object, desired: Object) -> Object:
    """The smallest JSON merge patch from one object to another; empty if they are equal (RFC 7386)."""
    patch: dict[str, object] = {key: None for key in current if key not in desired}
    for key, value in desired.items():
        before = current.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            inner = merge_patch(before, value)
            if inner:
                patch[key] = inner
        elif value != before or key not in current:
            patch[key] = value
    return patch


def as_manifest(target: Object) -> Object:
    """An object as in a manifest file: without the fields that only the server sets."""
    server_side = dict.fromkeys(
        ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink", "deletionTimestamp")
    )
    return merged(target, {"metadata": server_side, "status": None})


# Which names Kubernetes allows: kubernetes apimachinery/pkg/util/validation.
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_LENGTH = 63
_SUBDOMAIN_LENGTH = 253


def label_problem(name: str) -> str:
    """Why this is not a valid namespace name, in the API server's words; empty if it is."""
    if len(name) > _LABEL_LENGTH:
        return f"must be no more than {_LABEL_LENGTH} characters"
    if _LABEL.fullmatch(name):
        return ""
    return (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
        "and must start and end with an alphanumeric character"
    )


def subdomain_problem(name: str) -> str:
    """Why this is not a valid name of a secret or service account, in the API server's words; empty if it is."""
    if len(name) > _SUBDOMAIN_LENGTH:
        return f"must be no more than {_SUBDOMAIN_LENGTH} characters"
    if _SUBDOMAIN.fullmatch(name):
        return ""
    return (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
        "and must start and end with an alphanumeric character"
    )
