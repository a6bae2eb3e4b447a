"""What goes wrong with pull secrets in real clusters, each made for real, with what doctor has to say and to mend.

The order is that of how often trackers and forums meet them; what does not concern one cluster is not here (a password
on the command line), and mirrors have a test of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from objects import (
    deployment,
    docker_config_secret,
    encoded,
    made_up_password,
    pod,
    references,
    registry_entry,
    service_account,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from control_plane.node import Node

Made = tuple[str, str]
"""Kind and name of an object, of the team's namespace."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Two namespaces, a registry that nobody else in the cluster knows, and a login that it takes."""

    api: Api
    node: Node
    home: str
    team: str
    host: str
    key: Object = field(repr=False)

    def secret(self, name: str, entries: dict[str, Object], *, at: str = "") -> None:
        self.api.create(docker_config_secret(name, entries), at or self.team)

    def good(self, name: str, *, at: str = "") -> None:
        self.secret(name, {self.host: self.key}, at=at)

    def attach(self, *names: str, account: str = "default") -> None:
        self.api.patch("ServiceAccount", account, {"imagePullSecrets": references(names)}, self.team)

    def template(self, *own: str, image: str = "", account: str = "default") -> Object:
        return pod(
            "app", image or f"{self.host}/team/app:1", self.node.name, pull_secrets=own, serviceAccountName=account
        )

    def deploy(self, *own: str, image: str = "", account: str = "default") -> None:
        self.api.create(deployment("app", self.template(*own, image=image, account=account)), self.team)


def secret_in_another_namespace(ground: Ground) -> None:
    ground.good("regcred", at=ground.home)
    ground.deploy()


def patch_that_replaced_the_list(ground: Ground) -> None:
    ground.good("regcred")
    ground.secret("other", {"other.example": registry_entry()})
    ground.attach("other")
    ground.deploy()


def made_before_attach(ground: Ground) -> None:
    ground.good("regcred")
    ground.deploy()


def attach_later(ground: Ground) -> None:
    ground.attach("regcred")


def list_of_its_own(ground: Ground) -> None:
    ground.good("regcred")
    ground.secret("other", {"other.example": registry_entry()})
    ground.attach("regcred")
    ground.deploy("other")


def stale_copy(ground: Ground) -> None:
    ground.good("regcred", at=ground.home)
    source = ground.api.read("Secret", "regcred", ground.home)["metadata"]["uid"]
    marks = {"kubectl-pullsecret/copied-from": f"{ground.home}/regcred", "kubectl-pullsecret/source-uid": source}
    ours = {"app.kubernetes.io/managed-by": "kubectl-pullsecret"}
    old = docker_config_secret("regcred", {ground.host: registry_entry("robot")}, annotations=marks, labels=ours)
    ground.api.create(old, ground.team)
    ground.attach("regcred")
    ground.deploy()


def key_with_a_port(ground: Ground) -> None:
    ground.secret("regcred", {f"{ground.host}:443": ground.key})
    ground.attach("regcred")
    ground.deploy()


def another_account(ground: Ground) -> None:
    ground.good("regcred")
    ground.attach("regcred")
    ground.api.create(service_account("robot"), ground.team)
    ground.deploy(account="robot")


def malformed_entry(ground: Ground) -> None:
    ground.secret("regcred", {ground.host: {"auth": encoded(made_up_password())}})
    ground.attach("regcred")
    ground.deploy()


def newline_in_the_password(ground: Ground) -> None:
    ground.secret("regcred", {ground.host: registry_entry("robot", f"{ground.key['password']}\n")})
    ground.attach("regcred")
    ground.deploy()


def wrong_username(ground: Ground) -> None:
    ground.secret("entitled", {"cp.icr.io": registry_entry("ekey", ground.key["password"])})
    ground.attach("entitled")
    ground.deploy(image="cp.icr.io/cp/app:1")


def no_entitlement(ground: Ground) -> None:
    ground.secret("entitled", {"cp.icr.io": registry_entry("cp", f"eyJ{made_up_password()}.x.x")})
    ground.attach("entitled")
    body = ground.template(image="cp.icr.io/cp/app:1")
    del body["spec"]["nodeName"]
    ground.api.create(body, ground.team)
    set_waiting(ground, "app", "cp.icr.io/cp/app:1", FORBIDDEN)


def empty_login(ground: Ground) -> None:
    ground.secret("regcred", {ground.host: {}})
    ground.attach("regcred")
    ground.deploy()


def second_registry(ground: Ground) -> None:
    ground.secret("one", {"one.example": registry_entry()})
    ground.attach("one")
    ground.deploy()


def wrong_type(ground: Ground) -> None:
    config = json.dumps({"auths": {ground.host: ground.key}})
    opaque = {"kind": "Secret", "metadata": {"name": "regcred"}, "data": {".dockerconfigjson": encoded(config)}}
    ground.api.create(opaque, ground.team)
    ground.attach("regcred")
    ground.deploy()


