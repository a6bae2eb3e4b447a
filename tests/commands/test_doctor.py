"""doctor without --fix: what it looks at, what it reports, its requests to the server, and what it never shows."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from said_of_pods import HOST, IMAGE, UNAUTHORIZED, waiting_pod

from control_plane.waiting import until
from documents import items_in
from golden_files import assert_golden
from objects import (
    deployment,
    docker_config_secret,
    encoded,
    made_up_password,
    named,
    pod,
    registry_entry,
    rule,
    service_account,
)
from pull_messages import CONTAINERD
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


def test_no_waiting_pods_is_reported_and_is_no_failure(pullsecret: Program, namespace: str) -> None:
    result = pullsecret("doctor", "-n", namespace)

    assert (result.stdout, result.stderr) == ("", f"No pods are waiting for an image in namespace {namespace}.\n")


def test_pods_are_grouped_by_cause(api: Api, pullsecret: Program, namespace: str) -> None:
    for name in ("a", "b", "c"):
        waiting_pod(api, namespace, name)
    waiting_pod(api, namespace, "d", own=("gone",))

    result = pullsecret("doctor", "-n", namespace, expect=1)

    assert_golden("doctor/grouped-by-cause", without_due_times(result.stdout), namespace=namespace)


def without_due_times(text: str) -> str:
    """The text with one time for each next attempt."""
    return re.sub(r"within \d+\w+|at any moment", "within 10s", text)


REASONS = {
    "malformed": ("unable to parse auth field, must be formatted as base64(username:password)", "", "NotRetriedYet"),
    "name": ("InvalidImageName", CONTAINERD["upper-case"].of(IMAGE), "InvalidImageName"),
    "never": ("ErrImageNeverPull", CONTAINERD["never"].of(IMAGE), "PullPolicyNever"),
    "back-off": ("ImagePullBackOff", f'Back-off pulling image "{IMAGE}": ErrImagePull: {UNAUTHORIZED}', "NoSecret"),
    "back-off-of-older-kubelets": ("ImagePullBackOff", f'Back-off pulling image "{IMAGE}"', "NoSecret"),
    "not-found": ("ErrImagePull", CONTAINERD["no-such-tag"].of(IMAGE), "ImageNotFound"),
    "dead": ("ErrImagePull", CONTAINERD["dead-registry"].of(IMAGE), "RegistryUnreachable"),
    "unknown-host": ("ErrImagePull", CONTAINERD["unknown-host"].of(IMAGE), "RegistryUnreachable"),
    "certificate": ("ErrImagePull", CONTAINERD["unknown-authority"].of(IMAGE), "RegistryCertificate"),
    "too-many": ("ErrImagePull", CONTAINERD["token-login-429"].of(IMAGE), "RateLimitExceeded"),
    "registry": ("ErrImagePull", CONTAINERD["token-login-500"].of(IMAGE), "RegistryServerError"),
    "no-message-known": ("ErrImagePull", "something new", "Unknown"),
}


def test_each_waiting_reason_has_its_cause(api: Api, pullsecret: Program, namespace: str) -> None:
    for name, (reason, message, _) in REASONS.items():
        waiting_pod(api, namespace, name, reason=reason, message=message)

    result = pullsecret("doctor", "-n", namespace, "-o", "json", expect=1)

    causes = {
        name: item["cause"] for item in items_in(result.stdout) for owner in item["owners"] for name in owner["pods"]
    }
    assert causes == {name: cause for name, (_, _, cause) in REASONS.items()}
    for item in items_in(result.stdout):
        assert item["commands"] or item["advice"] or item["recovery"] == "Automatic", item


def test_running_pod_with_a_container_that_cannot_pull_is_found(api: Api, pullsecret: Program, namespace: str) -> None:
    waiting_pod(api, namespace, "app", own=("gone",), phase="Running")
    waiting_pod(api, namespace, "done", phase="Succeeded")

    result = pullsecret("doctor", "-n", namespace, "-o", "name", expect=1)

    assert result.stdout == "pod/app\n"


def test_pods_that_crash_or_start_are_healthy_for_doctor(api: Api, pullsecret: Program, namespace: str) -> None:
    waiting_pod(api, namespace, "crashes", reason="CrashLoopBackOff", message="back-off 10s")
    waiting_pod(api, namespace, "starts", reason="ContainerCreating", message="")

    result = pullsecret("doctor", "crashes", "pod/starts", "-n", namespace)

    assert result.stdout == "pod/crashes is not waiting for an image\npod/starts is not waiting for an image\n"


def test_owner_by_name_is_looked_at_alone(api: Api, node: Node, pullsecret: Program, namespace: str) -> None:
    for name in ("one", "two"):
        api.create(deployment(name, pod(name, IMAGE, node.name)), namespace)
    api.create(deployment("none", pod("none", IMAGE, node.name), replicas=0), namespace)
    doctor = ("doctor", "-n", namespace)
    until(lambda: pullsecret(*doctor, "-o", "name", expect=None).stdout.count("\n") == 2, "two owners")

    result = pullsecret(*doctor, "deploy/one", "deploy/none", "nobody", "none", "-o", "wide", expect=2)
    understood = pullsecret(*doctor, "deployments", "none")

    assert result.stdout.splitlines()[0] == "deployment/none has no pods waiting for an image"
    assert f"deployment/one in namespace {namespace}: cannot pull {IMAGE}" in result.stdout
    assert "deployment/two" not in result.stdout
    assert result.stderr.splitlines() == [
        'Error from server (NotFound): pods "nobody" not found',
        'Error from server (NotFound): pods "none" not found; did you mean deployment/none?',
    ]
    assert understood.stdout == "deployment/none has no pods waiting for an image\n"
    assert "401 Unauthorized" in result.stdout


def test_credential_of_any_kind_is_never_shown(api: Api, pullsecret: Program, namespace: str) -> None:
    words = [made_up_password() for _ in range(6)]
    words[4], words[5] = (word.replace("-", "a").ljust(44, "a")[:44] for word in words[4:])
    host = f"{namespace}.example"
    entries = {
        host: registry_entry("puller", words[0]),
        f"https://robot:{words[1]}@{host}:443": registry_entry("puller", words[2]),
        f"{host}/team": registry_entry(words[4], words[2]),
        words[5]: registry_entry("puller"),
    }
    api.create(docker_config_secret("good", entries), namespace)
    api.create(docker_config_secret("bad", {host: {"auth": encoded(words[3])}}), namespace)
    waiting_pod(api, namespace, "a", own=("good",), image=f"{host}/team/app:1")
    waiting_pod(api, namespace, "b", own=("bad",), image=f"{host}/team/app:1")

    forms = ("wide", "json", "yaml", "sarif", "junit")
    said = [pullsecret("doctor", "-n", namespace, "-v=9", "-o", form, expect=1) for form in forms]

    for result in said:
        for word in words:
            assert word not in result.stdout + result.stderr
            assert encoded(word) not in result.stdout + result.stderr
    assert items_in(said[2].stdout) == items_in(said[1].stdout)


def test_rejected_credentials_are_not_recommended(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    host = f"{home}.example"
    api.create(docker_config_secret("tried", {host: registry_entry()}), team)
    image = f"{host}/a:1"
    for name, own in (("a", ("tried",)), ("b", ())):
        body = pod(name, image, "", pull_secrets=own)
        del body["spec"]["nodeName"]
        api.create(body, team)
        waiting = {"waiting": {"reason": "ErrImagePull", "message": CONTAINERD["basic-login"].of(image)}}
        container = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
        api.patch("Pod", name, {"status": {"containerStatuses": [container]}}, team, subresource="status")
    event = {"reason": "Pulling", "message": f'Pulling image "{image}"', "type": "Normal", "count": 1}
    seen = api.read("Pod", "a", team)["metadata"]
    about = {"kind": "Pod", "name": "a", "namespace": team, "uid": seen["uid"]}
    later = re.sub(r"^\d{4}", "2100", seen["creationTimestamp"])
    api.create(named("Event", "pulling", **event, involvedObject=about, lastTimestamp=later), team)

    found = items_in(pullsecret("doctor", "-n", team, "-o", "json", expect=1).stdout)

    assert {item["cause"] for item in found} == {"CredentialsRejected", "NoSecret"}
    assert not any("attach tried" in command for item in found for command in item["commands"])


COUNT = 600


@pytest.fixture
def crowd(api: Api, namespace: str) -> str:
    """A namespace with many pods that wait, of several causes."""
    api.create(service_account("puller"), namespace)
    api.create(docker_config_secret("here", {f"{HOST}:443": registry_entry()}), namespace)

    def one(number: int) -> None:
        own = ((), ("here",), (f"gone-{number}",))[number % 3]
        waiting_pod(api, namespace, f"app-{number:04}", own=own)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, range(COUNT)))
    return namespace


@pytest.mark.cluster_wide  # it counts pages of what the whole cluster has
def test_requests_do_not_grow_with_the_pods(api: Api, pullsecret: Program, crowd: str, namespaces: Namespaces) -> None:
    (few,) = namespaces(1)
    for number in range(12):
        waiting_pod(api, few, f"app-{number}", own=((), ("here",), (f"gone-{number}",))[number % 3])

    many = pullsecret("doctor", "-n", crowd, "-v=6", expect=1)

    asked = requests(many.stderr)
    pages = [path for path in asked if "continue=" in path]
    assert len(pages) == COUNT // 500
    assert len(asked) - len(pages) <= len(requests(pullsecret("doctor", "-n", few, "-v=6", expect=1).stderr)) + 1
    assert len(asked) - len(pages) <= 20, asked
    assert many.stdout.count("cannot pull") == 2 + COUNT // 3
    assert many.stdout.count(f"  ... and {COUNT // 3 + 1 - 20} more commands: use -o wide") == 1


def requests(log: str) -> list[str]:
    return re.findall(r"\bGET https://[^/ ]+(/\S+)", log)


def test_without_permission_to_read_secrets_that_is_the_cause(
    api: Api, pullsecret: Program, restricted: Rights, namespace: str
) -> None:
    waiting_pod(api, namespace, "app", own=("one",))
    few = restricted(Grant(rule("list", "pods"), namespace=namespace), namespace=namespace)

    result = pullsecret("doctor", "-o", "json", kubeconfig=few, expect=1)

    (found,) = items_in(result.stdout)
    assert found["cause"] == "SecretsUnreadable"
    note = f"note: not allowed to list secrets in namespace {namespace}; only those that pods reference are known"
    assert note in result.stderr


def test_without_permission_to_list_pods_it_ends_with_2(
    pullsecret: Program, restricted: Rights, namespace: str
) -> None:
    unprivileged = restricted(namespace=namespace)

    result = pullsecret("doctor", kubeconfig=unprivileged, expect=2)

    assert result.stderr.startswith("Error from server (Forbidden): pods is forbidden")
    assert result.stdout == ""


MISUSES = {
    "fix-with-json": ("--fix", "-o", "json"),
    "yes-alone": ("--yes",),
    "dry-run-alone": ("--dry-run",),
    "wait": ("--fix", "--wait=soon"),
    "type-alone": ("deployment",),
    "ca-without-verify": ("--registry-ca=ca.pem",),
    "fix-without-a-terminal": ("--fix",),
}


@pytest.mark.parametrize("name", MISUSES.keys())
def test_misuse_is_reported_in_a_line(offline: Program, name: str) -> None:
    result = offline("doctor", *MISUSES[name], expect=2)

    assert_golden(f"doctor/misuse-{name}", result.stderr)
