"""What can-pull takes for a workload, and what for an image."""

from __future__ import annotations

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.request.pullable import images_and_workloads

WORKLOADS = {
    "deployment/web": ("deployment", Kind.DEPLOYMENT),
    "deploy/web": ("deployment", Kind.DEPLOYMENT),
    "deployments.apps/web": ("deployment", Kind.DEPLOYMENT),
    "po/web": ("pod", Kind.POD),
    "cj/web": ("cronjob", Kind.CRON_JOB),
    "rollouts.v1alpha1.argoproj.io/web": ("rollouts.v1alpha1.argoproj.io", None),
}
IMAGES = (
    "nginx",
    "nginx:1",
    "acme/web",
    "us.icr.io/acme/web:1",
    "rollouts.argoproj.io/web",
    "deployment/web:1",
    "deployment/web@sha256:" + "a" * 64,
    "docker.io/deployment/web",
    "registry.v1.example.com:5000/web",
    "job/a/b",
    "service/web:1",
    "docker.io/service/web",
)


@pytest.mark.parametrize(("word", "expected"), WORKLOADS.items(), ids=WORKLOADS)
def test_type_and_name_is_a_workload(word: str, expected: tuple[str, Kind | None]) -> None:
    images, (workload,) = images_and_workloads([word])

    assert (images, workload.type, workload.kind, workload.name) == ((), *expected, "web")


@pytest.mark.parametrize("word", IMAGES)
def test_everything_else_is_an_image(word: str) -> None:
    assert images_and_workloads([word, word]) == ((word,), ())


@pytest.mark.parametrize(
    "word", ["deployment", "pods", "deployment/Web", "pod/", "svc/web", "Secret/regcred", "sa/builder"]
)
def test_type_without_a_valid_name_or_without_pods_is_refused(word: str) -> None:
    with pytest.raises(UsageError):
        images_and_workloads([word])
