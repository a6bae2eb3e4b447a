"""The DaemonSet that writes containerd's registry hosts on each node, or puts back what was there before."""

from __future__ import annotations

from dataclasses import dataclass, field
from posixpath import dirname, normpath
from re import fullmatch
from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.containerd.hosts_files import BACKUP, content_hash, hosts_files
from pullsecret.model.containerd.node_command import (
    CONFIG_MOUNT,
    FILES_MOUNT,
    HOSTS_MOUNT,
    PUT_BACK,
    WAIT,
    WRITE,
    NodeTask,
    arguments_of,
)
from pullsecret.model.containerd.registry_hosts import ANY_REGISTRY, MirrorOptions
from pullsecret.model.go.printable import quoted_value
from pullsecret.model.manifests.document import Document
from pullsecret.model.objects.sources import is_system_namespace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.containerd.hosts_files import HostsFiles
    from pullsecret.model.containerd.registry_hosts import RegistryHosts
    from pullsecret.model.objects.objects import Object

_NAME: Final = "containerd-hosts"
"""The name of the DaemonSet and of its ConfigMap: one of each in a namespace, for all registries."""
_LABELS: Final = {"app.kubernetes.io/name": _NAME}
_UNUSED: Final = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
_MOST_BYTES: Final = 900_000
"""Bytes of all files: a ConfigMap has 1 MiB at most (kubernetes: core validation, MaxSecretSize)."""


@dataclass(frozen=True, kw_only=True)
class HostsOptions:
    """The hosts of each registry, where containerd reads them, and on which nodes.

    With `removes`, there are no registries: the pods put back what was there before.
    """

    registries: tuple[RegistryHosts, ...] = ()
    mirrors: MirrorOptions = field(default_factory=MirrorOptions)
    config_path: str = "/etc/containerd/certs.d"
    containerd_config: str = "/etc/containerd/config.toml"
    node_selector: Mapping[str, str] = field(default_factory=dict)
    removes: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be mounted, or is more than needed.

        Raises:
            UsageError: a path is not whole, or would mount a directory that has more than containerd's files.
        """
        _check_path("--config-path", self.config_path)
        _check_path("--containerd-config", dirname(self.containerd_config), self.containerd_config)
        if self.removes and (self.registries or self.mirrors != MirrorOptions()):
            raise UsageError("--remove puts back all that was written: it takes no registries and mirrors")


def _check_path(flag: str, directory: str, shown: str = "") -> None:
    if normpath(directory) != directory or not fullmatch(r"(?:/[A-Za-z0-9._-]+)+", directory):
        raise UsageError(f"invalid {flag} {quoted_value(shown or directory)}: it must be a whole path without . and ..")
    if directory.count("/") < 2:  # noqa: PLR2004  /etc has passwords, / has everything
        raise UsageError(f"invalid {flag} {quoted_value(shown or directory)}: pods would see all of {directory}")


@dataclass(frozen=True, kw_only=True)
class NodePod:
    """Where the DaemonSet is, and the image that its pods run."""

    namespace: str
    image: str
    image_pull_secret: str = ""

    @property
    def owner(self) -> str:
        """What files on nodes name as the DaemonSet that has written them."""
        return f"{self.namespace}/{_NAME}"


def containerd_hosts_documents(options: HostsOptions, pod: NodePod) -> tuple[Document, ...]:
    """The ConfigMap with the files and the DaemonSet that writes them, or the DaemonSet that puts back what was there.

    Both DaemonSets have one name: the one replaces the other, so that they never work against each other.

    Raises:
        UsageError: there are no registries, or the files are too large.
    """
    if options.removes:
        return (
            Document(body=_daemon_set(_removing(options, pod), options, pod), comment=_about_removal(options, pod)),
        )
    if not options.registries:
        raise UsageError("containerd-hosts requires --registry, and --mirror or --ca")
    found = tuple(hosts_files(hosts, options.mirrors, pod.owner) for hosts in options.registries)
    if sum(len(text) for one in found for text in one.files.values()) > _MOST_BYTES:
        raise UsageError("the files are too large for a ConfigMap: give the authorities of the mirrors only")
    return (
        Document(body=_config_map(found, pod), comment=_opening(options, pod)),
        Document(body=_daemon_set(_writing(found, options, pod), options, pod), comment=_about_rights(options)),
    )


def _opening(options: HostsOptions, pod: NodePod) -> tuple[str, ...]:
    named = [hosts.registry for hosts in options.registries if hosts.registry != ANY_REGISTRY]
    others = ["all other registries" if named else "all registries"] if len(named) < len(options.registries) else []
    names = ", ".join(named + others)
    return (
        (
            f"Has containerd pull images of {names} by these hosts, on every node{_where(options)}. New nodes get the "
            f"files as they join. A hosts.toml of others is kept beside ours, as {BACKUP}; what an earlier version of "
            f"this DaemonSet wrote for other registries is put back. {_undo(pod)}"
        ),
        (
            "containerd asks the hosts in this order, and sends each of them the credential that a pod's pull secret "
            "has for the registry. Anyone who runs a host with the capability resolve decides what a tag means."
        ),
        _about_namespace(pod.namespace),
    )


def _about_namespace(namespace: str) -> str:
    """What the namespace needs; a system namespace is not to be created or labeled."""
    danger = "anyone who may change the DaemonSet is root on every node"
    if is_system_namespace(namespace):
        return f"Namespace {namespace} is the system's, as you named it; one for this alone is better: {danger}."
    return (
        f"Namespace {namespace} must exist (kubectl create namespace {namespace}) and be for this alone: {danger}. "
        "Where the cluster restricts pods unless a namespace says otherwise, it needs the label "
        "pod-security.kubernetes.io/enforce=privileged, for the hostPath volumes."
    )


def _undo(pod: NodePod) -> str:
    return (
        "Deleting the DaemonSet changes nothing on nodes; for that, apply what generate containerd-hosts --remove -n "
        f"{pod.namespace} prints."
    )


def _where(options: HostsOptions) -> str:
    labels = ",".join(f"{key}={value}" for key, value in options.node_selector.items())
    return f" with {labels}" if labels else ""


def _about_rights(options: HostsOptions) -> tuple[str, ...]:
    return (
        (
            f"The first container runs as root, because {options.config_path} is root's: without capabilities or a "
            "service account, with its own files read-only, and with two directories of the host, of which it writes "
            "this one. It does nothing, and says so, where containerd's configuration has another config_path or none. "
            "The second has nothing and waits: a node is done when its pod is ready."
        ),
        (
            "Not for CRI-O, which does not read hosts.toml: pods there say so and write no file. Its mirrors are in "
            "/etc/containers/registries.conf.d; in OpenShift, create an ImageDigestMirrorSet or ImageTagMirrorSet. "
            "kubectl get nodes -o wide shows the runtime, and --node-selector leaves nodes out."
        ),
        "Nodes must be able to pull this image without the hosts above.",
    )


def _about_removal(options: HostsOptions, pod: NodePod) -> tuple[str, ...]:
    return (
        (
            f"Puts back what was there before, on every node{_where(options)}: it replaces the DaemonSet that "
            f"writes. Once its pods are ready (kubectl rollout status daemonset/{_NAME} -n {pod.namespace}), delete "
            f"it: kubectl delete daemonset/{_NAME} configmap/{_NAME} -n {pod.namespace}"
        ),
        (
            f"The first container runs as root, because {options.config_path} is root's: without capabilities or a "
            "service account, with its own files read-only, and with this directory of the host."
        ),
    )


def _key(directory: str, name: str) -> str:
    """A file's key in the ConfigMap: certificates are there once, whatever the number of registries."""
    return name if name.endswith(".pem") else f"{directory}.{name}"


