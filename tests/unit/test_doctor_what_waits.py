"""What doctor judges beside plain containers, and the advice for it: nothing that runs is restarted or changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pytest
from doctor_evidence import (
    HOST,
    IMAGE,
    NOW,
    TEAM,
    deployed,
    evidence_of,
    nameless,
    owned,
    placed,
    secret,
    static,
    template,
    waiting,
)

from objects import named, registry_entry
from pull_messages import CONTAINERD, CRI_O
from pullsecret.model.doctor.automatic import NOTHING_MORE, FixPermissions, fix_plan_for
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.doctor.diagnosis import Report, diagnoses_of
from pullsecret.model.doctor.registry_checks import registry_checks_for
from pullsecret.model.doctor.runtime_messages import sandbox_image
from pullsecret.model.doctor.waiting_container import with_rejected_logins
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.pod import SANDBOX, Wait, image_volumes, owner_of, pull_waits, waits_of
from pullsecret.model.plan.observed import Observed
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.report.doctor import advice, commands, show

if TYPE_CHECKING:
    from control_plane.api import Object
    from pullsecret.model.doctor.evidence import Evidence

EVERYTHING = FixPermissions(overwrite=True, recreate_pods=True)
NOT_FOUND = CONTAINERD["no-such-tag"].of(IMAGE)
NEVER = CONTAINERD["never"].of(IMAGE)
DENIED = CONTAINERD["token-without-right"]
WEIGHTS = "models.example.net/acme/weights:1"
HERE = secret("regcred")
AT_HOME = secret("regcred", namespace="default")
RESTART = "kubectl -n team rollout restart deployment/app"
LOADING = (
    'load the image onto the node (for example with "kind load docker-image", "minikube image load" or '
    '"ctr -n k8s.io images import"); or, if a registry has it, '
)


def debugged(*own: str, image: str = IMAGE, message: str = "") -> Object:
    """A deployed pod that runs, with a debug container that waits for its image."""
    item = deployed(waiting(*own, image="reg.example/running:1"))
    reason = "ErrImageNeverPull" if message == NEVER else "ErrImagePull"
    state = {"waiting": {"reason": reason, "message": message or CONTAINERD["basic-login"].of(image)}}
    status = {
        "phase": "Running",
        "containerStatuses": [{"name": "main", "state": {"running": {}}}],
        "ephemeralContainerStatuses": [{"name": "debugger-x7k2p", "state": state}],
    }
    spec = {**item["spec"], "ephemeralContainers": [{"name": "debugger-x7k2p", "image": image}]}
    return {**item, "spec": spec, "status": status}


def with_volume(item: Object, image: str = WEIGHTS) -> Object:
    """The same pod, whose container mounts a volume of type image and waits for that image."""
    container = {**item["spec"]["containers"][0], "volumeMounts": [{"name": "data"}, {"name": "weights"}]}
    volumes = [{"name": "data", "emptyDir": {}}, {"name": "weights", "image": {"reference": image}}]
    return {**item, "spec": {**item["spec"], "containers": [container], "volumes": volumes}}


def in_init(item: Object) -> Object:
    """The same pod, where an init container or a sidecar waits."""
    spec = {**item["spec"], "initContainers": item["spec"]["containers"], "containers": [{"name": "app", "image": "a"}]}
    return {**item, "spec": spec, "status": {"initContainerStatuses": item["status"]["containerStatuses"]}}


class Row(NamedTuple):
    """What is in the cluster, the commands, and a part of the advice ("": there is none)."""

    evidence: Evidence
    commands: tuple[str, ...] = ()
    advice: str = ""


DEBUG = {
    "attached-for-new-pods": Row(
        evidence_of(debugged(), elsewhere=[AT_HOME]),
        ("kubectl pullsecret copy regcred --from=default --attach -n team",),
        "debug a copy of the pod (kubectl debug --copy-to), or use an image that needs no credentials",
    ),
    "attached-already": Row(
        evidence_of(debugged(), secrets=[HERE], attached=["regcred"], owner=template()), (), "debug a copy of the pod"
    ),
    "of-a-pod-with-an-inherited-list": Row(
        evidence_of(debugged("other"), secrets=[HERE], attached=["other"], owner=template()),
        ("kubectl pullsecret attach regcred -n team",),
        "debug a pod that is created later",
    ),
    "of-a-pod-with-a-list-of-its-own": Row(
        evidence_of(debugged("other"), secrets=[HERE], owner=template("other")), (), "which cannot be changed"
    ),
    "of-an-image-that-is-not-there": Row(
        evidence_of(debugged(message=NOT_FOUND)), (), "a debug container cannot be changed"
    ),
    "with-the-policy-never": Row(
        evidence_of(debugged(message=NEVER), owner=template(made_by="Kafka/events")), (), "a debug container cannot be"
    ),
    "of-a-standalone-pod-with-a-stale-secret": Row(
        evidence_of(
            {**debugged("regcred"), "metadata": waiting()["metadata"]},
            secrets=[secret("regcred", entry=registry_entry("puller"))],
            elsewhere=[AT_HOME],
        ),
        ("kubectl pullsecret copy regcred --from=default --overwrite -n team",),
        "",
    ),
}


@pytest.mark.parametrize("row", DEBUG.values(), ids=DEBUG.keys())
def test_debug_container_is_a_note_and_restarts_nothing(row: Row, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = diagnoses_of(row.evidence)

    assert show(Report(now=NOW, diagnoses=(found,)), Output(), CommandStyle()) == 0
    assert capsys.readouterr().out.startswith(
        f"note: debug container debugger-x7k2p of pod/app in namespace {TEAM}: cannot pull {IMAGE}; "
    )
    assert commands(found, CommandStyle()) == row.commands
    assert row.advice in advice(found, CommandStyle())
    assert bool(row.advice) is bool(advice(found, CommandStyle()))
    assert found.restarts == ()


@pytest.mark.parametrize("permissions", [NOTHING_MORE, EVERYTHING], ids=["as-it-is", "with-all-flags"])
def test_fix_copies_and_attaches_for_a_debug_container_and_never_restarts(permissions: FixPermissions) -> None:
    found = fix_plan_for(diagnoses_of(DEBUG["attached-for-new-pods"].evidence), permissions)

    assert [step.words[0] for _, step in found.steps] == ["copy"]
    assert [item.owners for item in found.fixes] == [()]
    assert found.manual == ()


CHANGED = {
    "init-container": Row(
        evidence_of(deployed(in_init(waiting(message=NOT_FOUND)))),
        ("kubectl -n team set image deployment/app main=reg.example/team/app:TAG",),
    ),
    "container-that-admission-added": Row(
        evidence_of(deployed(waiting(message=NOT_FOUND)), owner=template(containers=["other"])),
        (),
        "change the image in what adds container main to the pods: the template of deployment/app does not have it",
    ),
    "image-volume": Row(
        evidence_of(deployed(with_volume(waiting(message=CONTAINERD["no-such-tag"].of(WEIGHTS))))),
        (
            (
                "kubectl -n team patch deployment/app "
                """-p '{"spec":{"template":{"spec":{"volumes":[{"name":"weights","image":"""
                """{"reference":"models.example.net/acme/weights:TAG"}}]}}}}'"""
            ),
        ),
    ),
    "image-volume-of-a-standalone-pod": Row(
        evidence_of(with_volume(waiting(message=CONTAINERD["no-such-tag"].of(WEIGHTS)))), (), "volumes of a pod cannot"
    ),
    "standalone-pod": Row(
        evidence_of(waiting(message=NOT_FOUND)), ("kubectl -n team set image pod/app main=reg.example/team/app:TAG",)
    ),
    "stateful-set": Row(
        evidence_of(owned(waiting(message=NOT_FOUND), "StatefulSet", group="apps/v1")),
        (
            (
                "kubectl -n team set image statefulset/run main=reg.example/team/app:TAG && "
                "kubectl -n team delete pod app --ignore-not-found"
            ),
        ),
    ),
    "job": Row(
        evidence_of(owned(waiting(message=NOT_FOUND), "Job", group="batch/v1")),
        (),
        "change the image in a new job: the template of a job cannot be changed",
    ),
    "custom-owner": Row(
        evidence_of(owned(waiting(message=NOT_FOUND), "Workflow")), (), "the pods of workflow/run, where they are"
    ),
    "owner-of-the-owner": Row(
        evidence_of(deployed(waiting(message=NOT_FOUND)), owner=template(made_by="Kafka/events")),
        (),
        "change the image in kafka/events, which created deployment/app",
    ),
    "static-pod": Row(
        evidence_of(static(waiting(message=NOT_FOUND))), (), "change the image in the manifest of the pod on node node"
    ),
    "never-in-a-pod": Row(
        evidence_of(waiting(message=NEVER, reason="ErrImageNeverPull")),
        (),
        f"{LOADING}create the pod again with imagePullPolicy IfNotPresent: that of a pod cannot be changed",
    ),
    "never-in-a-job": Row(
        evidence_of(owned(waiting(message=NEVER, reason="ErrImageNeverPull"), "Job", group="batch/v1")),
        (),
        f"{LOADING}create the job again with imagePullPolicy IfNotPresent: that of a job cannot be changed",
    ),
    "never-in-a-deployment": Row(
        evidence_of(deployed(waiting(message=NEVER, reason="ErrImageNeverPull")), owner=template()),
        (),
        f"{LOADING}set imagePullPolicy to IfNotPresent in deployment/app",
    ),
    "never-in-a-volume": Row(
        evidence_of(
            deployed(with_volume(waiting(message=CONTAINERD["never"].of(WEIGHTS), reason="ErrImageNeverPull")))
        ),
        (),
        f"{LOADING}set pullPolicy of volume weights to IfNotPresent in deployment/app",
    ),
    "never-in-a-static-pod": Row(
        evidence_of(static(waiting(message=NEVER, reason="ErrImageNeverPull"))), (), "in the manifest of the pod on"
    ),
}


