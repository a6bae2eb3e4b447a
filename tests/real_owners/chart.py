"""What charts and manifests of applications have: an account with a list of pull secrets, one without, and a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object

LISTED = "listed"
BARE = "bare"
REGCRED = "regcred"
CHART = {"apiVersion": "v2", "name": "shop", "version": "1.0.0"}
ACCOUNTS = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: listed
  annotations:
    revision: {{ .Values.revision | quote }}
imagePullSecrets:
- name: regcred
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: bare
  annotations:
    revision: {{ .Values.revision | quote }}
"""
"""Each revision of a release writes the accounts, as with charts that have their version in a label."""


def manifest(revision: int, namespace: str, secret: Object) -> str:
    """What the chart makes in a namespace, as Flux reads it from Git, with that secret."""
    accounts = ACCOUNTS.replace("{{ .Values.revision | quote }}", f'"{revision}"')
    secret = {"apiVersion": "v1", **secret, "metadata": {"name": REGCRED, "namespace": namespace}}
    return f"{accounts.replace('metadata:', f'metadata:{chr(10)}  namespace: {namespace}')}---\n{json.dumps(secret)}\n"


def write_chart(directory: Path) -> Path:
    """Write a chart, whose secret has a random password, and return its directory."""
    chart = directory / "shop"
    templates = chart / "templates"
    templates.mkdir(parents=True)
    secret = docker_config_secret(REGCRED, {"reg.example": registry_entry()})
    (chart / "Chart.yaml").write_text(json.dumps(CHART))
    (chart / "values.yaml").write_text(json.dumps({"revision": 1}))
    (templates / "accounts.yaml").write_text(ACCOUNTS)
    (templates / "secret.yaml").write_text(json.dumps({"apiVersion": "v1", **secret}))
    return chart