def _config_map(found: tuple[HostsFiles, ...], pod: NodePod) -> Object:
    data = {_key(one.directory, name): text for one in found for name, text in one.files.items()}
    metadata = {"name": _NAME, "namespace": pod.namespace, "labels": _LABELS}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


@dataclass(frozen=True, kw_only=True)
class _Work:
    """The task of the first container, and the volumes that it mounts, each with its path and whether it is written."""

    task: NodeTask
    volumes: tuple[tuple[Object, str, bool], ...]


def _writing(found: tuple[HostsFiles, ...], options: HostsOptions, pod: NodePod) -> _Work:
    items = [
        {"key": _key(one.directory, name), "path": f"{one.directory}/{name}"} for one in found for name in one.files
    ]
    config: Object = {"name": "files", "configMap": {"name": _NAME, "items": items, "defaultMode": 0o444}}
    return _Work(
        task=NodeTask(
            action=WRITE,
            owner=pod.owner,
            files=content_hash(found),
            config_path=options.config_path,
            containerd_config=options.containerd_config,
        ),
        volumes=(
            (config, FILES_MOUNT, False),
            (_host_path("containerd", dirname(options.containerd_config)), CONFIG_MOUNT, False),
            (_host_path("registries", options.config_path), HOSTS_MOUNT, True),
        ),
    )


def _removing(options: HostsOptions, pod: NodePod) -> _Work:
    return _Work(
        task=NodeTask(action=PUT_BACK, owner=pod.owner, config_path=options.config_path),
        volumes=((_host_path("registries", options.config_path), HOSTS_MOUNT, True),),
    )


def _host_path(name: str, path: str) -> Object:
    return {"name": name, "hostPath": {"path": path, "type": "DirectoryOrCreate"}}


def _daemon_set(work: _Work, options: HostsOptions, pod: NodePod) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": _NAME, "namespace": pod.namespace, "labels": _LABELS},
        "spec": {
            "selector": {"matchLabels": _LABELS},
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
            "template": {"metadata": {"labels": _LABELS}, "spec": _pod_spec(work, options, pod)},
        },
    }


def _pod_spec(work: _Work, options: HostsOptions, pod: NodePod) -> Object:
    secrets = [{"name": pod.image_pull_secret}] if pod.image_pull_secret else []
    mounts = [
        {"name": volume["name"], "mountPath": path, **({} if is_written else {"readOnly": True})}
        for volume, path, is_written in work.volumes
    ]
    as_root = {**_UNUSED, "runAsUser": 0, "runAsGroup": 0, "runAsNonRoot": False}
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": {"kubernetes.io/os": "linux", **options.node_selector},
        "tolerations": [{"operator": "Exists"}],
        "terminationGracePeriodSeconds": 5,
        **({"imagePullSecrets": secrets} if secrets else {}),
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "initContainers": [{**_container(pod.image, work.task, as_root), "volumeMounts": mounts}],
        "containers": [_container(pod.image, NodeTask(action=WAIT), _UNUSED)],
        "volumes": [volume for volume, _, _ in work.volumes],
    }


def _container(image: str, task: NodeTask, security: Object) -> Object:
    return {
        "name": task.action,
        "image": image,
        "args": arguments_of(task),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "securityContext": security,
        "resources": {"requests": {"cpu": "5m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
    }