@pytest.mark.parametrize("row", CHANGED.values(), ids=CHANGED.keys())
def test_image_is_changed_where_it_can_be_changed(row: Row) -> None:
    (found,) = diagnoses_of(row.evidence)

    assert commands(found, CommandStyle()) == row.commands
    assert row.advice in advice(found, CommandStyle())
    assert bool(row.advice) is bool(advice(found, CommandStyle()))
    assert fix_plan_for([found], EVERYTHING).fixes == ()


def run_once(kind: str, *own: str, group: str = "example.com/v1") -> Evidence:
    return evidence_of(owned(waiting(*own), kind, group=group), elsewhere=[AT_HOME])


AGENT = {"apiVersion": "example.com/v1", "kind": "Agent", "name": "run"}
COPY = "kubectl pullsecret copy regcred --from=default --attach -n team"
UNKNOWN = "what {} does when its pod is deleted is not known; if it runs once, start it again"
OWNERS = {
    "workflow": Row(run_once("Workflow"), (COPY,), UNKNOWN.format("workflow/run")),
    "task-run": Row(run_once("TaskRun"), (COPY,), UNKNOWN.format("taskrun/run")),
    "spark-application": Row(run_once("SparkApplication"), (COPY,), UNKNOWN.format("sparkapplication/run")),
    "job-of-another-group": Row(
        run_once("Job", group="batch.volcano.sh/v1alpha1"), (COPY,), UNKNOWN.format("job.batch.volcano.sh/run")
    ),
    "stateful-set-of-another-group": Row(
        run_once("StatefulSet", group="apps.kruise.io/v1"), (COPY,), UNKNOWN.format("statefulset.apps.kruise.io/run")
    ),
    "executor-of-a-spark-driver": Row(run_once("Pod", group="v1"), (COPY,), UNKNOWN.format("pod.v1/run")),
    "owner-that-is-no-controller": Row(
        evidence_of(
            {**waiting(), "metadata": {**waiting()["metadata"], "ownerReferences": [AGENT]}},
            elsewhere=[AT_HOME],
        ),
        (COPY,),
        UNKNOWN.format("agent/run"),
    ),
    "workflow-with-a-list": Row(
        run_once("Workflow", "other"),
        ("kubectl pullsecret copy regcred --from=default -n team",),
        "add regcred to the imagePullSecrets of the pods in workflow/run; if it runs once, start it again",
    ),
    "deployment-of-an-operator": Row(
        evidence_of(deployed(waiting()), secrets=[HERE], owner=template(made_by="Kafka/events")),
        ("kubectl pullsecret attach regcred -n team && kubectl -n team delete pod app --ignore-not-found",),
    ),
    "deployment-of-an-operator-with-a-list": Row(
        evidence_of(deployed(waiting("other")), secrets=[HERE], owner=template("other", made_by="Kafka/events")),
        (),
        "deployment/app is owned by Kafka events: change it in Kafka events",
    ),
}


