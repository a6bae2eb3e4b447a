"""Failing pulls for tests on a real kubelet: one for each kind of fix.

Every cause, and every form of a command, is a row of the tables in tests/unit/test_doctor_*.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from objects import (
    copy_marks,
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

Written = tuple[str, str]
"""Kind and name of an object in the team's namespace."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A namespace, a registry that no other test uses, and credentials that it accepts.

    `shared` is the name of a secret in `default` that `share` creates.
    """

    api: Api
    node: Node
    team: str
    host: str
    shared: str
    share: Callable[[Object], None]
    key: Object = field(repr=False)

    def secret(self, name: str, entries: dict[str, Object]) -> None:
        self.api.create(docker_config_secret(name, entries), self.team)

    def good(self, name: str) -> None:
        self.secret(name, {self.host: self.key})

    def good_in_default(self) -> None:
        self.share(docker_config_secret(self.shared, {self.host: self.key}))

    def attach(self, *names: str, account: str = "default") -> None:
        self.api.patch("ServiceAccount", account, {"imagePullSecrets": references(names)}, self.team)

    def template(self, *own: str, image: str = "", account: str = "default") -> Object:
        return pod(
            "app", image or f"{self.host}/team/app:1", self.node.name, pull_secrets=own, serviceAccountName=account
        )

    def deploy(self, *own: str, image: str = "", account: str = "default") -> None:
        self.api.create(deployment("app", self.template(*own, image=image, account=account)), self.team)


def secret_in_another_namespace(setup: Setup) -> None:
    setup.good_in_default()
    setup.deploy()


def created_before_attach(setup: Setup) -> None:
    setup.good("regcred")
    setup.deploy()


def attach_later(setup: Setup) -> None:
    setup.attach("regcred")


def own_list(setup: Setup) -> None:
    setup.good("regcred")
    setup.secret("other", {"other.example": registry_entry()})
    setup.attach("regcred")
    setup.deploy("other")


def stale_copy(setup: Setup) -> None:
    setup.good_in_default()
    source = setup.api.read("Secret", setup.shared, "default")["metadata"]["uid"]
    marks = copy_marks(f"default/{setup.shared}", source, f"{setup.team}/regcred")
    old = docker_config_secret("regcred", {setup.host: registry_entry("puller")}, **marks)
    setup.api.create(old, setup.team, manager="pullsecret")
    setup.attach("regcred")
    setup.deploy()


def another_account(setup: Setup) -> None:
    setup.good("regcred")
    setup.attach("regcred")
    setup.api.create(service_account("puller"), setup.team)
    setup.deploy(account="puller")


def malformed_entry(setup: Setup) -> None:
    setup.secret("regcred", {setup.host: {"auth": encoded(made_up_password())}})
    setup.attach("regcred")
    setup.deploy()


def wrong_username(setup: Setup) -> None:
    setup.secret("entitled", {"cp.icr.io": registry_entry("ekey", setup.key["password"])})
    setup.attach("entitled")
    setup.deploy(image="cp.icr.io/cp/app:1")


def empty_entry(setup: Setup) -> None:
    setup.secret("regcred", {setup.host: {}})
    setup.attach("regcred")
    setup.deploy()


def second_registry(setup: Setup) -> None:
    setup.secret("one", {"one.example": registry_entry()})
    setup.attach("one")
    setup.deploy()


def wrong_type(setup: Setup) -> None:
    config = json.dumps({"auths": {setup.host: setup.key}})
    opaque = {"kind": "Secret", "metadata": {"name": "regcred"}, "data": {".dockerconfigjson": encoded(config)}}
    setup.api.create(opaque, setup.team)
    setup.attach("regcred")
    setup.deploy()


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """How the cluster is set up, the cause and the command that doctor must report, and all that this may change.

    `then` happens once the pods wait. `recovers_as_it_is`: the waiting pods recover without being recreated.
    """

    make: Callable[[Setup], None]
    then: Callable[[Setup], None] | None = None
    cause: str
    fix: str
    changes: frozenset[Written]
    recovers_as_it_is: bool = False
    is_icr: bool = False


SECRET, ACCOUNT, DEPLOYMENT = ("Secret", "regcred"), ("ServiceAccount", "default"), ("Deployment", "app")

SCENARIOS = {
    "copy-and-attach": Scenario(
        make=secret_in_another_namespace,
        cause="SecretInOtherNamespace",
        fix="kubectl pullsecret copy {shared} --from=default --attach -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({("Secret", "{shared}"), ACCOUNT, DEPLOYMENT}),
    ),
    "restart": Scenario(
        make=created_before_attach,
        then=attach_later,
        cause="CreatedBeforeAttach",
        fix="kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({DEPLOYMENT}),
    ),
    "patch-the-own-list": Scenario(
        make=own_list,
        cause="OwnImagePullSecrets",
        fix="kubectl -n {team} patch deployment/app -p "
        '\'{{"spec":{{"template":{{"spec":{{"imagePullSecrets":[{{"name":"regcred"}}]}}}}}}}}\'',
        changes=frozenset({DEPLOYMENT}),
    ),
    "copy-in-place": Scenario(
        make=stale_copy,
        cause="StaleCopy",
        fix="kubectl pullsecret copy {shared} --from=default --name=regcred -n {team}",
        changes=frozenset({SECRET}),
        recovers_as_it_is=True,
    ),
    "attach-to-another-account": Scenario(
        make=another_account,
        cause="SecretNotAttached",
        fix="kubectl pullsecret attach regcred --serviceaccount=puller -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({("ServiceAccount", "puller"), DEPLOYMENT}),
    ),
    "create-over-a-malformed-secret": Scenario(
        make=malformed_entry,
        cause="MalformedSecret",
        fix="kubectl pullsecret create regcred --registry={host} --username=USER --overwrite -n {team}",
        changes=frozenset({SECRET}),
        recovers_as_it_is=True,
    ),
    "entitled": Scenario(
        make=wrong_username,
        cause="WrongUsername",
        fix="kubectl pullsecret entitled entitled --overwrite -n {team}",
        changes=frozenset({("Secret", "entitled")}),
        recovers_as_it_is=True,
        is_icr=True,
    ),
    "create-from-docker-credentials": Scenario(
        make=empty_entry,
        cause="EmptyEntry",
        fix="kubectl pullsecret create regcred --from-docker-config --registry={host} --overwrite -n {team}",
        changes=frozenset({SECRET}),
        recovers_as_it_is=True,
    ),
    "create-and-attach": Scenario(
        make=second_registry,
        cause="NoSecret",
        fix="kubectl pullsecret create {slug} --registry={host} --username=USER --attach -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({("Secret", "{slug}"), ACCOUNT, DEPLOYMENT}),
    ),
    "create-from-another-type": Scenario(
        make=wrong_type,
        cause="WrongSecretType",
        fix=r"kubectl get secret regcred -n {team} -o 'jsonpath={{.data.\.dockerconfigjson}}' | base64 -d | "
        "kubectl pullsecret create regcred-pull --from-file=/dev/stdin --serviceaccount=default -n {team} && "
        "kubectl pullsecret detach regcred --serviceaccount=default -n {team} && "
        "kubectl -n {team} rollout restart deployment/app",
        changes=frozenset({("Secret", "regcred-pull"), ACCOUNT, DEPLOYMENT}),
    ),
}