def secret_that_is_not_there(ground: Ground) -> None:
    ground.good("regcred", at=ground.home)
    ground.attach("regcred")
    ground.deploy()


FORBIDDEN = (
    'failed to pull and unpack image "{image}": failed to resolve reference "{image}": '
    "pulling from host cp.icr.io failed with status code [manifests 1]: 403 Forbidden"
)


def set_waiting(ground: Ground, name: str, image: str, message: str, reason: str = "ErrImagePull") -> None:
    """The status of a pod on no node, as a kubelet would write it."""
    waiting = {"reason": reason, "message": message.format(image=image)}
    status = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0}
    change = {"status": {"phase": "Pending", "containerStatuses": [{**status, "state": {"waiting": waiting}}]}}
    ground.api.patch("Pod", name, change, ground.team, subresource="status")


@dataclass(frozen=True, kw_only=True)
class Pain:
    """One of them: how it is made, what doctor calls it, the remedy's first words, and all that this may change.

    `then` happens once the pods wait. `is_healed_by_time`: the pods that wait come up as they are.
    """

    make: Callable[[Ground], None]
    then: Callable[[Ground], None] | None = None
    cause: str
    remedy: str
    changes: frozenset[Made]
    is_healed_by_time: bool = False
    is_icr: bool = False


SECRET, ACCOUNT, DEPLOYMENT = ("Secret", "regcred"), ("ServiceAccount", "default"), ("Deployment", "app")

PAINS = {
    "01-secret-in-another-namespace": Pain(
        make=secret_in_another_namespace,
        cause="SecretElsewhere",
        remedy="kubectl pullsecret copy regcred --from={home} --attach -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({SECRET, ACCOUNT, DEPLOYMENT}),
    ),
    "02-patch-that-replaced-the-list": Pain(
        make=patch_that_replaced_the_list,
        cause="NotAttached",
        remedy="kubectl pullsecret attach regcred -n {team} && kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({ACCOUNT, DEPLOYMENT}),
    ),
    "03-made-before-attach": Pain(
        make=made_before_attach,
        then=attach_later,
        cause="MadeBeforeAttach",
        remedy="kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({DEPLOYMENT}),
    ),
    "03-list-of-its-own": Pain(
        make=list_of_its_own,
        cause="ListOfItsOwn",
        remedy="kubectl -n {team} patch deployment/app -p "
        '\'{{"spec":{{"template":{{"spec":{{"imagePullSecrets":[{{"name":"regcred"}}]}}}}}}}}\'',
        changes=frozenset({DEPLOYMENT}),
    ),
    "04-stale-copy": Pain(
        make=stale_copy,
        cause="StaleCopy",
        remedy="kubectl pullsecret copy regcred --from={home} -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
    "05-key-with-a-port": Pain(
        make=key_with_a_port,
        cause="WrongKey",
        remedy="kubectl pullsecret create regcred --server={host} --username=robot --overwrite -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
    "06-another-service-account": Pain(
        make=another_account,
        cause="NotAttached",
        remedy="kubectl pullsecret attach regcred --serviceaccount=robot -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({("ServiceAccount", "robot"), DEPLOYMENT}),
    ),
    "07-malformed-entry": Pain(
        make=malformed_entry,
        cause="MalformedSecret",
        remedy="kubectl pullsecret create regcred --server={host} --username=USER --overwrite -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
    "08-newline-in-the-password": Pain(
        make=newline_in_the_password,
        cause="WhiteSpaceInLogin",
        remedy="kubectl pullsecret create regcred --server={host} --username=robot --overwrite -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
    "09-wrong-username": Pain(
        make=wrong_username,
        cause="WrongUsername",
        remedy="kubectl pullsecret entitled entitled --overwrite -n {team}",
        changes=frozenset({("Secret", "entitled")}),
        is_healed_by_time=True,
        is_icr=True,
    ),
    "10-no-entitlement": Pain(
        make=no_entitlement,
        cause="NoRightToImage",
        remedy="kubectl pullsecret entitled entitled --overwrite -n {team}",
        changes=frozenset({("Secret", "entitled")}),
        is_healed_by_time=True,
        is_icr=True,
    ),
    "12-empty-login": Pain(
        make=empty_login,
        cause="EmptyLogin",
        remedy="kubectl pullsecret create regcred --from-docker-config --server={host} --overwrite -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
    "14-second-registry": Pain(
        make=second_registry,
        cause="NoSecret",
        remedy="kubectl pullsecret create {slug} --server={host} --username=USER --attach -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({("Secret", "{slug}"), ACCOUNT, DEPLOYMENT}),
    ),
    "15-wrong-type": Pain(
        make=wrong_type,
        cause="WrongType",
        remedy="kubectl pullsecret create regcred --server={host} --username=USER --force -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
    "16-secret-that-is-not-there": Pain(
        make=secret_that_is_not_there,
        cause="SecretMissing",
        remedy="kubectl pullsecret copy regcred --from={home} -n {team}",
        changes=frozenset({SECRET}),
        is_healed_by_time=True,
    ),
}