@pytest.mark.parametrize("row", OWNERS.values(), ids=OWNERS.keys())
def test_owner_is_not_claimed_to_do_what_is_not_known(row: Row) -> None:
    (found,) = diagnoses_of(row.evidence)

    assert commands(found, CommandStyle()) == row.commands
    assert row.advice in advice(found, CommandStyle())
    assert bool(row.advice) is bool(advice(found, CommandStyle()))


def test_list_of_a_cron_jobs_job_is_changed_in_the_cron_job_too() -> None:
    item = owned(waiting("other"), "Job", group="batch/v1")
    job = placed(named("Job", "run", spec={"template": {"spec": {"imagePullSecrets": [{"name": "other"}]}}}))
    reference = {"apiVersion": "batch/v1", "kind": "CronJob", "name": "nightly", "controller": True}
    evidence = evidence_of(item, secrets=[HERE])
    jobs = Observed(present={(TEAM, "run"): placed(job, ownerReferences=[reference])})

    (found,) = diagnoses_of(replace(evidence, owners={Kind.JOB: jobs}))

    assert "get job/run -o yaml | kubectl patch --local" in commands(found, CommandStyle())[0]
    assert advice(found, CommandStyle()) == (
        "add regcred to the imagePullSecrets of cronjob/nightly, too: it creates the next jobs"
    )


