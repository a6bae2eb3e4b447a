"""What docs/guides/manifests.md shows: a folder that would fail in four ways, and a reference with a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from objects import deployment, docker_config_secret, pod, registry_entry
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Object
    from program import Program

pytestmark = pytest.mark.source

CART = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: cart
  namespace: shop
spec:
  template:
    spec:
      imagePullSecrets:
        - name: ""
      containers:
        - name: cart
          image: us.icr.io/sh/cart:7
"""
REPORT = """\
apiVersion: batch/v1
kind: CronJob
metadata:
  name: report
  namespace: jobs
spec:
  schedule: "@daily"
  jobTemplate:
    spec:
      template:
        spec:
          imagePullSecrets:
            - name: regcred
          containers:
            - name: report
              image: registry.example.com/shop/report:2
"""


def web(*secrets: str) -> str:
    template = pod("web", "eu.registry.example.com/shop/web:1.4", "", pull_secrets=secrets)
    return yaml.safe_dump({"apiVersion": "apps/v1", **deployment("web", template)}, sort_keys=False)


def test_check_of_a_folder_prints_what_the_guide_shows(offline: Program, tmp_path: Path) -> None:
    secret = docker_config_secret("regcred", {"registry.example.com": registry_entry()}, namespace="shop")
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "cart.yaml").write_text(CART)
    (folder / "report.yaml").write_text(REPORT)
    (folder / "secret.yaml").write_text(yaml.safe_dump({"apiVersion": "v1", **secret}, sort_keys=False))
    (folder / "web.yaml").write_text(web("regcred"))

    checked = offline("check", "--from-file", folder, expect=1)

    shown = f"$ kubectl pullsecret check --from-file deploy/\n{checked.stdout}{checked.stderr}"
    assert_shown("check_manifests", shown, {str(folder): "deploy"})


def test_check_with_a_cluster_prints_what_the_guide_shows(
    pullsecret: Program, namespace: str, tmp_path: Path, in_default: Callable[[Object], None]
) -> None:
    name = f"eu-{namespace}"
    in_default(docker_config_secret(name, {"eu.registry.example.com": registry_entry()}))
    (tmp_path / "web.yaml").write_text(web(name))

    checked = pullsecret("check", "--from-file", tmp_path / "web.yaml", "-n", namespace, expect=1)

    shown = f"$ kubectl pullsecret check --from-file web.yaml -n shop\n{checked.stdout}{checked.stderr}"
    assert_shown(
        "check_manifests_cluster",
        shown,
        {str(tmp_path / "web.yaml"): "web.yaml", name: "regcred-eu", namespace: "shop"},
    )
