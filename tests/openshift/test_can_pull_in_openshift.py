"""can-pull in OpenShift: mirrors, the global pull secret of the nodes, and images of other projects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from documents import items_in
from objects import docker_config_secret, named, registry_entry, rule, service_account
from openshift.cluster import INTERNAL_HOST
from openshift.generated_secret import generate_secret
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from rights import Rights

GROUP, PLURAL = "config.openshift.io/v1", "imagetagmirrorsets"


def answer(program: Program, *words: str) -> Object:
    """The one answer of a run, whatever its status."""
    (found,) = items_in(program("can-pull", *words, "-o", "json", expect=None).stdout)
    return found


def test_mirrors_and_the_global_pull_secret_count(
    openshift: OpenShift, os_pullsecret: Program, projects: Namespaces
) -> None:
    (project,) = projects(1)
    entries = {"mirrored.example": registry_entry(), "own.example": registry_entry()}
    openshift.api.create(docker_config_secret("regcred", entries), project)
    openshift.api.create(service_account("puller", ["regcred"]), project)
    shared = docker_config_secret("pull-secret", {"nodes.example": registry_entry()})
    openshift.api.create(shared, "openshift-config")
    rule = {"source": "mirrored.example", "mirrors": ["mirror.example/all"], "mirrorSourcePolicy": "NeverContactSource"}
    openshift.apply(GROUP, PLURAL, named("ImageTagMirrorSet", "can-pull", spec={"imageTagMirrors": [rule]}))
    where = ("-n", project, "--serviceaccount=puller")
    try:
        found = {host: answer(os_pullsecret, f"{host}.example/app:1", *where) for host in ("mirrored", "own", "nodes")}
    finally:
        openshift.remove(GROUP, PLURAL, "can-pull")
        openshift.api.delete("Secret", "pull-secret", "openshift-config")

    assert {host: (item["result"], item["reason"]) for host, item in found.items()} == {
        "mirrored": ("unknown", "MirrorWithoutSecret"),
        "own": ("yes", "CredentialsMatch"),
        "nodes": ("yes", "NodeCredentials"),
    }


def test_image_of_another_project_needs_a_role_there(
    openshift: OpenShift, os_pullsecret: Program, projects: Namespaces
) -> None:
    images, project = projects(2)
    generate_secret(openshift.api, project, "default")
    image = f"{INTERNAL_HOST}/{images}/app:1"

    before = answer(os_pullsecret, image, "-n", project)
    os_pullsecret("allow-pull", "--from", images, "-n", project)
    after = answer(os_pullsecret, image, "-n", project)

    assert (before["result"], before["reason"]) == ("unknown", "ImageOfOtherProject")
    assert f"allow-pull --from={images}" in before["advice"]
    assert (after["result"], after["reason"]) == ("yes", "CredentialsMatch")


def test_what_a_tenant_may_not_read_of_the_nodes_leaves_the_answer_open(
    os_pullsecret: Program, os_restricted: Rights, projects: Namespaces
) -> None:
    (project,) = projects(1)
    kubeconfig = os_restricted(Grant(rule("get", "secrets"), rule("get", "serviceaccounts"), namespace=project))

    as_tenant = os_pullsecret("can-pull", "us.icr.io/acme/web:1", "-n", project, kubeconfig=kubeconfig)
    as_administrator = os_pullsecret("can-pull", "us.icr.io/acme/web:1", "-n", project, expect=1)

    assert "note: not allowed to read the global pull secret; which credentials the nodes have is not known" in (
        as_tenant.stderr.splitlines()
    )
    assert as_tenant.stdout.startswith("unknown us.icr.io/acme/web:1 ")
    assert as_administrator.stdout.startswith("no      us.icr.io/acme/web:1 ")