@pytest.mark.parametrize("name", [name for name in OWNERS if name != "deployment-of-an-operator"])
def test_fix_leaves_owners_of_unknown_kinds_and_of_others_alone(name: str) -> None:
    found = fix_plan_for(diagnoses_of(OWNERS[name].evidence), EVERYTHING)

    assert found.fixes == ()
    assert len(found.manual) == 1


NAMELESS = {
    "own-list": Row(
        evidence_of(deployed(nameless(waiting())), secrets=[HERE], attached=["regcred"], owner=template("")),
        (
            (
                "kubectl -n team patch deployment/app --type=merge "
                """-p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"regcred"}]}}}}'"""
            ),
        ),
    ),
    "own-list-and-nothing-attached": Row(
        evidence_of(deployed(nameless(waiting())), elsewhere=[AT_HOME], owner=template("")),
        (
            (
                "kubectl pullsecret copy regcred --from=default -n team && kubectl -n team patch deployment/app "
                """--type=merge -p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"regcred"}]}}}}'"""
            ),
        ),
    ),
    "own-list-with-another-name": Row(
        evidence_of(
            deployed(nameless(waiting(), "other")),
            secrets=[HERE, secret("other", "other.example")],
            owner=template("", "other"),
        ),
        (
            (
                "kubectl -n team patch deployment/app --type=merge "
                """-p '{"spec":{"template":{"spec":{"imagePullSecrets":[{"name":"other"},{"name":"regcred"}]}}}}'"""
            ),
        ),
    ),
    "list-of-a-standalone-pod": Row(
        evidence_of(nameless(waiting()), secrets=[HERE]),
        (
            (
                "kubectl -n team get pod/app -o yaml | kubectl patch --local -f - -o yaml --type=merge "
                """-p '{"spec":{"imagePullSecrets":[{"name":"regcred"}]}}' | kubectl -n team replace --force -f -"""
            ),
        ),
    ),
    "list-of-the-account": Row(
        evidence_of(deployed(nameless(waiting())), secrets=[HERE], attached=[""], owner=template()),
        (f"kubectl pullsecret attach regcred -n team && {RESTART}",),
    ),
}


