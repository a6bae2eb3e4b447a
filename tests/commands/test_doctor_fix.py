"""doctor --fix: what it does for each kind of owner, what it does not change, how it prompts, and what it waits for."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from golden_files import assert_golden
from objects import deployment, docker_config_secret, named, pod, references, registry_entry, rule
from pull_messages import CONTAINERD
from rights import Grant
from terminal_user import session

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from control_plane.node import Node
    from program import Program
    from rights import Rights


class Place:
    """Credentials for a registry in `default`, and pods in another namespace that lack them."""

    def __init__(self, api: Api, node: Node, team: str) -> None:
        self.api, self.node, self.team = api, node, team
        token = secrets.token_hex(4)
        self.secret, self.host = f"regcred-{token}", f"fix-{token}.example"
        self.key = registry_entry("puller")
        node.accept("puller", self.key["password"])

    def template(self, *own: str) -> Object:
        return pod("app", f"{self.host}/team/app:1", self.node.name, pull_secrets=own)

    def deploy(self, name: str = "app", *own: str) -> None:
        self.create(deployment(name, self.template(*own)))

    def create(self, body: Object) -> None:
        """Create an object, and wait until its pods wait for an image."""
        before = len(self.waiting())
        self.api.create(body, self.team)
        until(lambda: len(self.waiting()) > before, "another pod that waits")

    def waiting(self) -> list[Object]:
        return [seen for seen in self.api.list("Pod", self.team) if "ImagePull" in str(seen["status"])]

    def phases(self) -> list[str]:
        return [seen["status"]["phase"] for seen in self.api.list("Pod", self.team)]


@pytest.fixture
def place(api: Api, node: Node, namespace: str, in_default: Callable[[Object], None]) -> Place:
    made = Place(api, node, namespace)
    in_default(docker_config_secret(made.secret, {made.host: made.key}))
    return made


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


@pytest.mark.parametrize("own", [(), ("other",)], ids=["no-list", "own-list"])
@pytest.mark.parametrize(("kind", "spec", "done"), OWNERS.values(), ids=OWNERS.keys())
def test_pods_of_an_owner_recover(
    kind: str, spec: dict[str, object], done: str, own: tuple[str, ...], place: Place, pullsecret: Program
) -> None:
    place.create(set_of(kind, place, *own, **spec))

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes")

    assert (done.replace("restarted", "patched") if own else done) in result.stdout
    assert result.stdout.splitlines()[-1].endswith(f"in namespace {place.team} has pulled its images")
    # A stateful set creates its second pod once the first one runs.
    until(lambda: set(place.phases()) == {"Running"}, "all pods to run")
    account = place.api.read("ServiceAccount", "default", place.team)
    assert account.get("imagePullSecrets", []) == ([] if own else references([place.secret]))
    assert pullsecret("doctor", "-n", place.team).stdout == ""


def test_standalone_pod_is_recreated_only_with_its_flag(place: Place, pullsecret: Program) -> None:
    place.create(place.template())
    uid = place.api.read("Pod", "app", place.team)["metadata"]["uid"]

    left = pullsecret("doctor", "app", "-n", place.team, "--fix", "--yes", expect=1)

    assert f"note: skipped pod/app in namespace {place.team}: " in left.stderr
    assert place.api.read("Pod", "app", place.team)["metadata"]["uid"] == uid
    assert place.api.find("Secret", place.secret, place.team) is None

    done = pullsecret("doctor", "app", "-n", place.team, "--fix", "--yes", "--recreate-pods")

    assert f"pod/app replaced in namespace {place.team}" in done.stdout
    seen = place.api.read("Pod", "app", place.team)
    assert (seen["status"]["phase"], seen["spec"]["imagePullSecrets"]) == ("Running", references([place.secret]))


def test_fix_works_with_the_permissions_of_the_table(place: Place, pullsecret: Program, restricted: Rights) -> None:
    place.create(place.template())
    place.deploy("web")
    words = ("doctor", "--fix", "--recreate-pods", "-n", place.team)
    kubeconfig = restricted.printed(pullsecret, words)

    done = pullsecret(*words, "--yes", kubeconfig=kubeconfig)

    assert f"pod/app replaced in namespace {place.team}" in done.stdout
    assert f"deployment/web restarted in namespace {place.team}" in done.stdout


def test_pod_that_references_a_missing_secret_recovers_as_it_is(place: Place, pullsecret: Program) -> None:
    place.create(place.template(place.secret))
    uid = place.api.read("Pod", "app", place.team)["metadata"]["uid"]

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes")

    assert result.stdout.splitlines()[-2:] == [
        f"secret/{place.secret} created in namespace {place.team}",
        f"pod/app in namespace {place.team} has pulled its images",
    ]
    assert place.api.read("Pod", "app", place.team)["metadata"]["uid"] == uid


def test_unmanaged_secret_is_replaced_only_with_its_flag(place: Place, pullsecret: Program) -> None:
    theirs = place.api.create(docker_config_secret(place.secret, {place.host: registry_entry("puller")}), place.team)
    place.create(place.template(place.secret))

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", expect=1)

    assert place.api.read("Secret", place.secret, place.team) == theirs
    assert (
        f"note: skipped pod/app in namespace {place.team}: would replace an unmanaged secret (use --overwrite)"
    ) in result.stderr


def test_copy_replaces_rejected_credentials(place: Place, pullsecret: Program) -> None:
    place.api.create(docker_config_secret(place.secret, {place.host: registry_entry("puller")}), place.team)
    place.create(place.template(place.secret))

    result = pullsecret("doctor", "-n", place.team, "--fix", "--overwrite", "--dry-run=server", expect=0)

    fix = f"kubectl pullsecret copy {place.secret} --from=default --overwrite -n {place.team}"
    assert f"  Fix:      {fix}" in result.stdout.splitlines()
    assert f"secret/{place.secret} configured in namespace {place.team} (server dry run)" in result.stdout


def test_another_error_ends_the_waiting_and_is_reported(place: Place, pullsecret: Program) -> None:
    place.node.refuse("puller", place.key["password"])
    place.deploy()

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", expect=1)

    assert f"deployment/app in namespace {place.team} fails for another reason: the registry " in result.stderr
    assert f"Cause:    secret/{place.secret}: {place.host} rejected the credentials of username puller" in result.stdout


def test_timeout_ends_the_waiting(place: Place, pullsecret: Program) -> None:
    place.create(place.template(place.secret))

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", "--wait=1s", expect=1)

    assert f"pod/app in namespace {place.team} is still waiting for its image" in result.stderr
    assert "has not retried yet" in result.stdout


def test_new_pod_that_has_not_tried_yet_has_not_recovered(place: Place, pullsecret: Program) -> None:
    image = f"{place.host}/team/app:1"
    (container,) = place.api.create(pod("app", image, "nowhere"), place.team)["spec"]["containers"]
    waiting = {"reason": "ErrImagePull", "message": CONTAINERD["basic-login"].of(image)}
    status = {"name": container["name"], "image": image, "imageID": "", "ready": False, "restartCount": 0}
    states = [{**status, "state": {"waiting": waiting}}]
    place.api.patch("Pod", "app", {"status": {"containerStatuses": states}}, place.team, subresource="status")

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", "--recreate-pods", "--wait=1s", expect=1)

    assert f"pod/app in namespace {place.team} is still waiting for its image" in result.stderr


@pytest.mark.parametrize("mode", ["client", "server"])
def test_dry_run_changes_nothing(mode: str, place: Place, pullsecret: Program) -> None:
    place.deploy()
    before = {seen["metadata"]["uid"] for seen in place.waiting()}

    result = pullsecret("doctor", "-n", place.team, "--fix", f"--dry-run={mode}")

    end = {"client": "(dry run)", "server": "(server dry run)"}[mode]
    assert result.stdout.splitlines()[-3:] == [
        f"secret/{place.secret} created in namespace {place.team} {end}",
        f"serviceaccount/default patched in namespace {place.team} {end}",
        f"deployment/app restarted in namespace {place.team} {end}",
    ]
    assert place.api.find("Secret", place.secret, place.team) is None
    assert {seen["metadata"]["uid"] for seen in place.waiting()} == before


def test_diff_of_the_fix_shows_all_of_it_and_changes_nothing(place: Place, pullsecret: Program) -> None:
    place.deploy()

    result = pullsecret("doctor", "-n", place.team, "--fix", "--diff", expect=1)

    assert "/MERGED-" in result.stdout
    for name in (f"v1.Secret.{place.team}.{place.secret}", f"apps.v1.Deployment.{place.team}.app"):
        assert name in result.stdout
    assert f"+- name: {place.secret}" in result.stdout
    assert place.key["password"] not in result.stdout
    assert place.api.find("Secret", place.secret, place.team) is None


ANSWERS = {"yes": ("y\n", 0), "no": ("n\n", 1), "nothing": ("\n", 1)}


@pytest.mark.parametrize(("answer", "typed", "status"), [(key, *row) for key, row in ANSWERS.items()], ids=ANSWERS)
def test_terminal_user_sees_the_changes_and_confirms_them(
    answer: str, typed: str, status: int, place: Place, pullsecret: Program
) -> None:
    place.deploy()

    seen = session(pullsecret, "doctor", "-n", place.team, "--fix", question="Continue? [y/N] ", typed=typed)

    assert_golden(
        f"doctor/fix-at-a-terminal-{answer}", seen.screen.replace("\r", ""), team=place.team, secret=place.secret
    )
    assert seen.status == status
    assert (place.api.find("Secret", place.secret, place.team) is None) is bool(status)


def test_fix_that_needs_a_password_is_skipped_with_its_command(place: Place, pullsecret: Program) -> None:
    place.api.delete("Secret", place.secret, "default")
    place.deploy()

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", expect=1)

    skipped = f"note: skipped deployment/app in namespace {place.team}: needs a password"
    assert result.stderr.splitlines()[-1] == skipped
    assert "Fix:      kubectl pullsecret create fix-" in result.stdout


def test_paused_deployment_is_reported_in_kubectls_words(place: Place, pullsecret: Program) -> None:
    place.deploy()
    place.api.patch("Deployment", "app", {"spec": {"paused": True}}, place.team)

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", expect=1)

    assert "error: can't restart paused deployment (run rollout resume first)" in result.stderr


def test_without_permission_to_write_nothing_is_restarted(
    place: Place, pullsecret: Program, restricted: Rights
) -> None:
    place.deploy()
    reading = [rule("get list", kind) for kind in ("secrets", "pods", "serviceaccounts")]
    apps = rule("get list patch", "deployments", group="apps")
    everywhere = Grant(rule("get list", "secrets"))
    reader = restricted(Grant(*reading, apps, namespace=place.team), everywhere, namespace=place.team)
    before = {seen["metadata"]["uid"] for seen in place.waiting()}

    result = pullsecret("doctor", "--fix", "--yes", kubeconfig=reader, expect=1)

    assert 'cannot create resource "secrets"' in result.stderr
    assert f"note: skipped deployment/app in namespace {place.team}" in result.stderr
    assert {seen["metadata"]["uid"] for seen in place.waiting()} == before
