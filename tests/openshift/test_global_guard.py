"""The global pull secret is changed with --global only: other commands leave it, whatever its marks say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import copy_marks, docker_config_secret, made_up_password, registry_entry
from openshift.global_secret import remove_secret, secrets_in
from openshift.written_global import CONFIG, change, read_secret, with_entries, write_bytes

if TYPE_CHECKING:
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program

REFUSAL = (
    'error: secrets "pull-secret" in namespace openshift-config is the global pull secret of the nodes, and is changed '
    "with --global only"
)
NEW = ("--registry=a.example", "--username=puller", "--password-env=WORD")
HERE = ("-n", "openshift-config")


@pytest.mark.parametrize(
    "command",
    [
        ("create", "pull-secret", *NEW, "--overwrite", "--recreate", "--force-conflicts", *HERE),
        ("create", "pull-secret", "--add", *NEW, "--overwrite", "--force-conflicts", *HERE),
        ("create", "pull-secret", "--remove-registry=quay.io", "--overwrite", *HERE),
        ("delete", "pull-secret", "--in-use", *HERE),
        ("rotate", "pull-secret", "--from=openshift-config", "--password-env=WORD", "--verify=off", *HERE),
    ],
    ids=lambda command: " ".join(command[:3]),
)
def test_other_commands_leave_it_unchanged(
    self_managed: OpenShift, os_pullsecret: Program, command: tuple[str, ...]
) -> None:
    """Also one with the marks of this program, which anyone who may write it can add."""
    marks = {"kubectl-pullsecret/managed": "true", "app.kubernetes.io/managed-by": "kubectl-pullsecret"}
    change(self_managed, {"metadata": {"labels": marks}})
    before = read_secret(self_managed)
    done = os_pullsecret(*command, env={"WORD": made_up_password()}, expect=1)
    assert REFUSAL in done.stderr.splitlines()
    assert read_secret(self_managed) == before


def test_copy_of_another_secret_does_not_replace_it(
    self_managed: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    (project,) = projects(1)
    self_managed.api.create(docker_config_secret("ours", {"a.example": registry_entry()}), project)
    before = read_secret(self_managed)
    copying = ("copy", "ours", "--from", project, "--to=openshift-config", "--name=pull-secret", "--overwrite")
    assert os_pullsecret(*copying, expect=1).stderr.splitlines()[0] == REFUSAL
    assert read_secret(self_managed) == before


def test_copy_of_it_into_a_project_is_warned_of(
    self_managed: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    (project,) = projects(1)
    done = os_pullsecret("copy", "pull-secret", "--from=openshift-config", "-n", project, "--dry-run=client")
    assert (
        "warning: secret/pull-secret in namespace openshift-config has the cluster's own credentials, which the nodes "
        "send for every pod: no pod needs a copy, and everyone who may create pods in its namespace can read it"
    ) in done.stderr.splitlines()
    assert self_managed.api.request("GET", f"/api/v1/namespaces/{project}/secrets")["items"] == []


def test_proven_copy_in_its_place_is_not_synced(openshift: OpenShift, os_pullsecret: Program) -> None:
    """It was there before the cluster had a global pull secret, and its proof is valid."""
    source, entries = ("default", "ours"), {"a.example": registry_entry()}
    with secrets_in(openshift, {source: entries}):
        uid = openshift.api.read("Secret", "ours", "default")["metadata"]["uid"]
        marks = copy_marks("default/ours", uid, "openshift-config/pull-secret")
        copy = docker_config_secret("pull-secret", entries, **marks)
        openshift.api.create(copy, "openshift-config", manager="pullsecret")
        try:
            before = read_secret(openshift)
            write_bytes(openshift, with_entries({"a.example": registry_entry()}), source)
            done = os_pullsecret("sync", *HERE)
            assert "is the global pull secret of the nodes, and is changed with --global only" in done.stderr
            assert read_secret(openshift) == before
        finally:
            remove_secret(openshift, *CONFIG)
