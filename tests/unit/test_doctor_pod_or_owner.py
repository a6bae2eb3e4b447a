"""Pods and owners of pods in the spellings that kubectl accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import named
from pullsecret.errors import UsageError
from pullsecret.model.doctor.pod_or_owner import subject_of, subjects_of
from pullsecret.model.objects.pod import is_of

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

SPELLINGS = {
    "app": "pod/app",
    "po/app": "pod/app",
    "Pods/app": "pod/app",
    "deploy/app": "deployment/app",
    "deployments.apps/app": "deployment/app",
    "deployment.v1.apps/app": "deployment/app",
    "sts/app": "statefulset/app",
    "ds/app": "daemonset/app",
    "rs/app": "replicaset/app",
    "job/app": "job/app",
    "cj/app": "cronjob/app",
    "cronjobs/app": "cronjob/app",
    "app-0.x": "pod/app-0.x",
}


@pytest.mark.parametrize(("word", "subject"), SPELLINGS.items(), ids=SPELLINGS)
def test_every_spelling_of_a_type_is_understood(word: str, subject: str) -> None:
    assert subject_of(word) == subject


TYPED = {
    "nothing": ((), ()),
    "pods": (("api", "web"), ("pod/api", "pod/web")),
    "list": (("api,web", "api"), ("pod/api", "pod/web")),
    "type-and-name": (("deployment", "api"), ("deployment/api",)),
    "type-and-names": (("deploy", "api", "web"), ("deployment/api", "deployment/web")),
    "types-joined": (("sts/api", "web"), ("statefulset/api", "pod/web")),
    "pod-called-like-a-type": (("pod", "deployment"), ("pod/deployment",)),
}


@pytest.mark.parametrize(("words", "subjects"), TYPED.values(), ids=TYPED.keys())
def test_words_are_understood_as_kubectl_does(words: tuple[str, ...], subjects: tuple[str, ...]) -> None:
    assert subjects_of(words) == subjects


def test_types_with_and_without_a_name_are_not_mixed() -> None:
    with pytest.raises(UsageError, match="specify TYPE/NAME"):
        subjects_of(["deployment", "sts/api"])


REFUSED = {
    "type-alone": ("deploy", "specify TYPE/NAME, for example deployment/NAME"),
    "no-pods": ("service/app", 'unsupported resource type "service"'),
    "no-name": ("pod/", "invalid resource name"),
    "no-such-name": ("pod/App_1", "invalid resource name"),
    "escape": ("\x1b[2J/x", r'"\x1b[2J"'),
}


@pytest.mark.parametrize(("word", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_type_without_pods_is_refused(word: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        subject_of(word)
    assert message in caught.value.message


def owned(kind: str, name: str, **labels: str) -> Object:
    reference = {"kind": kind, "name": name, "controller": True}
    return named("Pod", "app-x") | {"metadata": {"name": "app-x", "labels": labels, "ownerReferences": [reference]}}


OF = {
    "pod": (named("Pod", "app"), "pod/app", True),
    "another-pod": (named("Pod", "app"), "pod/apps", False),
    "deployment": (owned("ReplicaSet", "app-5d", **{"pod-template-hash": "5d"}), "deployment/app", True),
    "its-replica-set": (owned("ReplicaSet", "app-5d", **{"pod-template-hash": "5d"}), "replicaset/app-5d", True),
    "cron-job": (owned("Job", "app-29384710"), "cronjob/app", True),
    "another-cron-job": (owned("Job", "app-x-29384710"), "cronjob/app", False),
    "job-by-hand": (owned("Job", "app-by-hand"), "cronjob/app", False),
}


@pytest.mark.parametrize(("pod", "subject", "is_its"), OF.values(), ids=OF.keys())
def test_pod_belongs_to_its_owner_and_to_the_owners_owner(pod: Object, subject: str, *, is_its: bool) -> None:
    assert is_of(pod, subject) is is_its
