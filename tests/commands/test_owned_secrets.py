"""Secrets that somebody else owns, and marks that a tenant forged: what copy and create do with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import MANAGED, copy_marks, docker_config_secret, registry_entry, rule
from rights import Grant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "team"},
}


def pull_secret(**metadata: object) -> Object:
    return docker_config_secret("regcred", {"reg.example": registry_entry()}, **metadata)


def data_managers(secret: Mapping[str, Object]) -> list[str]:
    fields = secret["metadata"]["managedFields"]
    return [entry["manager"] for entry in fields if "f:data" in entry["fieldsV1"]]


def test_secret_of_helm_is_written_only_with_force_conflicts(
    api: Api, kubectl: Program, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(pull_secret(), home)
    chart = json.dumps({"apiVersion": "v1", **pull_secret(namespace=team, **HELM)})
    applying = ("apply", "--server-side", "--field-manager=helm", "-f", "-")
    kubectl(*applying, input=chart)
    before = api.read("Secret", "regcred", team)
    command = ("copy", "regcred", "--from", home, "-n", team)

    refused = pullsecret(*command, "--overwrite", expect=1)

    assert_golden("copy/owned-by-helm", refused.stderr, namespace=team)
    assert api.read("Secret", "regcred", team) == before

    forced = pullsecret(*command, "--force-conflicts")

    assert forced.stdout == f"secret/regcred configured in namespace {team}\n"
    assert_golden("copy/owned-by-helm-forced", forced.stderr, namespace=team)
    after = api.read("Secret", "regcred", team)
    assert after["metadata"]["labels"] == {**MANAGED, **HELM["labels"]}
    assert data_managers(after) == ["pullsecret"]
    upgrade = kubectl(*applying, input=chart, expect=1)
    assert "Apply failed with 1 conflict" in upgrade.stderr


def test_secret_adopted_by_a_controller_is_not_ours_any_more(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(pull_secret(), home)
    command = ("copy", "regcred", "--from", home, "-n", team)
    pullsecret(*command)
    owner = api.create({"kind": "ConfigMap", "metadata": {"name": "owner"}}, team)["metadata"]["uid"]
    adopted = {"apiVersion": "v1", "kind": "ExternalSecret", "name": "icr", "uid": owner, "controller": True}
    api.patch("Secret", "regcred", {"metadata": {"ownerReferences": [adopted]}, **data_of(pull_secret())}, team)

    result = pullsecret(*command, "--overwrite", expect=1)

    assert_golden("copy/adopted", result.stderr, namespace=team)


def test_secret_that_a_person_edited_is_restored_with_overwrite(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = api.create(pull_secret(), home)
    command = ("copy", "regcred", "--from", home, "-n", team)
    pullsecret(*command)
    api.patch("Secret", "regcred", data_of(pull_secret()), team)

    refused = pullsecret(*command, expect=1)
    restored = pullsecret(*command, "--overwrite")

    assert_golden("copy/edited", refused.stderr, namespace=team)
    assert restored.stdout == f"secret/regcred configured in namespace {team}\n"
    assert api.read("Secret", "regcred", team)["data"] == source["data"]


def test_equal_secret_that_was_taken_over_is_updated_from_then_on(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    source = pull_secret()
    api.create(source, home)
    api.create(source, team)
    command = ("copy", "regcred", "--from", home, "-n", team)

    taken = pullsecret(*command, "--overwrite")
    again = pullsecret(*command, "--overwrite")
    rotated = api.patch("Secret", "regcred", data_of(pull_secret()), home)
    updated = pullsecret(*command)

    done = [result.stdout.split()[1] for result in (taken, again, updated)]
    assert done == ["configured", "unchanged", "configured"]
    assert api.read("Secret", "regcred", team)["data"] == rotated["data"]


def test_lost_registries_are_named_first(pullsecret: Program, namespace: str) -> None:
    icr = ("create", "icr", "--username=a", "--password-stdin", "-n", namespace)
    pullsecret(*icr, "--registry=us.icr.io", "--registry=de.icr.io", input="one")

    refused = pullsecret(*icr, "--registry=us.icr.io", input="two", expect=1)
    written = pullsecret(*icr, "--registry=us.icr.io", "--overwrite", input="two")

    assert_golden("create/fewer-registries", refused.stderr, namespace=namespace)
    assert "warning: secret/icr no longer has entries for de.icr.io\n" in written.stderr


TENANT = [rule("get create patch delete", "secrets")]


@pytest.mark.parametrize("proof", ["none", "guessed", "of-another-place"])
def test_copy_that_a_tenant_forged_gets_no_credential(
    api: Api, kubectl: Program, pullsecret: Program, namespaces: Namespaces, restricted: Rights, proof: str
) -> None:
    """The tenant may write secrets in one namespace, and read a proven copy there; and can forge every mark."""
    home, team = namespaces(2, labels={"forged": proof})
    source = api.create(pull_secret(), home)
    as_tenant = f"--kubeconfig={restricted(Grant(*TENANT, namespace=team))}"
    if proof == "of-another-place":
        pullsecret("copy", "regcred", "--from", home, "-n", team, "--name=theirs")
        read = kubectl("get", "secret", "theirs", "-n", team, "-o", "json", as_tenant).stdout
        marks = json.loads(read)["metadata"]["annotations"]
    else:
        uid = {"none": "", "guessed": "0"}[proof]
        marks = copy_marks(f"{home}/regcred", uid, f"{team}/regcred")["annotations"]
    forged = json.dumps({"apiVersion": "v1", **pull_secret(labels=MANAGED, annotations=marks)})
    kubectl("create", "--field-manager=pullsecret", "-f", "-", "-n", team, as_tenant, input=forged)
    before = api.read("Secret", "regcred", team)
    assert data_managers(before) == ["pullsecret"]
    assert "Forbidden" in kubectl("get", "secret", "regcred", "-n", home, as_tenant, expect=1).stderr

    result = pullsecret("copy", "regcred", "--from", home, "-l", f"forged={proof}", "--overwrite", expect=1)

    assert_golden("copy/unproven", result.stderr, home=home, team=team)
    assert api.read("Secret", "regcred", team) == before
    assert source["data"] != before["data"]

    named = pullsecret("copy", "regcred", "--from", home, "-n", team)

    assert named.stdout == f"secret/regcred configured in namespace {team}\n"


def data_of(secret: Object) -> Object:
    return {"data": secret["data"]}
