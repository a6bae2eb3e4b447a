"""list, describe, check and verify --global on real kinds of OpenShift, and what is said where they are not known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from objects import made_up_jwt, registry_entry, rule
from openshift.global_secret import entries_of_red_hat, of_kind, secrets_in
from rights import Grant
from shown_output import assert_shown

if TYPE_CHECKING:
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights

CONFIG = ("openshift-config", "pull-secret")
ORIGINAL = ("kube-system", "original-pull-secret")
ADDITIONAL = ("kube-system", "additional-pull-secret")
MERGED = ("kube-system", "global-pull-secret")


def test_list_shows_the_global_pull_secret(openshift: OpenShift, os_pullsecret: Program) -> None:
    entries = {**entries_of_red_hat(), "cp.icr.io": registry_entry("cp")}

    with of_kind(openshift), secrets_in(openshift, {CONFIG: entries}):
        done = os_pullsecret("list", "--global", "-o", "json")
        other = os_pullsecret("list", "--global", "--registry", "reg.example")
        named = os_pullsecret("list", "--global", "-o", "name")

    assert named.stdout == "openshift-config secret/pull-secret\n"
    (item,) = json.loads(done.stdout)["items"]
    assert (item["namespace"], item["name"], item["serviceAccounts"]) == (*CONFIG, [])
    assert [entry["server"] for entry in item["registries"]] == list(entries)
    assert (other.status, other.stdout, other.stderr) == (0, "", "The global pull secret has no such entry.\n")


def test_describe_marks_the_entries_that_the_cluster_needs(openshift: OpenShift, os_pullsecret: Program) -> None:
    entries = {**entries_of_red_hat(), "cp.icr.io": registry_entry("cp")}

    with of_kind(openshift), secrets_in(openshift, {CONFIG: entries}):
        lines = os_pullsecret("describe", "--global").stdout
        document = json.loads(os_pullsecret("describe", "--global", "-o", "json").stdout)

    assert "quay.io (required by OpenShift)" in lines
    assert "cp.icr.io (required" not in lines
    assert "nodes, for the pods of all namespaces" in lines
    required = {entry["server"]: entry["required"] for entry in document["items"][0]["registries"]}
    assert required == {**dict.fromkeys(entries_of_red_hat(), True), "cp.icr.io": False}


def test_check_finds_a_copy_under_another_name_and_what_lacks(
    openshift: OpenShift, os_pullsecret: Program, projects: Namespaces
) -> None:
    entries = entries_of_red_hat()
    del entries["registry.redhat.io"]
    (project,) = projects(1)

    with (
        of_kind(openshift),
        secrets_in(openshift, {CONFIG: entries, (project, "mine"): {"quay.io": entries["quay.io"]}}),
    ):
        globally = os_pullsecret("check", "--global", "-o", "json", expect=1)
        everywhere = os_pullsecret("check", "-A", "-o", "json", expect=1)
        there = os_pullsecret("check", "-n", project, "-o", "json")

    expected = {("PS901", *CONFIG), ("PS902", project, "mine")}
    for done in (globally, everywhere):
        found = {(item["code"], item["namespace"], item["secret"]) for item in json.loads(done.stdout)["items"]}
        assert {item for item in found if item[0].startswith("PS9")} == expected
    assert "PS9" not in there.stdout
    assert entries["quay.io"]["password"] not in globally.stdout + globally.stderr


def test_hosted_control_plane_tells_its_three_secrets_apart(openshift: OpenShift, os_pullsecret: Program) -> None:
    entries = entries_of_red_hat()
    added = {"quay.io": registry_entry("acme"), "cp.icr.io": registry_entry("cp")}
    secrets = {ORIGINAL: entries, ADDITIONAL: added, MERGED: {**added, **entries}}

    with of_kind(openshift, control_plane="External"), secrets_in(openshift, secrets):
        listed = os_pullsecret("list", "--global", "-o", "name")
        described = os_pullsecret("describe", "--global")
        checked = os_pullsecret("check", "--global", expect=1)

    assert listed.stdout.splitlines() == [
        f"{namespace} secret/{name}" for namespace, name in (ADDITIONAL, ORIGINAL, MERGED)
    ]
    assert "note: this cluster has a hosted control plane: " in listed.stderr
    assert described.stdout.count("(required by OpenShift)") == 2 * len(entries)
    assert described.stdout.count("nodes, for the pods of all namespaces") == 1
    assert (
        "warning PS903 secret/additional-pull-secret in namespace kube-system: quay.io: has no effect, because "
        "secret/original-pull-secret has another entry under the same key"
    ) in checked.stdout
    assert checked.stdout.count("PS903") == 1


def test_hosted_control_plane_without_additional_secret_says_so(openshift: OpenShift, os_pullsecret: Program) -> None:
    with of_kind(openshift, control_plane="External"), secrets_in(openshift, {ORIGINAL: entries_of_red_hat()}):
        done = os_pullsecret("list", "--global")

    assert "additional-pull-secret in namespace kube-system does not exist" in done.stderr


def test_verify_asks_the_registries_of_the_global_pull_secret(
    openshift: OpenShift, os_pullsecret: Program, registries: Registries
) -> None:
    host = registries.basic.host

    with of_kind(openshift):
        telemetry = {"cloud.openshift.com": registry_entry("telemetry")}
        with secrets_in(openshift, {CONFIG: {**telemetry, host: registry_entry("puller", registries.password)}}):
            accepted = os_pullsecret("verify", "--global", registries.ca_flag, "-o", "json")
        with secrets_in(openshift, {CONFIG: {host: registry_entry("puller")}}):
            refused = os_pullsecret("verify", "--global", registries.ca_flag, expect=1)

    (item,) = json.loads(accepted.stdout)["items"]
    assert (item["namespace"], item["secret"], item["image"], item["good"]) == (*CONFIG, host, True)
    assert host in refused.stdout
    assert "note: cloud.openshift.com is no registry, so its entry was not tested" in accepted.stderr


def test_cluster_that_is_not_openshift_is_said_to_be_none(pullsecret: Program) -> None:
    for command in ("list", "describe", "check", "verify"):
        done = pullsecret(command, "--global", expect=None)
        assert done.status != 0
        assert "error: --global requires OpenShift; this cluster does not serve config.openshift.io" in done.stderr


def test_openshift_that_does_not_say_how_it_is_managed_is_left_alone(
    openshift: OpenShift, os_pullsecret: Program
) -> None:
    with secrets_in(openshift, {CONFIG: entries_of_red_hat()}):
        done = os_pullsecret("list", "--global", expect=1)

    assert done.stderr.startswith("error: cannot tell which secret is the global pull secret: ")


def test_user_without_permission_is_told_what_could_not_be_read(
    openshift: OpenShift, os_pullsecret: Program, os_restricted: Rights
) -> None:
    with of_kind(openshift), secrets_in(openshift, {CONFIG: entries_of_red_hat()}):
        denied = os_pullsecret("list", "--global", kubeconfig=os_restricted(), expect=1)
        reading = rule("get", "infrastructures", group="config.openshift.io")
        unread = os_pullsecret("list", "--global", kubeconfig=os_restricted(Grant(reading)), expect=1)

    assert "cannot tell which secret is the global pull secret: infrastructures.config.openshift.io" in denied.stderr
    assert 'secrets "pull-secret" is forbidden' in unread.stderr


def test_name_and_target_flags_are_refused(os_pullsecret: Program) -> None:
    for words, said in (
        (("list", "x", "--global"), "NAME cannot be used with --global; the cluster has one global pull secret"),
        (("describe", "x", "--global"), "NAME cannot be used with --global; the cluster has one global pull secret"),
        (("check", "--global", "-A"), "--all-namespaces cannot be used with --global"),
        (("check", "--global", "--from-file", "x"), "--global and --from-file cannot be used together"),
        (("verify", "--global", "-n", "a"), "--namespace cannot be used with --global"),
        (("list", "--global", "--unused"), "--unused cannot be used with --global"),
        (("list", "--global", "--code-engine-project", "x"), "--code-engine-project cannot be used with --global"),
    ):
        done = os_pullsecret(*words, expect=None)
        assert done.stderr.splitlines()[0] == f"error: {said}"


def test_output_shown_of_the_global_pull_secret(
    openshift: OpenShift, os_pullsecret: Program, projects: Namespaces
) -> None:
    entries = {**entries_of_red_hat(), "cp.icr.io": registry_entry("cp", made_up_jwt())}
    (project,) = projects(1)

    with of_kind(openshift), secrets_in(openshift, {CONFIG: entries, (project, "redhat"): entries}):
        described = os_pullsecret("describe", "--global")
        checked = os_pullsecret("check", "--global", expect=1)

    names = {project: "team-a"}
    assert_shown("describe_global", f"$ kubectl pullsecret describe --global\n{described.stdout}", names)
    assert_shown("check_global", f"$ kubectl pullsecret check --global\n{checked.stdout}{checked.stderr}", names)


def test_printed_permissions_are_enough(openshift: OpenShift, os_pullsecret: Program, os_restricted: Rights) -> None:
    with of_kind(openshift), secrets_in(openshift, {CONFIG: entries_of_red_hat()}):
        user = os_restricted.printed(
            os_pullsecret, *((command, "--global") for command in ("list", "describe", "check"))
        )
        for command in ("list", "describe", "check"):
            done = os_pullsecret(command, "--global", kubeconfig=user)
            assert "forbidden" not in done.stderr


def test_what_check_says_of_an_entry_without_effect_removes_the_finding(
    openshift: OpenShift, os_pullsecret: Program
) -> None:
    added = {"quay.io": registry_entry("acme"), "cp.icr.io": registry_entry("cp", made_up_jwt())}
    secrets = {ORIGINAL: entries_of_red_hat(), ADDITIONAL: added}

    with of_kind(openshift, control_plane="External"), secrets_in(openshift, secrets):
        before = os_pullsecret("check", "--global", "-o", "json", expect=1)
        os_pullsecret("create", "--global", "--remove-registry", "quay.io", "--yes")
        after = os_pullsecret("check", "--global", "-o", "json")
        left = json.loads(os_pullsecret("list", "--global", "-o", "json").stdout)["items"][0]

    assert [item["code"] for item in json.loads(before.stdout)["items"]] == ["PS903"]
    assert json.loads(after.stdout)["items"] == []
    assert [entry["server"] for entry in left["registries"]] == ["cp.icr.io"]
