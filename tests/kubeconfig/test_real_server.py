"""A real API server authenticates us as the same user as kubectl."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.kubectl_oracle import connection_flags
from pullsecret.cluster import connect
from pullsecret.cluster.http.request import ApiRequest

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster
    from program import Program

REVIEW = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param([], id="administrator"),
        pytest.param(["--as=bob"], id="as bob"),
        pytest.param(["--as=bob", "--as-group=one", "--as-group=two", "--as-uid=7"], id="as bob of groups"),
        pytest.param(["--as=system:serviceaccount:default:default"], id="as a service account"),
    ],
)
def test_who_am_i(plane: Cluster, kubectl: Program, tmp_path: Path, flags: list[str]) -> None:
    theirs = json.loads(kubectl("auth", "whoami", "--output=json", *flags).stdout)["status"]["userInfo"]

    assert who_am_i(plane.admin_kubeconfig, flags, str(tmp_path)) == theirs


def test_who_am_i_with_another_token(plane: Cluster, kubectl: Program, tmp_path: Path) -> None:
    user = plane.new_user()
    flags = [f"--token={user.token}"]
    theirs = json.loads(kubectl("auth", "whoami", "--output=json", *flags).stdout)["status"]["userInfo"]

    assert who_am_i(plane.admin_kubeconfig, flags, str(tmp_path)) == theirs
    assert theirs["username"] == user.name


def who_am_i(kubeconfig: Path, flags: list[str], home: str) -> dict[str, Any]:
    cluster = connect(connection_flags((f"--kubeconfig={kubeconfig}", *flags)), environ={"HOME": home})
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = cluster._transport.send(ApiRequest(method="POST", path=path, body=json.dumps(REVIEW).encode()))  # noqa: SLF001
    who: dict[str, Any] = json.loads(answer.body)["status"]["userInfo"]
    return who
