"""Pods that wait for their images, side by side in one cluster: a namespace for each cause, and for each owner.

The kubelet itself is in test_doctor_scenarios.py; here, played_node.py judges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from played_node import PUBLIC, WORKFLOW

from control_plane.waiting import until
from objects import (
    deployment,
    docker_config_secret,
    encoded,
    made_up_password,
    named,
    pod,
    references,
    registry_entry,
    service_account,
)
from pullsecret.model.doctor.causes import CauseCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from control_plane.api import Api, Object

NODE = "nowhere"

OWNERS = ("pod", "deployment", "statefulset", "daemonset", "replicaset", "job", "workflow")


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a namespace has, what `default` has for it, and what must be diagnosed.

    `own` is the list in the pods' template, `account` that of their service account, `later` what that one lists once
    the pods are there; `message` is what the node says whatever the secrets are, `refusal` where they are not accepted.
    """

    cause: CauseCode
    image: str = ""
    owner: str = "deployment"
    own: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    account_name: str = "default"
    secrets: tuple[Object, ...] = ()
    shared: tuple[Object, ...] = ()
    pull_policy: str = "Always"
    message: str = ""
    refusal: str = "basic-login"

    def template(self, name: str) -> Object:
        image = self.image or f"{host_of(name)}/team/app:1"
        spec = {"serviceAccountName": self.account_name, "restartPolicy": "Never" if self.owner == "job" else "Always"}
        return pod("app", image, NODE, pull_secrets=self.own, pull_policy=self.pull_policy, **spec)

    def workload(self, name: str) -> Object:
        """The owner with its pods, or the pod."""
        template = self.template(name)
        if self.owner == "pod":
            return template
        if self.owner == "workflow":
            reference = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "name": "app", "uid": WORKFLOW}
            return {**template, "metadata": {"name": "app-1", "ownerReferences": [{**reference, "controller": True}]}}
        whole = deployment("app", template)
        kind = {"statefulset": "StatefulSet", "daemonset": "DaemonSet", "replicaset": "ReplicaSet", "job": "Job"}
        spec = {**whole["spec"], **({"serviceName": "app"} if self.owner == "statefulset" else {})}
        for key in {"daemonset": ("replicas",), "job": ("replicas", "selector")}.get(self.owner, ()):
            del spec[key]
        return {**whole, "kind": kind.get(self.owner, "Deployment"), "spec": spec}


def host_of(name: str) -> str:
    return f"{name}.example"


def waiting_places(password: str, api_key: str) -> dict[str, Waiting]:
    """All namespaces; the password is one that the registries accept."""
    good = registry_entry("puller", password)
    rows: dict[str, Waiting] = {}
    for name, row in _in_place(good).items():
        rows |= {f"{name}-{owner}": replace(row, owner=owner) for owner in ("deployment", "pod")}
    for name, row in _with_new_pods().items():
        rows |= {f"{name}-{owner}": replace(row, owner=owner) for owner in OWNERS}
    rows |= _of_images(api_key) | _beyond_secrets()
    return {name: _filled(name, row, good) for name, row in rows.items()}


def _filled(name: str, row: Waiting, good: Object) -> Waiting:
    """The row with its own registry, and with the names of shared secrets."""
    host, shared = host_of(name), f"shared-{name}"

    def filled(item: Object) -> Object:
        text = json.dumps(item).replace("HOST", host).replace("SHARED", shared)
        return json.loads(text.replace('"GOOD"', json.dumps(good)))  # type: ignore[no-any-return]

    def config(item: Object) -> Object:
        entries = item.pop("entries", None)
        made = filled(item)
        if entries is not None and made["type"].endswith("dockercfg"):
            made["data"] = {".dockercfg": encoded(json.dumps(filled(entries)))}
        elif entries is not None:
            made["data"] = docker_config_secret("", filled(entries))["data"]
        return made

    return replace(
        row,
        secrets=tuple(config(dict(item)) for item in row.secrets),
        shared=tuple(config(dict(item)) for item in row.shared),
    )


def secret(name: str, entries: Mapping[str, object], **more: object) -> Object:
    """A pull secret; HOST is the registry of its namespace, GOOD a credential that it accepts."""
    return {**named("Secret", name), "type": "kubernetes.io/dockerconfigjson", "entries": entries, **more}


GOOD = {"HOST": "GOOD"}


def bad(username: str = "puller", password: str = "") -> Object:
    return registry_entry(username, password or made_up_password())


