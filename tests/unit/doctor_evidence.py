"""Evidence for tables about doctor: a pod that waits, its secrets, and other objects of the cluster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from objects import docker_config_secret, named, pod, references, registry_entry, service_account
from pull_messages import CONTAINERD
from pullsecret.errors import ForbiddenError
from pullsecret.model.doctor.evidence import Evidence, first_readers
from pullsecret.model.doctor.pull_backoff import Pulls
from pullsecret.model.doctor.waiting_container import with_rejected_logins
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from control_plane.api import Object
    from pullsecret.model.objects.pod import Wait

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEAM = "team"
HOST = "reg.example"
IMAGE = f"{HOST}/team/app:1"
UNAUTHORIZED = CONTAINERD["basic-login"]
FORBIDDEN = ForbiddenError("no", code=403, reason="Forbidden")


def placed(item: Object, namespace: str = TEAM, **metadata: object) -> Object:
    """An object as the server has it, an hour old."""
    own = {"namespace": namespace, "creationTimestamp": "2026-11-21T11:00:00Z", "resourceVersion": "10"}
    return {**item, "metadata": {**item["metadata"], **own, **metadata}}


def secret(name: str, *hosts: str, namespace: str = TEAM, entry: Object | None = None, **metadata: object) -> Object:
    """A pull secret with credentials for these registries."""
    entries = dict.fromkeys(hosts or (HOST,), registry_entry() if entry is None else entry)
    return placed(docker_config_secret(name, entries), namespace, **metadata)


def waiting(*own: str, image: str = IMAGE, message: str = "", reason: str = "ErrImagePull") -> Object:
    """A standalone pod `app` that waits for its image; `own` are its imagePullSecrets."""
    item = placed(pod("app", image, "node", pull_secrets=own), uid="app", creationTimestamp="2026-11-21T11:59:55Z")
    state = {"waiting": {"reason": reason, "message": message or UNAUTHORIZED.of(image)}}
    return {**item, "status": {"containerStatuses": [{"name": "main", "state": state}]}}


def deployed(item: Object, *, account: str = "default") -> Object:
    """The same pod, created by the deployment `app`, with a service account."""
    owner = {"kind": "ReplicaSet", "name": "app-5d4f", "controller": True}
    metadata = {**item["metadata"], "labels": {"pod-template-hash": "5d4f"}, "ownerReferences": [owner]}
    return {**item, "metadata": metadata, "spec": {**item["spec"], "serviceAccountName": account}}


def deployment_of(item: Object) -> Object:
    """The deployment `app` that created the pod, without a list in its template."""
    spec = {key: value for key, value in item["spec"].items() if key != "imagePullSecrets"}
    return placed(named("Deployment", "app", spec={"template": {"spec": spec}}))


def is_deployed(item: Object) -> bool:
    return "pod-template-hash" in item["metadata"].get("labels", {})


def nameless(item: Object, *names: str) -> Object:
    """The same pod with an entry without a name in its list, and these names after it."""
    return {**item, "spec": {**item["spec"], "imagePullSecrets": [{}, *references(names)]}}


def static(item: Object) -> Object:
    """The same pod as the mirror of a static pod."""
    marks = {"kubernetes.io/config.mirror": "c0ffee", "kubernetes.io/config.source": "file"}
    owner = {"apiVersion": "v1", "kind": "Node", "name": "node", "controller": True}
    return {**item, "metadata": {**item["metadata"], "annotations": marks, "ownerReferences": [owner]}}


def owned(item: Object, kind: str, *, name: str = "run", group: str = "example.com/v1") -> Object:
    """The same pod, created by an owner of any kind."""
    owner = {"apiVersion": group, "kind": kind, "name": name, "controller": True}
    return {**item, "metadata": {**item["metadata"], "ownerReferences": [owner]}}


def template(*own: str, made_by: str = "", containers: Sequence[str] = ("main",)) -> Object:
    """The deployment `app`, whose template has these imagePullSecrets ("": an entry without a name).

    `made_by` is the `Kind/name` of its own controller.
    """
    entries = [{"name": name} if name else {} for name in own]
    spec = {"containers": [{"name": name} for name in containers], **({"imagePullSecrets": entries} if own else {})}
    kind, _, name = made_by.partition("/")
    owners = [{"apiVersion": "example.com/v1", "kind": kind, "name": name, "controller": True}] if made_by else []
    return placed(named("Deployment", "app", spec={"template": {"spec": spec}}), ownerReferences=owners)


def evidence_of(
    *pods: Object,
    secrets: Sequence[Object] = (),
    elsewhere: Sequence[Object] = (),
    attached: Sequence[str] = (),
    account: str = "default",
    owner: Object | None = None,
    runtime: str = "containerd://2.1.4",
    mirrors: Sequence[Object] = (),
    unreadable: bool = False,
    attempted: int = 0,
    chosen: Sequence[str] = (),
    sandbox: Wait | None = None,
    serving: bool = False,
) -> Evidence:
    """The evidence for pods of a namespace.

    `attached` are the secrets of the service account; `attempted` is how many minutes ago the kubelet last tried;
    `chosen` are the namespaces that the user allows as sources; `sandbox` is a wait of the pod `app` for its sandbox.
    Unless another owner is given, that of pods with the list of their service account, or none, is a deployment;
    `serving` is whether the owner has another pod, which does not wait.
    """
    inherited: tuple[object, ...] = (None, [], references(attached))
    if owner is None:
        made = (item for item in pods if is_deployed(item) and item["spec"].get("imagePullSecrets") in inherited)
        owner = next(map(deployment_of, made), None)
    observed = ObservedNamespaces(
        selection=Selection(names=(TEAM,)),
        pods=Observed(present=keyed(*pods)),
        secrets=Observed(present=keyed(*secrets), unreadable={(TEAM, ""): FORBIDDEN} if unreadable else {}),
        accounts=Observed(present=keyed(placed(service_account(account, attached)))),
    )
    pulls = Pulls(count=2, last=NOW - timedelta(minutes=attempted))
    evidence = Evidence(
        now=NOW,
        observed=observed,
        elsewhere=keyed(*elsewhere),
        owners={Kind.DEPLOYMENT: Observed(present=keyed(owner))} if owner else {},
        nodes={"node": {"status": {"nodeInfo": {"containerRuntimeVersion": runtime}}}},
        mirrors=tuple(mirrors),
        pulls={(TEAM, "app", IMAGE): pulls} if attempted else {},
        chosen=tuple(chosen),
        readers=first_readers(pods),
        serving=frozenset({(TEAM, "deployment/app")} if serving else ()),
        sandboxes={(TEAM, "app"): sandbox} if sandbox else {},
    )
    return with_rejected_logins(evidence)


def keyed(*items: Object) -> dict[tuple[str, str], Object]:
    return {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in items}
