"""The waiting pods that a run helps, those that it does not help, and their owners."""

from __future__ import annotations

import pytest

from objects import docker_config_secret, encoded, references, registry_entry
from pullsecret.model.objects.objects import Kind, Object
from pullsecret.model.objects.pod import is_stopped_by_malformed_secret, owner_of, waiting_images
from pullsecret.model.plan.waiting_pods import NewSecrets, Recovery, RestartHint, keys_of, restart_hints_for

IMAGE = "reg.example/team/app:1"
ACCOUNT = (Kind.SERVICE_ACCOUNT, "default")


def pod(
    reason: str = "ErrImagePull",
    *,
    image: str = IMAGE,
    own: tuple[str, ...] = (),
    name: str = "app",
    account: str = "",
    owner: Object | None = None,
) -> Object:
    """A pod with one container that waits for a reason; `own` are the secrets that it lists itself."""
    spec = {"imagePullSecrets": references(own), "serviceAccountName": account}
    return {
        "metadata": {"name": name, "namespace": "team", **(owner or {})},
        "spec": {"containers": [{"name": "main", "image": image}], **spec},
        "status": {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": reason}}}]},
    }


def new_secrets(*, placed: bool = False, account_had: tuple[str, ...] | None = ()) -> NewSecrets:
    """The secret `good` for reg.example/team; `account_had` is the default account's list, None: not attached."""
    return NewSecrets(
        namespace="team",
        keys={"good": ("reg.example/team",)},
        placed=frozenset({"good"} if placed else ()),
        accounts={} if account_had is None else {"default": account_had},
    )


def owned_by(kind: str, name: str, **labels: str) -> Object:
    return {"labels": labels, "ownerReferences": [{"kind": kind, "name": name, "controller": True}]}


DEPLOYED = owned_by("ReplicaSet", "app-5d4f", **{"pod-template-hash": "5d4f"})

NEEDS: dict[str, tuple[Object, NewSecrets, tuple[Recovery, tuple[Kind, str] | None] | None]] = {
    "names-it-and-we-put-it": (pod(own=("good",)), new_secrets(placed=True), (Recovery.WAIT, (Kind.SECRET, "good"))),
    "names-it-and-it-was-there": (pod(own=("good",)), new_secrets(), (Recovery.WAIT, None)),
    "made-before-attach": (pod(), new_secrets(), (Recovery.RECREATE, ACCOUNT)),
    "back-off": (pod("ImagePullBackOff"), new_secrets(), (Recovery.RECREATE, ACCOUNT)),
    "inherited-an-older-list": (
        pod(own=("old",), owner=DEPLOYED),
        new_secrets(account_had=("old",)),
        (Recovery.RECREATE, ACCOUNT),
    ),
    "bare-with-an-inherited-list": (
        pod(own=("old",)),
        new_secrets(account_had=("old",)),
        (Recovery.EDIT_TEMPLATE, ACCOUNT),
    ),
    "list-of-its-own": (pod(own=("other",), owner=DEPLOYED), new_secrets(), (Recovery.EDIT_TEMPLATE, ACCOUNT)),
    "not-attached": (pod(), new_secrets(placed=True, account_had=None), None),
    "another-account": (pod(account="puller"), new_secrets(), None),
    "another-registry": (pod(image="other.example/team/app:1"), new_secrets(), None),
    "another-path": (pod(image="reg.example/other/app:1"), new_secrets(), None),
    "waits-for-something-else": (pod("ContainerCreating"), new_secrets(), None),
    "crashes": (pod("CrashLoopBackOff"), new_secrets(), None),
    "bad-image-name": (pod("InvalidImageName"), new_secrets(), None),
    "malformed-and-names-it": (
        pod("illegal base64 data at input byte 0", own=("good",)),
        new_secrets(placed=True),
        (Recovery.WAIT, (Kind.SECRET, "good")),
    ),
    "malformed-of-another": (
        pod("illegal base64 data at input byte 0", own=("other",)),
        new_secrets(placed=True),
        None,
    ),
}


@pytest.mark.parametrize(("waiting", "given", "expected"), NEEDS.values(), ids=NEEDS.keys())
def test_waiting_pod_needs(
    waiting: Object, given: NewSecrets, expected: tuple[Recovery, tuple[Kind, str] | None] | None
) -> None:
    found = restart_hints_for([waiting], given)

    assert [(hint.recovery, hint.cause) for hint in found] == ([expected] if expected else [])


def test_hint_is_one_for_all_pods_of_an_owner() -> None:
    pods = [pod(name=f"app-5d4f-{n}", owner=DEPLOYED) for n in range(3)]

    assert restart_hints_for([*pods, pod(name="alone")], new_secrets()) == (
        RestartHint(
            namespace="team",
            secret="good",  # noqa: S106  a name
            owner="deployment/app",
            pods=("app-5d4f-0", "app-5d4f-1", "app-5d4f-2"),
            recovery=Recovery.RECREATE,
            cause=ACCOUNT,
        ),
        RestartHint(
            namespace="team",
            secret="good",  # noqa: S106  a name
            owner="pod/alone",
            pods=("alone",),
            recovery=Recovery.RECREATE,
            cause=ACCOUNT,
        ),
    )


def test_secret_that_the_kubelet_cannot_parse_promises_nothing() -> None:
    waiting = pod("illegal base64 data at input byte 0", own=("good",))
    given = NewSecrets(namespace="team", keys={"good": ()}, placed=frozenset({"good"}), accounts={})

    assert restart_hints_for([waiting], given) == ()


REASONS = {
    "unable to parse auth field, must be formatted as base64(username:password)": True,
    "illegal base64 data at input byte 0": True,
    "json: cannot unmarshal array into Go struct field DockerConfigJSON.auths": True,
    "invalid character 'x' looking for beginning of value": True,
    "ErrImagePull": False,
    "ImagePullBackOff": False,
    "ContainerCreating": False,
}


@pytest.mark.parametrize(("reason", "is_stopped"), REASONS.items(), ids=[text.partition(",")[0] for text in REASONS])
def test_malformed_secret_is_recognized_by_the_message(reason: str, *, is_stopped: bool) -> None:
    assert is_stopped_by_malformed_secret(pod(reason)) is is_stopped


def test_waiting_images_are_those_of_init_containers_too() -> None:
    waiting = {"waiting": {"reason": "ImagePullBackOff"}}
    seen: Object = {
        "spec": {
            "initContainers": [{"name": "first", "image": "a.example/x"}],
            "containers": [{"name": "main", "image": "b.example/y"}, {"name": "side", "image": "c.example/z"}],
        },
        "status": {
            "initContainerStatuses": [{"name": "first", "state": waiting}],
            "containerStatuses": [{"name": "side", "state": waiting}, {"name": "main", "state": {"running": {}}}],
        },
    }

    assert waiting_images(seen) == ("a.example/x", "c.example/z")
    assert waiting_images({"spec": {}, "status": {}}) == ()


OWNERS = {
    "bare": ({}, "pod/app"),
    "deployment": (DEPLOYED, "deployment/app"),
    "replica-set-alone": (owned_by("ReplicaSet", "app-5d4f"), "replicaset/app-5d4f"),
    "replica-set-of-another-hash": (
        owned_by("ReplicaSet", "app-5d4f", **{"pod-template-hash": "other"}),
        "replicaset/app-5d4f",
    ),
    "stateful-set": (owned_by("StatefulSet", "db"), "statefulset/db"),
    "daemon-set": (owned_by("DaemonSet", "agent"), "daemonset/agent"),
    "job": (owned_by("Job", "import"), "job/import"),
    "only-mentioned": ({"ownerReferences": [{"kind": "ConfigMap", "name": "x"}]}, "pod/app"),
}


@pytest.mark.parametrize(("metadata", "owner"), OWNERS.values(), ids=OWNERS.keys())
def test_owner_is_what_recreates_the_pod(metadata: Object, owner: str) -> None:
    assert owner_of(pod(owner=metadata)) == owner


KEYS = {
    "two": (
        docker_config_secret("x", {"a.example": registry_entry(), "b.example/team": registry_entry()}),
        ("a.example", "b.example/team"),
    ),
    "malformed": (
        docker_config_secret("x", {"a.example": registry_entry(), "b.example": {"auth": encoded("none")}}),
        (),
    ),
    "no-pull-secret": ({"type": "Opaque", "data": {}}, ()),
}


@pytest.mark.parametrize(("secret", "keys"), KEYS.values(), ids=KEYS.keys())
def test_keys_of_a_secret_are_those_that_the_kubelet_reads(secret: Object, keys: tuple[str, ...]) -> None:
    assert keys_of(secret) == keys
