"""The admission policies that generate prints, in effect: what they attach, and what they let the copying job do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from conftest import home_in
from control_plane.plane import ControlPlane
from control_plane.waiting import until
from cron_schedules import ACCEPTED, REFUSED
from objects import docker_config_secret, named, registry_entry
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Object
    from program import Result

_JOB = "system:serviceaccount:kubectl-pullsecret:pullsecret-copy-key"
_CRON_JOB = ("cronjob", "key", "--image=r.example/pullsecret:1", "--schedule=*/5 * * * *")
_NOW = '{"metadata":{"annotations":{"touched":"yes"}}}'


@dataclass(frozen=True)
class Place:
    """A cluster of this module alone, because a policy is for all of it, with its administrator's programs."""

    pullsecret: Program
    kubectl: Program

    def apply(self, *arguments: str) -> None:
        """Apply what generate prints, which must be valid to the last field."""
        manifests = self.pullsecret("generate", *arguments).stdout
        self.kubectl("apply", "--validate=strict", "-f", "-", input=manifests)

    def create(self, secret: Object, namespace: str, *flags: str, expect: int | None = 0) -> Result:
        body = {"apiVersion": "v1", **secret}
        return self.kubectl("create", "-f", "-", "-n", namespace, *flags, input=json.dumps(body), expect=expect)

    def listed(self, namespace: str, account: str = "default") -> list[str]:
        seen = json.loads(self.kubectl("get", "serviceaccount", account, "-n", namespace, "-o", "json").stdout)
        return [entry.get("name", "") for entry in seen.get("imagePullSecrets") or []]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = home_in(tmp_path_factory.mktemp("policies"))
    with ControlPlane(lean=True) as plane:
        yield Place(
            Program(pullsecret_command(), home, plane.admin_kubeconfig),
            Program([str(plane.kubectl)], home, plane.admin_kubeconfig),
        )


def test_schedules_are_judged_as_the_server_judges_them(place: Place) -> None:
    spec = {"containers": [{"name": "main", "image": "reg.example/x"}], "restartPolicy": "Never"}
    schedules = dict(enumerate((*ACCEPTED, *REFUSED)))
    jobs = [
        {
            **named("CronJob", f"case-{number}", apiVersion="batch/v1"),
            "spec": {"schedule": schedule, "jobTemplate": {"spec": {"template": {"spec": spec}}}},
        }
        for number, schedule in schedules.items()
    ]
    body = {"apiVersion": "v1", "kind": "List", "items": jobs}

    created = place.kubectl(
        *("create", "--dry-run=server", "-o", "name", "-n", "default", "-f", "-"), input=json.dumps(body), expect=1
    )

    names = {line.removeprefix("cronjob.batch/") for line in created.stdout.splitlines()}
    assert [schedule for number, schedule in schedules.items() if f"case-{number}" in names] == list(ACCEPTED)


def test_policy_attaches_from_the_first_moment(place: Place) -> None:
    place.apply("admission-policy", "key", "--exclude", "quiet-*")
    place.kubectl("create", "namespace", "touched")
    _wait_for_account(place, "touched")

    def is_in_effect() -> bool:
        place.kubectl("annotate", "--overwrite", "serviceaccount", "default", "-n", "touched", "touched=yes")
        return place.listed("touched") == ["key"]

    until(is_in_effect, "the policy to be in effect")
    for namespace in ("new", "quiet-one", "kube-new"):
        place.kubectl("create", "namespace", namespace)
        _wait_for_account(place, namespace)
    assert place.listed("new") == ["key"]
    assert place.listed("quiet-one") == place.listed("kube-new") == []

    place.kubectl("patch", "serviceaccount", "default", "-n", "new", "--type=merge", "-p", _list("other"))
    assert place.listed("new") == ["other", "key"]
    place.kubectl("create", "serviceaccount", "builder", "-n", "new")
    assert place.listed("new", "builder") == []
    place.kubectl("delete", "mutatingadmissionpolicies,mutatingadmissionpolicybindings", "--all")


def _list(*names: str) -> str:
    return json.dumps({"imagePullSecrets": [{"name": name} for name in names]})


def _wait_for_account(place: Place, namespace: str) -> None:
    read = ("get", "serviceaccount", "default", "-n", namespace)
    until(lambda: place.kubectl(*read, expect=None).status == 0, f"the service account of namespace {namespace}")


