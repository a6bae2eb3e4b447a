"""doctor --fix: what it does for each kind of owner, what it leaves alone, how it asks, and how it sees the end."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from terminal_user import session

from control_plane.waiting import until
from objects import deployment, docker_config_secret, named, pod, references, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


class Place:
    """A registry's login in one namespace, and pods in another that lack it."""

    def __init__(self, api: Api, node: Node, namespaces: Namespaces) -> None:
        self.api, self.node = api, node
        self.home, self.team = namespaces(2)
        self.host = f"fix-{secrets.token_hex(4)}.example"
        self.key = registry_entry("robot")
        node.accept("robot", self.key["password"])
        api.create(docker_config_secret("regcred", {self.host: self.key}), self.home)

    def template(self, *own: str) -> Object:
        return pod("app", f"{self.host}/team/app:1", self.node.name, pull_secrets=own)

    def deploy(self, name: str = "app", *own: str) -> None:
        self.make(deployment(name, self.template(*own)))

    def make(self, body: Object) -> None:
        """An object, and pods of it that wait."""
        before = len(self.waiting())
        self.api.create(body, self.team)
        until(lambda: len(self.waiting()) > before, "another pod that waits")

    def waiting(self) -> list[Object]:
        return [seen for seen in self.api.list("Pod", self.team) if "ImagePull" in str(seen["status"])]

    def phases(self) -> list[str]:
        return [seen["status"]["phase"] for seen in self.api.list("Pod", self.team)]


@pytest.fixture
def place(api: Api, node: Node, namespaces: Namespaces) -> Place:
    return Place(api, node, namespaces)


def set_of(kind: str, place: Place, *own: str, **spec: object) -> Object:
    labels = {"app": "app"}
    body = {**place.template(*own)["spec"], "tolerations": [{"operator": "Exists"}]}
    template = {"metadata": {"labels": labels}, "spec": body}
    return named(kind, "app", spec={"selector": {"matchLabels": labels}, "template": template, **spec})


OWNERS: dict[str, tuple[str, dict[str, object], str]] = {
    "deployment": ("Deployment", {}, "deployment/app restarted"),
    "daemon-set": ("DaemonSet", {}, "daemonset/app restarted"),
    "stateful-set": ("StatefulSet", {"serviceName": "app", "replicas": 2}, "pod/app-0 deleted"),
    "replica-set": ("ReplicaSet", {"replicas": 1}, " deleted"),
}


@pytest.mark.parametrize("own", [(), ("other",)], ids=["no-list", "list-of-its-own"])
@pytest.mark.parametrize(("kind", "spec", "done"), OWNERS.values(), ids=OWNERS.keys())
def test_owner_is_healed(
    kind: str, spec: dict[str, object], done: str, own: tuple[str, ...], place: Place, pullsecret: Program
) -> None:
    place.make(set_of(kind, place, *own, **spec))

    result = pullsecret("doctor", "-n", place.team, "--fix")

    assert done in result.stdout
    assert result.stdout.splitlines()[-1].endswith(f"in namespace {place.team} pulls its images")
    assert set(place.phases()) == {"Running"}
    account = place.api.read("ServiceAccount", "default", place.team)
    assert account.get("imagePullSecrets", []) == ([] if own else references(["regcred"]))
    assert pullsecret("doctor", "-n", place.team).stdout == ""


def test_bare_pod_is_left_alone_and_made_anew_only_with_force(place: Place, pullsecret: Program) -> None:
    place.make(place.template())
    uid = place.api.read("Pod", "app", place.team)["metadata"]["uid"]

    left = pullsecret("doctor", "app", "-n", place.team, "--fix", expect=1)

    assert f"pod/app in namespace {place.team} is left to you: " in left.stderr
    assert place.api.read("Pod", "app", place.team)["metadata"]["uid"] == uid
    assert place.api.find("Secret", "regcred", place.team) is None

    done = pullsecret("doctor", "app", "-n", place.team, "--fix", "--force")

    assert f"pod/app replaced in namespace {place.team}" in done.stdout
    seen = place.api.read("Pod", "app", place.team)
    assert (seen["status"]["phase"], seen["spec"]["imagePullSecrets"]) == ("Running", references(["regcred"]))


def test_pod_that_names_what_is_missing_heals_as_it_is(place: Place, pullsecret: Program) -> None:
    place.make(place.template("regcred"))
    uid = place.api.read("Pod", "app", place.team)["metadata"]["uid"]

    result = pullsecret("doctor", "-n", place.team, "--fix")

    assert result.stdout.splitlines()[-2:] == [
        f"secret/regcred created in namespace {place.team}",
        f"pod/app in namespace {place.team} pulls its images",
    ]
    assert place.api.read("Pod", "app", place.team)["metadata"]["uid"] == uid