def _in_place(good: Object) -> dict[str, Waiting]:
    """Faults of a secret that the pods list already."""
    broken = {"auth": "@@"}

    def row(cause: CauseCode, entries: Mapping[str, object], **more: object) -> Waiting:
        return Waiting(cause=cause, secrets=(secret("regcred", entries, **more),), account=("regcred",))

    shared = (secret("SHARED", GOOD),)
    other = {"other.example": bad("other")}
    return {
        "malformed": row(CauseCode.MALFORMED, {"HOST": broken}),
        "malformed-fixed": row(CauseCode.MALFORMED, {"HOST": broken}, immutable=True),
        "malformed-beside": row(CauseCode.MALFORMED, {"HOST": broken, **other}),
        "malformed-beside-shared": replace(row(CauseCode.MALFORMED, {"HOST": broken, **other}), shared=shared),
        "empty": row(CauseCode.EMPTY, {"HOST": {}}),
        "whitespace": row(CauseCode.WHITESPACE, {"HOST": bad(password="x\n")}),  # noqa: S106  a fault
        "rejected": row(CauseCode.REJECTED, {"HOST": bad()}),
        "rejected-fixed": row(CauseCode.REJECTED, {"HOST": bad()}, immutable=True),
        "rejected-beside": row(CauseCode.REJECTED, {"HOST": bad(), **other}),
        "rejected-shared": replace(row(CauseCode.REJECTED, {"HOST": bad()}), shared=shared),
        "rejected-shared-beside": replace(row(CauseCode.REJECTED, {"HOST": bad(), **other}), shared=shared),
        "rejected-placeholder": row(CauseCode.REJECTED, {"HOST": bad("${REGISTRY_USER}")}),
        "not-authorized": replace(
            row(CauseCode.NOT_AUTHORIZED, {"HOST": bad()}), refusal="token-without-right", shared=shared
        ),
        "wrong-key": row(CauseCode.WRONG_KEY, {"HOST:443": good}),
        "wrong-key-shared": replace(row(CauseCode.WRONG_KEY, {"HOST:443": good}), shared=shared),
        "missing": Waiting(cause=CauseCode.MISSING, account=("regcred",)),
        "missing-shared": Waiting(cause=CauseCode.MISSING, account=("SHARED",), shared=shared),
        "legacy": row(CauseCode.REJECTED, {"HOST": bad()}, type="kubernetes.io/dockercfg"),
    }


def _with_new_pods() -> dict[str, Waiting]:
    """Causes after which the pods must be recreated."""
    opaque = {**named("Secret", "regcred"), "data": {"password": encoded(made_up_password())}}
    there, other = secret("regcred", GOOD), secret("other", {"other.example": bad()})
    return {
        "elsewhere": Waiting(cause=CauseCode.ELSEWHERE, shared=(secret("SHARED", GOOD),)),
        "not-attached": Waiting(cause=CauseCode.NOT_ATTACHED, secrets=(there,)),
        "other-account": Waiting(cause=CauseCode.NOT_ATTACHED, secrets=(there,), account_name="puller"),
        "created-before": Waiting(cause=CauseCode.CREATED_BEFORE, secrets=(there,), later=("regcred",)),
        "no-secret": Waiting(cause=CauseCode.NO_SECRET),
        "own-list": Waiting(cause=CauseCode.OWN_LIST, secrets=(there, other), own=("other",), account=("regcred",)),
        "nameless": Waiting(cause=CauseCode.NAMELESS, secrets=(there,), own=("",), account=("regcred",)),
        "wrong-type": Waiting(cause=CauseCode.WRONG_TYPE, secrets=(opaque,), own=("regcred",)),
    }


def _of_images(api_key: str) -> dict[str, Waiting]:
    """Faults of the workload itself."""
    ibm = registry_entry("iamapikey", api_key)
    both = docker_config_secret("icr", {"us.icr.io": ibm, "private.us.icr.io": ibm})
    never = Waiting(
        cause=CauseCode.NEVER, pull_policy="Never", secrets=(secret("regcred", GOOD),), account=("regcred",)
    )
    found: dict[str, Waiting] = {}
    for owner in ("deployment", "statefulset", "job", "pod"):
        found |= {
            f"never-{owner}": replace(never, owner=owner),
            f"not-found-{owner}": Waiting(cause=CauseCode.NOT_FOUND, owner=owner, image=f"{PUBLIC}/team/app:gone"),
            f"upper-case-{owner}": Waiting(cause=CauseCode.INVALID_IMAGE, owner=owner, image=f"{PUBLIC}/Team/App:1"),
            f"invalid-{owner}": Waiting(cause=CauseCode.INVALID_IMAGE, owner=owner, image=f"{PUBLIC}/a b"),
            f"private-only-{owner}": Waiting(
                cause=CauseCode.PRIVATE_ONLY,
                owner=owner,
                image="us.icr.io/acme/app:1",
                secrets=(both,),
                account=("icr",),
                message="cri-o-private-only",
            ),
        }
    return found


def _beyond_secrets() -> dict[str, Waiting]:
    """Causes that nothing in the namespace changes."""
    messages = {
        CauseCode.UNREACHABLE: "dead-registry",
        CauseCode.CERTIFICATE: "unknown-authority",
        CauseCode.RATE_LIMIT: "token-login-429",
        CauseCode.SERVER_ERROR: "token-login-503",
        CauseCode.SIGNATURE: "cri-o-signature",
    }
    return {f"beyond-{message}": Waiting(cause=cause, message=message) for cause, message in messages.items()}


def plant_waiting(api: Api, name: str, place: Waiting) -> None:
    """Create a namespace's objects, its pods last."""
    for item in place.shared:
        api.create(item, "default")
    for item in place.secrets:
        api.create(item, name)
    if place.account_name != "default":
        api.create(service_account(place.account_name, place.account), name)
    elif place.account:
        api.patch("ServiceAccount", "default", {"imagePullSecrets": references(place.account)}, name)
    if place.account and not place.own:
        await_list(api, name, place)
    api.create(place.workload(name), name)


def await_list(api: Api, name: str, place: Waiting) -> None:
    """Wait until pods are created with the list of their service account: admission has it from a cache of its own."""
    template, wanted = place.template(name), references(place.account)
    until(lambda: api.dry_run(template, name)["spec"].get("imagePullSecrets") == wanted, f"the list of {name}")


def attach_later(api: Api, places: Mapping[str, Waiting]) -> None:
    for name, place in places.items():
        if place.later:
            change = {"imagePullSecrets": references(place.later)}
            api.patch("ServiceAccount", place.account_name, change, name)
