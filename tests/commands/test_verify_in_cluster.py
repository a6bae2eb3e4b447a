"""`verify --in-cluster` in a cluster that is not OpenShift."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from program import Program


def test_cluster_without_image_streams(pullsecret: Program, namespace: str) -> None:
    result = pullsecret("verify", "--in-cluster", "reg.example/a:1", "-n", namespace, expect=2)

    assert (
        result.stderr == 'error: the server doesn\'t have a resource type "imagestreamimports" (image.openshift.io): '
        "not OpenShift\n"
    )