def test_secret_of_somebody_else_is_replaced_only_by_force(place: Place, pullsecret: Program) -> None:
    theirs = place.api.create(docker_config_secret("regcred", {place.host: registry_entry("robot")}), place.team)
    place.make(place.template("regcred"))

    result = pullsecret("doctor", "-n", place.team, "--fix", expect=1)

    assert place.api.read("Secret", "regcred", place.team) == theirs
    assert (
        f"pod/app in namespace {place.team} is left to you: "
        "the command replaces a secret that somebody else made; --force does it"
    ) in result.stderr


def test_copy_takes_the_place_of_a_login_that_was_refused(place: Place, pullsecret: Program) -> None:
    place.api.create(docker_config_secret("regcred", {place.host: registry_entry("robot")}), place.team)
    place.make(place.template("regcred"))

    result = pullsecret("doctor", "-n", place.team, "--fix", "--force", "--dry-run=server", expect=0)

    remedy = f"kubectl pullsecret copy regcred --from={place.home} --overwrite -n {place.team}"
    assert f"  do:     {remedy}" in result.stdout.splitlines()
    assert f"secret/regcred configured in namespace {place.team} (server dry run)" in result.stdout


def test_next_reason_ends_the_watching_and_is_told(place: Place, pullsecret: Program) -> None:
    place.node.refuse("robot", place.key["password"])
    place.deploy()

    result = pullsecret("doctor", "-n", place.team, "--fix", expect=1)

    assert f"deployment/app in namespace {place.team} waits for another reason now" in result.stderr
    assert f"cause:  secret/regcred: {place.host} refused the login of user name robot" in result.stdout


def test_time_that_is_over_ends_the_watching(place: Place, pullsecret: Program) -> None:
    place.make(place.template("regcred"))

    result = pullsecret("doctor", "-n", place.team, "--fix", "--wait=1s", expect=1)

    assert f"pod/app in namespace {place.team} still waits for its image" in result.stderr
    assert "has not been tried yet" in result.stdout


@pytest.mark.parametrize("mode", ["client", "server"])
def test_dry_run_changes_nothing(mode: str, place: Place, pullsecret: Program) -> None:
    place.deploy()
    before = {seen["metadata"]["uid"] for seen in place.waiting()}

    result = pullsecret("doctor", "-n", place.team, "--fix", f"--dry-run={mode}")

    end = {"client": "(dry run)", "server": "(server dry run)"}[mode]
    assert result.stdout.splitlines()[-3:] == [
        f"secret/regcred created in namespace {place.team} {end}",
        f"serviceaccount/default patched in namespace {place.team} {end}",
        f"deployment/app restarted in namespace {place.team} {end}",
    ]
    assert place.api.find("Secret", "regcred", place.team) is None
    assert {seen["metadata"]["uid"] for seen in place.waiting()} == before


ANSWERS = {"yes": ("y\n", 0), "no": ("n\n", 1), "nothing": ("\n", 1)}


@pytest.mark.parametrize(("typed", "status"), ANSWERS.values(), ids=ANSWERS.keys())
def test_person_at_a_terminal_is_shown_the_plan_and_asked(
    typed: str, status: int, place: Place, pullsecret: Program
) -> None:
    place.deploy()

    seen = session(pullsecret, "doctor", "-n", place.team, "--fix", question="Go on? [y/N] ", typed=typed)

    assert f"  deployment/app restarted in namespace {place.team}" in seen.screen.partition("Go on?")[0]
    assert seen.status == status
    assert ("nothing was changed" in seen.screen) is bool(status)
    assert (place.api.find("Secret", "regcred", place.team) is None) is bool(status)


def test_what_needs_a_password_is_left_with_its_command(place: Place, pullsecret: Program) -> None:
    place.api.delete("Secret", "regcred", place.home)
    place.deploy()

    result = pullsecret("doctor", "-n", place.team, "--fix", expect=1)

    told = f"deployment/app in namespace {place.team} is left to you: the command asks for a password"
    assert result.stderr.splitlines()[-1] == told
    assert "do:     kubectl pullsecret create fix-" in result.stdout


def test_paused_deployment_is_told_in_kubectls_words(place: Place, pullsecret: Program) -> None:
    place.deploy()
    place.api.patch("Deployment", "app", {"spec": {"paused": True}}, place.team)

    result = pullsecret("doctor", "-n", place.team, "--fix", expect=1)

    assert "error: can't restart paused deployment (run rollout resume first)" in result.stderr


def test_without_the_right_to_write_nothing_is_restarted(place: Place, pullsecret: Program, restricted: Rights) -> None:
    place.deploy()
    reading = [rule("get list", kind) for kind in ("secrets", "pods", "serviceaccounts")]
    apps = rule("get list patch", "deployments", group="apps")
    everywhere = Grant(rule("get list", "secrets"))
    reader = restricted(Grant(*reading, apps, namespace=place.team), everywhere, namespace=place.team)
    before = {seen["metadata"]["uid"] for seen in place.waiting()}

    result = pullsecret("doctor", "--fix", kubeconfig=reader, expect=1)

    assert 'cannot create resource "secrets"' in result.stderr
    assert f"note: skipped deployment/app in namespace {place.team}" in result.stderr
    assert {seen["metadata"]["uid"] for seen in place.waiting()} == before