@pytest.mark.parametrize("row", NAMELESS.values(), ids=NAMELESS.keys())
def test_entry_without_a_name_is_no_secret(row: Row) -> None:
    (found,) = diagnoses_of(row.evidence)

    assert commands(found, CommandStyle()) == row.commands
    assert "secret/ " not in found.cause.text
    assert any("an entry without a name" in line for line in found.secrets)


VOLUMES = {
    "back-off": (f'Back-off pulling image "{WEIGHTS}": ErrImagePull: no basic auth credentials', WEIGHTS),
    "containerd": (CONTAINERD["basic-login"].of(WEIGHTS), WEIGHTS),
    "cri-o": (CRI_O["no-login"].of(WEIGHTS), WEIGHTS),
    "never": (CONTAINERD["never"].of(WEIGHTS), WEIGHTS),
    "of-the-container-itself": (CONTAINERD["basic-login"].of(IMAGE), IMAGE),
    "without-a-name": ("something new", IMAGE),
}


@pytest.mark.parametrize(("message", "image"), VOLUMES.values(), ids=VOLUMES.keys())
def test_message_tells_whether_a_volume_waits(message: str, image: str) -> None:
    (wait,) = pull_waits(with_volume(waiting(message=message)))

    assert (wait.image, wait.volume) == (image, "weights" if image == WEIGHTS else "")


def test_registry_and_tag_that_a_runtime_adds_are_no_other_image() -> None:
    item = with_volume(waiting(message=CONTAINERD["basic-login"].of("docker.io/acme/weights:latest")), "acme/weights")

    assert [wait.volume for wait in waits_of(item)] == ["weights"]
    assert image_volumes(item) == {"weights": "acme/weights"}


def test_secret_for_the_image_of_a_volume_is_matched_with_its_registry() -> None:
    item = deployed(with_volume(waiting(message=CONTAINERD["basic-login"].of(WEIGHTS))))

    (found,) = diagnoses_of(evidence_of(item, secrets=[secret("models", "models.example.net"), HERE]))

    assert found.images == (WEIGHTS,)
    assert found.notes == ("the image is that of volume weights, not of a container",)
    assert commands(found, CommandStyle()) == (f"kubectl pullsecret attach models -n team && {RESTART}",)


NOWHERE = {
    "docker-hub": ("mytool:1", "containerd://2.1.4", "which means Docker Hub: docker.io/library/mytool"),
    "two-parts": ("acme/app:dev", "containerd://2.1.4", "which means Docker Hub: docker.io/acme/app"),
    "cri-o": ("mytool:1", "cri-o://1.33.1", "CRI-O may search other registries for it"),
    "full-name": ("docker.io/library/mytool:1", "containerd://2.1.4", ""),
    "other-registry": (IMAGE, "containerd://2.1.4", ""),
    "registry-without-a-dot": ("localhost/app:1", "containerd://2.1.4", ""),
}


@pytest.mark.parametrize(("image", "runtime", "note"), NOWHERE.values(), ids=NOWHERE.keys())
def test_image_that_may_not_exist_is_not_said_to_be_private(image: str, runtime: str, note: str) -> None:
    item = deployed(waiting(image=image, message=DENIED.of(image)))

    (found,) = diagnoses_of(evidence_of(item, runtime=runtime))

    assert found.cause.code is CauseCode.NO_SECRET
    assert found.cause.text.startswith("there is no such image, or it is private (the registry does not tell which)")
    assert found.error.endswith(", or there is no such image")
    assert note in "".join(found.notes)
    assert bool(note) is bool(found.notes)
    assert "or correct the image name, if there is no such image" in advice(found, CommandStyle())


