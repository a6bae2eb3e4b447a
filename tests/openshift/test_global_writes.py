"""create, copy, entitled and rotate --global: what they write into the global pull secret, and what they refuse."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, made_up_jwt, made_up_password, registry_entry
from openshift.global_secret import machine_configs, of_kind, remove_secret, secrets_in
from openshift.written_global import (
    ADDITIONAL,
    CONFIG,
    EVERY_POD,
    ORIGINAL,
    all_but_data,
    bytes_of,
    change,
    entries_of,
    read_secret,
    with_entries,
    write_bytes,
)
from pullsecret.model.images.dockerconfig import encoded
from pullsecret.model.openshift.global_secrets import REQUIRED_HOSTS
from seeded_pull_secrets import seeded_edit

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries

HOST = "registry.example.com"
CREATE = ("create", "--global", "--registry", HOST, "--username=puller", "--password-stdin")
DONE = "secret/pull-secret configured in namespace openshift-config\n"
UNCHANGED = "secret/pull-secret unchanged in namespace openshift-config\n"
SEEDS = (*range(24), 97)


def test_create_adds_an_entry_and_changes_nothing_else(
    self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object]
) -> None:
    before, password = read_secret(self_managed), made_up_password()
    with machine_configs(self_managed):
        done = os_pullsecret(*CREATE, "--yes", input=password)
    assert done.stdout == DONE
    where = "secret/pull-secret in namespace openshift-config"
    assert done.stderr.splitlines()[:2] == [f"note: {where}: + {HOST} (username puller)", EVERY_POD]
    assert "without draining or rebooting it" in done.stderr
    after = read_secret(self_managed)
    assert entries_of(self_managed) == {**red_hat, HOST: registry_entry("puller", password)}
    assert all_but_data(after) == all_but_data(before)

    again = os_pullsecret(*CREATE, input=password)
    assert (again.stdout, again.stderr) == (UNCHANGED, "")
    assert read_secret(self_managed) == after


@pytest.mark.parametrize("seed", SEEDS)
def test_every_other_byte_stays(self_managed: OpenShift, os_pullsecret: Program, tmp_path: Path, seed: int) -> None:
    edit = seeded_edit(seed)
    write_bytes(self_managed, edit.before)
    words = [f"--remove-registry={server}" for server in edit.edits.removed]
    if edit.edits.added:
        file = tmp_path / "new.json"
        file.write_bytes(encoded(edit.edits.added))
        words += ["--add", f"--from-file={file}"]
    os_pullsecret("create", "--global", *words, "--yes", "--check=off")
    assert bytes_of(read_secret(self_managed)) == edit.after


def test_entries_are_removed(self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object]) -> None:
    more = {f"https://{HOST}": registry_entry(), f"{HOST}/team": registry_entry(), "us.icr.io": registry_entry()}
    write_bytes(self_managed, with_entries({**red_hat, **more}))
    done = os_pullsecret(
        "create", "--global", f"--remove-registry={HOST}", "--remove-registry=us.icr.io,de.icr.io", "--yes"
    )
    assert done.stdout == DONE
    assert done.stderr.splitlines()[:4] == [
        "note: there is no entry for de.icr.io to remove",
        f"note: secret/pull-secret in namespace openshift-config: - https://{HOST} (username puller)",
        "note: secret/pull-secret in namespace openshift-config: - us.icr.io (username puller)",
        "warning: pods in all namespaces lose the removed entries, except those whose own pull secrets have them",
    ]
    assert entries_of(self_managed) == {**red_hat, f"{HOST}/team": more[f"{HOST}/team"]}
    again = os_pullsecret("create", "--global", f"--remove-registry={HOST}")
    assert again.stdout == UNCHANGED
    assert again.stderr == f"note: there is no entry for {HOST} to remove; there are some for {HOST}/team\n"


@pytest.mark.parametrize("spelled", ["quay.io", "https://quay.io", "QUAY.IO:443", "quay.io/", "quay.io/v2/", "*.io"])
def test_red_hats_entries_are_never_changed(
    self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object], projects: Namespaces, spelled: str
) -> None:
    before, project = read_secret(self_managed), projects(1)[0]
    self_managed.api.create(docker_config_secret("theirs", {spelled: registry_entry()}), project)
    new = ("--registry", spelled, "--password-env=WORD", "--verify=off")
    runs = (
        ("create", "--global", "--registry", spelled, "--username=u", "--password-env=WORD", "--force-conflicts"),
        ("copy", "theirs", f"--from={project}", "--global"),
        ("rotate", "--global", *new),
    )
    for words in runs:
        refused = os_pullsecret(*words, "--yes", "--check=off", env={"WORD": made_up_password()}, expect=1)
        error, *hints = [line for line in refused.stderr.splitlines() if not line.startswith("warning: ")]
        assert error.startswith("error: the entry for ")
        assert "in secret/pull-secret in namespace openshift-config cannot be changed" in error
        assert [line for line in hints if "use a path below it" not in line] == []
    remove = ("create", "--global", f"--remove-registry={spelled}", "--yes", "--force-conflicts")
    os_pullsecret(*remove, expect=None)
    assert read_secret(self_managed) == before
    assert set(REQUIRED_HOSTS) <= set(entries_of(self_managed)) == set(red_hat)


def test_path_below_a_host_of_red_hats_is_added(self_managed: OpenShift, os_pullsecret: Program) -> None:
    words = ("create", "--global", "--registry=quay.io/acme", "--username=u", "--password-stdin", "--yes")
    done = os_pullsecret(*words, input=made_up_password())
    assert "warning: for images below quay.io/acme, this entry comes before that of quay.io" in done.stderr
    assert set(entries_of(self_managed)) == {*REQUIRED_HOSTS, "quay.io/acme"}
    refused = os_pullsecret(
        *(
            "create",
            "--global",
            "--registry=quay.io/openshift-release-dev",
            "--username=u",
            "--password-stdin",
            "--yes",
        ),
        input=made_up_password(),
        expect=1,
    )
    assert "the cluster needs the one for quay.io/openshift-release-dev to pull its own images" in refused.stderr


def test_copy_merges_the_entries_of_secrets(
    self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object], projects: Namespaces
) -> None:
    project, shared = projects(1)[0], registry_entry()
    sources = {
        "one": {HOST: shared, "a.example.com": registry_entry()},
        "two": {f"https://{HOST}": shared, "b.example.com": registry_entry()},
        "other": {HOST: registry_entry()},
    }
    for name, entries in sources.items():
        self_managed.api.create(docker_config_secret(name, entries), project)
    copy = ("copy", "--global", f"--from={project}", "--yes")
    refused = os_pullsecret(*copy, "one", "other", expect=1)
    assert refused.stderr.startswith(f"error: secret/one and secret/other have different credentials for {HOST}")
    os_pullsecret(*copy, "one", "two", "--registry=b.example.com")
    assert entries_of(self_managed) == {**red_hat, "b.example.com": sources["two"]["b.example.com"]}
    os_pullsecret(*copy, "one", "two")
    assert entries_of(self_managed) == {**red_hat, "b.example.com": sources["two"]["b.example.com"], **sources["one"]}
    absent = os_pullsecret(*copy, "one", "two", "--registry=c.example.com", expect=1)
    assert absent.stderr == "error: none of the secrets has an entry for c.example.com\n"
    missing = os_pullsecret("copy", "--global", expect=None)
    assert (missing.status, missing.stderr.splitlines()[0]) == (
        1,
        "error: at least one NAME is required with --global: the secrets whose entries are added",
    )


def test_token_of_an_account_is_not_copied(
    self_managed: OpenShift, os_pullsecret: Program, projects: Namespaces
) -> None:
    project, before = projects(1)[0], read_secret(self_managed)
    name = "builder-dockercfg-x7k2p"
    self_managed.api.create(docker_config_secret(name, {"172.30.0.1:5000": registry_entry()}), project)
    refused = os_pullsecret("copy", name, f"--from={project}", "--global", "--yes", "--check=off", expect=1)
    assert "service account" in refused.stderr
    assert read_secret(self_managed) == before


def test_entitled_adds_its_entry(self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object]) -> None:
    key = made_up_jwt()
    assert os_pullsecret("entitled", "--global", "--key-stdin", "--yes", input=key).stdout == DONE
    assert entries_of(self_managed) == {**red_hat, "cp.icr.io": registry_entry("cp", key)}


def test_rotate_replaces_one_credential_where_the_registry_accepts_the_new_one(
    self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object], registries: Registries
) -> None:
    host, old = registries.basic.host, registry_entry()
    auth = {"extra": [1.0], "auth": old["auth"]}
    text = with_entries({**red_hat, host: auth, "quay.io/acme": auth, "other.example.com": registry_entry()})
    write_bytes(self_managed, text)
    rotate = ("rotate", "--global", f"--registry={host}", "--password-stdin", "--yes", registries.ca_flag)
    refused = os_pullsecret(*rotate, input=made_up_password(), expect=1)
    assert "nothing was written" in refused.stderr
    assert bytes_of(read_secret(self_managed)) == text
    lenient = os_pullsecret(*rotate, "--verify=lenient", input=registries.password)
    assert lenient.stdout == DONE
    new = base64.b64encode(f"puller:{registries.password}".encode())
    assert bytes_of(read_secret(self_managed)) == text.replace(old["auth"].encode(), new)
    assert not [item for item in self_managed.api.list("Secret", CONFIG[0]) if "previous" in item["metadata"]["name"]]
    again = os_pullsecret(*rotate, "--verify=lenient", input=registries.password)
    assert again.stdout == UNCHANGED


NOT_OFFERED = {
    ("create", "x", "--global"): "NAME cannot be used with --global; the cluster has one global pull secret",
    ("create", "--global", "-n", "a"): "--namespace cannot be used with --global",
    ("create", "--global", "-A"): "--all-namespaces cannot be used with --global",
    ("create", "--global", "--attach"): "--attach cannot be used with --global",
    ("create", "--global", "--overwrite"): "--overwrite cannot be used with --global",
    ("create", "--global", "--recreate"): "--recreate cannot be used with --global",
    ("create", "--global", "--append-hash"): "--append-hash cannot be used with --global",
    ("create", "--global", "--icr=us", "--service-id=x"): "--service-id cannot be used with --global",
    ("create", "--global", "--contexts=a"): "--contexts cannot be used with --global",
    ("create", "--global", "--remove-registry=a.io", "--username=u"): (
        "--remove-registry with new credentials requires --add"
    ),
    ("entitled", "x", "--global"): "NAME cannot be used with --global; the cluster has one global pull secret",
    ("entitled", "--product-name", "--global"): "--product-name cannot be used with --global",
    ("copy", "x", "--global", "--name=y"): "--name cannot be used with --global",
    ("copy", "x", "--global", "--to=y"): "--namespace cannot be used with --global",
    ("copy", "x", "--global", "--attach"): "--attach cannot be used with --global",
    ("rotate", "x", "--global"): "NAME cannot be used with --global; the cluster has one global pull secret",
    ("rotate", "--global"): "--registry is required with --global: it names the credential to replace",
    ("rotate", "--global", "--registry=a.io", "--undo"): "--undo cannot be used with --global",
    ("rotate", "--global", "--registry=a.io", "--status"): "--status cannot be used with --global",
    ("rotate", "--global", "--registry=a.io", "--canary=a"): "--canary cannot be used with --global",
    ("rotate", "--global", "--registry=a.io", "--service-id"): "--service-id cannot be used with --global",
    ("rotate", "--global", "--registry=a.io", "--ibm-cluster=c"): "--ibm-cluster cannot be used with --global",
    ("delete", "--global"): "unknown flag: --global",
    ("sync", "--global"): "unknown flag: --global",
    ("attach", "x", "--global"): "unknown flag: --global",
}


@pytest.mark.parametrize("words", NOT_OFFERED, ids=" ".join)
def test_flags_that_make_no_sense_are_refused(os_pullsecret: Program, words: tuple[str, ...]) -> None:
    assert os_pullsecret(*words, expect=1).stderr.splitlines()[0] == f"error: {NOT_OFFERED[words]}"


def test_owned_secret_is_refused(self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object]) -> None:
    tracked = {"argocd.argoproj.io/tracking-id": "config:/Secret:openshift-config/pull-secret"}
    change(self_managed, {"metadata": {"annotations": tracked}})
    before = read_secret(self_managed)
    refused = os_pullsecret(*CREATE, "--yes", input=made_up_password(), expect=1)
    assert 'error: secrets "pull-secret" in namespace openshift-config is owned by Argo CD' in refused.stderr
    assert read_secret(self_managed) == before
    forced = os_pullsecret(*CREATE, "--yes", "--force-conflicts", input=made_up_password())
    assert "warning: secret/pull-secret is owned by Argo CD" in forced.stderr
    assert set(entries_of(self_managed)) == {*red_hat, HOST}


def test_malformed_and_immutable_secrets_are_refused_in_one_line(
    self_managed: OpenShift, os_pullsecret: Program
) -> None:
    write_bytes(self_managed, b'{"auths":[]}')
    refused = os_pullsecret(*CREATE, "--yes", input=made_up_password(), expect=1)
    assert "is malformed (json: cannot unmarshal array" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    write_bytes(self_managed, b'{"auths":{}}')
    change(self_managed, {"immutable": True})
    refused = os_pullsecret(*CREATE, "--yes", input=made_up_password(), expect=1)
    assert "is immutable, and --global recreates nothing" in refused.stderr


def test_hosted_control_plane_has_an_additional_secret(hosted: OpenShift, os_pullsecret: Program) -> None:
    originals = [read_secret(hosted, place) for place in (ORIGINAL, CONFIG)]
    password = made_up_password()
    made = os_pullsecret(*CREATE, "--yes", input=password)
    assert made.stdout == "secret/additional-pull-secret created in namespace kube-system\n"
    assert read_secret(hosted, ADDITIONAL)["type"] == "kubernetes.io/dockerconfigjson"
    words = ("create", "--global", "--registry=us.icr.io/acme", "--username=u", "--password-stdin", "--yes")
    done = os_pullsecret(*words, input=password)
    assert done.stdout == "secret/additional-pull-secret configured in namespace kube-system\n"
    assert entries_of(hosted, ADDITIONAL) == {
        HOST: registry_entry("puller", password),
        "us.icr.io/acme": registry_entry("u", password),
    }
    os_pullsecret("create", "--global", "--remove-registry=us.icr.io/acme", "--yes")
    last = os_pullsecret("create", "--global", f"--remove-registry={HOST}", "--yes", expect=1)
    assert "would have no entries left" in last.stderr
    assert [read_secret(hosted, place) for place in (ORIGINAL, CONFIG)] == originals


def test_entry_that_the_original_has_is_refused_with_the_advice_of_a_path(
    openshift: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object]
) -> None:
    original = {**red_hat, "us.icr.io": registry_entry()}
    words = ("create", "--global", "--username=u", "--password-stdin", "--yes")
    with of_kind(openshift, control_plane="External"), secrets_in(openshift, {ORIGINAL: original}):
        refused = os_pullsecret(*words, "--registry=https://us.icr.io", input=made_up_password(), expect=1)
        assert "error: an entry for https://us.icr.io in secret/additional-pull-secret" in refused.stderr
        assert "would have no effect: secret/original-pull-secret has one for us.icr.io, which wins" in refused.stderr
        assert refused.stderr.splitlines()[-1].endswith("for example --registry us.icr.io/ORGANIZATION")
        os_pullsecret(*words, "--registry=us.icr.io/acme", input=made_up_password())
        assert set(entries_of(openshift, ADDITIONAL)) == {"us.icr.io/acme"}
    remove_secret(openshift, *ADDITIONAL)


@pytest.mark.parametrize(
    "words",
    [CREATE, ("entitled", "--global", "--key-stdin"), ("rotate", "--global", "--registry=a.io", "--password-stdin")],
    ids=lambda words: words[0],
)
def test_cluster_that_is_not_openshift_is_an_error_in_one_line(pullsecret: Program, words: tuple[str, ...]) -> None:
    failed = pullsecret(*words, "--yes", input=made_up_jwt(), expect=1)
    assert failed.stderr == "error: --global requires OpenShift; this cluster does not serve config.openshift.io\n"


def test_missing_secret_is_not_created(openshift: OpenShift, os_pullsecret: Program) -> None:
    with of_kind(openshift):
        failed = os_pullsecret(*CREATE, "--yes", input=made_up_password(), expect=1)
    assert 'secrets "pull-secret" not found in namespace openshift-config' in failed.stderr
    assert openshift.api.find("Secret", "pull-secret", "openshift-config") is None


def test_documents_tell_the_change(self_managed: OpenShift, os_pullsecret: Program) -> None:
    before = read_secret(self_managed)
    for dry_run, word in (("client", "dry run"), ("server", "dry run"), ("none", "")):
        done = os_pullsecret(*CREATE, "--yes", "-o", "json", f"--dry-run={dry_run}", input=made_up_password())
        document = json.loads(done.stdout)
        assert document["kind"] == "ChangeList", word
        assert [(item["namespace"], item["name"], item["result"]) for item in document["items"]] == [
            ("openshift-config", "pull-secret", "configured")
        ]
        assert (read_secret(self_managed) == before) is (dry_run != "none")
