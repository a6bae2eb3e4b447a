"""`report` in OpenShift: the nodes have credentials of the global pull secret, where that may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from html_page import HtmlPage, text_of
from objects import pod, rule, service_account
from rights import Grant

if TYPE_CHECKING:
    from pathlib import Path

    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from rights import Rights

MARK = {"openshift.io/internal-registry-pull-secret-ref": "builder-dockercfg-x"}
INTERNAL = "image-registry.openshift-image-registry.svc:5000"
KINDS = "serviceaccounts secrets pods replicationcontrollers"
GROUPS = {"apps": "deployments statefulsets daemonsets replicasets", "batch": "jobs cronjobs"}


@pytest.fixture
def project(self_managed: OpenShift, projects: Namespaces) -> str:
    """A project with pods whose images are on Red Hat's registry and in another project."""
    (name,) = projects(1)
    builder = service_account("builder")
    self_managed.api.create({**builder, "metadata": {**builder["metadata"], "annotations": MARK}}, name)
    for number, image in enumerate(("registry.redhat.io/ubi9/ubi:1", f"{INTERNAL}/build/web:1")):
        self_managed.api.create(pod(f"p{number}", image, "nowhere"), name)
    return name


def states(os_pullsecret: Program, project: str, kubeconfig: Path | None = None) -> tuple[dict[str, str], str]:
    """The state of each registry that the project uses, and what is on stderr."""
    result = os_pullsecret("report", "-n", project, kubeconfig=kubeconfig)
    rows = [[text_of(cell) for cell in row if cell.tag in ("th", "td")] for row in HtmlPage(result.stdout).all("tr")]
    header, cells = next((row, rows[at + 1]) for at, row in enumerate(rows) if row[0] == "Namespace")
    return dict(zip(header[1:], cells[1:], strict=True)), result.stderr


def test_nodes_have_the_credentials_of_the_global_pull_secret(os_pullsecret: Program, project: str) -> None:
    found, said = states(os_pullsecret, project)

    assert found == {"registry.redhat.io": "nodes", INTERNAL: "unknown"}
    assert said == ""


def test_without_permission_to_read_the_global_pull_secret_it_is_unknown_and_said(
    os_pullsecret: Program, project: str, os_restricted: Rights
) -> None:
    rules = [rule("list", resource) for resource in KINDS.split()]
    rules += [rule("list", kind, group=group) for group, kinds in GROUPS.items() for kind in kinds.split()]
    rules.append(rule("list", "buildconfigs", group="build.openshift.io"))
    kubeconfig = os_restricted(*(Grant(one, namespace=project) for one in rules), namespace=project)

    found, said = states(os_pullsecret, project, kubeconfig)

    assert found["registry.redhat.io"] == "unknown"
    assert "note: not allowed to read the global pull secret" in said