SENT = {
    "login": ("token-login-401", "rejected the credentials of username puller: wrong, revoked or expired"),
    "manifest": ("basic-login", "wrong, revoked or expired, or not allowed to pull this image"),
    "no-right": ("token-without-right", "not allowed to pull this image from reg.example, or there is no such image"),
    "manifest-403": ("manifest-403", "not allowed to pull this image from reg.example, or there is no such image"),
}


@pytest.mark.parametrize(("message", "words"), SENT.values(), ids=SENT.keys())
def test_refusal_is_no_more_than_the_registry_said(message: str, words: str) -> None:
    item = deployed(waiting("regcred", message=CONTAINERD[message].of(IMAGE)))

    (found,) = diagnoses_of(evidence_of(item, secrets=[HERE], attached=["regcred"]))

    assert found.cause.text.endswith(words)


def test_secret_beside_a_malformed_one_says_which_key_matches() -> None:
    broken = placed({**HERE, "data": {".dockerconfigjson": "eA=="}, "metadata": {"name": "broken"}})
    regions = ("de.icr.io", "icr.io", HOST)

    (found,) = diagnoses_of(evidence_of(waiting("all", "broken"), secrets=[secret("all", *regions), broken]))

    assert found.secrets[0] == f"secret/all: matches {HOST}, but a malformed secret blocks all pulls of the pod"


def test_only_the_first_key_that_does_not_match_is_explained() -> None:
    keys = tuple(f"{HOST}:{port}" for port in (1, 2, 3))

    (found,) = diagnoses_of(evidence_of(waiting("all"), secrets=[secret("all", *keys)]))

    assert found.secrets[0].startswith(f"secret/all: key {HOST}:1 does not match {HOST}/...")
    assert found.secrets[0].endswith("; nor do 2 other keys")


def test_pod_that_is_going_waits_for_nothing() -> None:
    assert pull_waits(placed(waiting(), deletionTimestamp="2026-11-21T12:00:00Z")) == ()


def test_refusal_of_a_sandbox_image_rejects_no_secret() -> None:
    image = f"{HOST}/pause:3.9"
    refused = CONTAINERD["token-login-401"].of(image)
    wait = Wait(container="", image=image, reason=SANDBOX, message=f'failed to get sandbox image "{image}": {refused}')
    item = waiting("regcred", reason="ContainerCreating")
    evidence = evidence_of(item, secrets=[HERE], sandbox=wait)

    assert with_rejected_logins(evidence).rejected == frozenset()
    assert registry_checks_for(evidence) == ()


SANDBOXES = {
    "containerd-1": 'rpc error: desc = failed to get sandbox image "k8s.gcr.io/pause:3.1": failed to pull',
    "containerd-2": 'sandbox "1c0f": failed to get sandbox image "k8s.gcr.io/pause:3.1": failed to pull',
    "cri-o": "rpc error: code = Unknown desc = unable to pull pause image k8s.gcr.io/pause:3.1: reading manifest",
}


@pytest.mark.parametrize("message", SANDBOXES.values(), ids=SANDBOXES.keys())
def test_sandbox_image_is_found_in_the_event(message: str) -> None:
    assert sandbox_image(f"Failed to create pod sandbox: {message}") == "k8s.gcr.io/pause:3.1"
    assert sandbox_image('Failed to create pod sandbox: plugin type="calico" failed (add)') == ""


def test_mirror_of_a_static_pod_is_its_own_owner() -> None:
    assert owner_of(static(waiting())) == "pod/app"
    assert owner_of(owned(named("Pod", "app"), "Node", group="v1")) == "pod/app"