def test_job_copies_and_does_nothing_else(place: Place) -> None:
    for namespace in ("team-a", "team-b"):
        place.kubectl("create", "namespace", namespace)
        _wait_for_account(place, namespace)
    place.create(docker_config_secret("key", {"r.example": registry_entry()}), "default")
    place.create(docker_config_secret("key", {"theirs.example": registry_entry()}), "team-b")
    place.apply(*_CRON_JOB)
    place.apply(_CRON_JOB[0], "second", *_CRON_JOB[2:])  # beside it, with an account and a policy of its own
    command = _command(place)
    other = docker_config_secret("other", {"r.example": registry_entry()})
    until(lambda: place.create(other, "team-a", f"--as={_JOB}", expect=None).status, "the fence to be in effect")

    copied = place.pullsecret(*command, f"--as={_JOB}", expect=1)

    assert "secret/key created in namespace team-a" in copied.stdout
    assert 'secrets "key" already exists in namespace team-b and is not managed' in copied.stderr
    assert place.listed("team-a") == place.listed("default") == ["key"]
    again = place.pullsecret(*command, "--exclude=team-b", f"--as={_JOB}")
    assert {line.split()[1] for line in again.stdout.splitlines()} == {"unchanged"}
    place.kubectl("label", "secret", "key", "-n", "team-a", "theirs=stays")
    renewed = {"data": docker_config_secret("key", {"r.example": registry_entry()})["data"]}
    place.kubectl("patch", "secret", "key", "-n", "default", "-p", json.dumps(renewed))
    updated = place.pullsecret(*command, "--exclude=team-b", f"--as={_JOB}")
    assert "secret/key configured in namespace team-a" in updated.stdout
    assert _refusals(place) == []


def _command(place: Place) -> list[str]:
    """The command line of the job."""
    manifests = json.loads(place.pullsecret("generate", *_CRON_JOB, "-o", "json").stdout)["items"]
    (spec,) = [item["spec"] for item in manifests if item["kind"] == "CronJob"]
    arguments: list[str] = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
    return arguments


def _refusals(place: Place) -> list[str]:
    """The attempts of the job's account that the server let through."""
    marked = {**docker_config_secret("key", {"r.example": registry_entry()}), "type": "Opaque"}
    token = {
        "kind": "Secret",
        "metadata": {"name": "key", "annotations": {"kubernetes.io/service-account.name": "default"}},
        "type": "kubernetes.io/service-account-token",
    }
    owned = docker_config_secret("key", {"r.example": registry_entry()})
    owned["metadata"]["ownerReferences"] = [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}]
    as_job = f"--as={_JOB}"
    place.kubectl("create", "namespace", "empty")
    _wait_for_account(place, "empty")
    attempts = {
        "token in kube-system": place.create(token, "kube-system", as_job, expect=None),
        "token in a namespace": place.create(token, "empty", as_job, expect=None),
        "other type": place.create(marked, "empty", as_job, expect=None),
        "owner": place.create(owned, "empty", as_job, expect=None),
        "system namespace": place.create(
            docker_config_secret("key", {"r.example": registry_entry()}), "kube-system", as_job, expect=None
        ),
        **{
            f"{kind} {namespace} {change}": place.kubectl(
                "patch", kind, "-n", namespace, as_job, "--type=merge", "-p", change, expect=None
            )
            for kind, namespace, change in (
                ("secret/key", "default", _NOW),
                ("secret/key", "team-b", _NOW),
                ("secret/key", "team-a", '{"metadata":{"finalizers":["x.example/y"]}}'),
                ("secret/key", "team-a", '{"metadata":{"annotations":{"x.example/replicate-from":"a/b"}}}'),
                ("secret/key", "team-a", '{"metadata":{"labels":{"x.example/y":"z"}}}'),
                ("serviceaccount/default", "team-a", _NOW),
                ("serviceaccount/default", "team-a", '{"automountServiceAccountToken":false}'),
                ("serviceaccount/default", "team-a", '{"secrets":[{"name":"key"}]}'),
                ("serviceaccount/default", "team-a", '{"metadata":{"labels":{"a":"b"}}}'),
                ("serviceaccount/default", "team-a", _list("key", "other")),
                ("serviceaccount/default", "team-a", _list()),
                ("serviceaccount/default", "kube-system", _list("key")),
            )
        },
        "token request": place.kubectl("create", "token", "default", "-n", "team-a", as_job, expect=None),
        "delete": place.kubectl("delete", "secret", "key", "-n", "team-a", as_job, expect=None),
        "other secrets": place.kubectl("get", "secrets", "-n", "team-a", as_job, expect=None),
        "other secret": place.kubectl("get", "secret", "x", "-n", "team-a", as_job, expect=None),
    }
    return [name for name, result in attempts.items() if result.status == 0 or "denied" not in _why(result)]


def _why(result: Result) -> str:
    """What the server says; RBAC says forbidden, the policy denied."""
    return result.stderr.replace("is forbidden: User", "denied by RBAC: User")


def test_policy_of_a_server_that_has_no_such_kind_is_a_clear_error(place: Place) -> None:
    manifests = place.pullsecret("generate", "admission-policy", "key").stdout
    too_new = manifests.replace("admissionregistration.k8s.io/v1", "admissionregistration.k8s.io/v9")
    result = place.kubectl("apply", "-f", "-", input=too_new, expect=1)
    assert 'no matches for kind "MutatingAdmissionPolicy"' in result.stderr
    assert "Kubernetes 1.36 or later" in manifests
