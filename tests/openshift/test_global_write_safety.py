"""The global pull secret is asked about first, written whole or not at all, with one permission, and never shown."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import forward, slow
from faults.proxy import FaultyProxy
from objects import docker_config_secret, made_up_password, registry_entry
from openshift.global_secret import machine_configs
from openshift.written_global import (
    ADDITIONAL,
    EVERY_POD,
    all_but_data,
    entries_of,
    read_secret,
    with_entries,
    write_bytes,
)
from planted_passwords import Planted
from shown_output import assert_shown
from terminal_user import session

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object
    from faults.proxy import Fault, ProxiedRequest
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from registry.registry_setup import Registries
    from rights import Rights

HOST = "registry.example.com"
NEW = ("--registry", HOST, "--username=puller", "--password-env=WORD")
CREATE = ("create", "--global", *NEW)
DONE = "secret/pull-secret configured in namespace openshift-config\n"


def test_user_is_shown_the_entries_and_asked(
    self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object]
) -> None:
    write_bytes(self_managed, with_entries({**red_hat, "a.io": registry_entry(), "b.io": registry_entry("old")}))
    before, env = read_secret(self_managed), {"WORD": made_up_password()}
    words = ("create", "--global", "--add", *NEW, "--registry=b.io", "--remove-registry=a.io")
    asked = session(os_pullsecret, *words, question="Continue? [y/N]", typed="n\n", env=env)
    assert asked.screen.replace("\r", "").splitlines()[:6] == [
        "These entries of secret/pull-secret in namespace openshift-config will change:",
        "  ~ b.io (username puller instead of old)",
        f"  + {HOST} (username puller)",
        "  - a.io (username puller)",
        EVERY_POD,
        "warning: pods in all namespaces lose the removed entries, except those whose own pull secrets have them",
    ]
    assert "note: no changes were made" in asked.screen
    assert (asked.status, asked.stdout, read_secret(self_managed)) == (1, "", before)
    yes = session(os_pullsecret, *words, question="Continue? [y/N]", typed="y\n", env=env)
    assert (yes.status, yes.stdout) == (0, DONE)
    assert yes.screen.count(EVERY_POD) == 1
    assert set(entries_of(self_managed)) == {*red_hat, HOST, "b.io"}


def test_without_a_terminal_it_wants_yes(self_managed: OpenShift, os_pullsecret: Program) -> None:
    before = read_secret(self_managed)
    refused = os_pullsecret(*CREATE, env={"WORD": made_up_password()}, expect=1)
    assert refused.stderr.splitlines()[0] == (
        "error: changing the global pull secret asks for confirmation, and stdin is not a terminal; "
        "use --yes to confirm, or --dry-run"
    )
    assert read_secret(self_managed) == before


@pytest.mark.parametrize("flag", ["--dry-run=client", "--dry-run=server", "--diff"])
def test_dry_runs_never_ask_and_write_nothing(self_managed: OpenShift, os_pullsecret: Program, flag: str) -> None:
    before = read_secret(self_managed)
    done = os_pullsecret(*CREATE, flag, env={"WORD": made_up_password()}, expect=1 if flag == "--diff" else 0)
    assert (HOST in done.stdout) is (flag == "--diff")
    assert f"+ {HOST} (username puller)" in done.stderr
    assert "on every node" not in done.stderr
    assert read_secret(self_managed) == before


@pytest.mark.usefixtures("self_managed")
def test_client_dry_run_prints_no_manifest(os_pullsecret: Program) -> None:
    """The manifest would be all credentials of the cluster, and would overwrite what others write meanwhile."""
    done = os_pullsecret(*CREATE, "--dry-run=client", "-o", "yaml", env={"WORD": made_up_password()})
    assert "kind: ChangeList" in done.stdout
    assert ".dockerconfigjson" not in done.stdout


def proxied(openshift: OpenShift, registries: Registries, decide: object) -> FaultyProxy:
    certificate = registries.authority.issue("proxy", "subjectAltName=IP:127.0.0.1")
    return FaultyProxy(openshift.plane.access, certificate, decide)  # type: ignore[arg-type]


def test_change_of_another_client_is_never_lost(
    self_managed: OpenShift,
    os_pullsecret: Program,
    registries: Registries,
    tmp_path: Path,
    red_hat: dict[str, Object],
) -> None:
    """It is written between the read and the write, three times over: read again, merged again."""
    theirs = [registry_entry() for _ in range(3)]

    def interfere(request: ProxiedRequest) -> Fault:
        if request.method == "PATCH" and request.nth < len(theirs):
            now = {f"theirs-{number}.io": entry for number, entry in enumerate(theirs[: request.nth + 1])}
            write_bytes(self_managed, with_entries({**red_hat, **now}))
        return forward

    env = {"WORD": made_up_password()}
    with proxied(self_managed, registries, interfere) as proxy:
        kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
        assert os_pullsecret(*CREATE, "--yes", kubeconfig=kubeconfig, env=env).stdout == DONE
        assert len(proxy.writes) == len(theirs) + 1
    others = {f"theirs-{number}.io": entry for number, entry in enumerate(theirs)}
    assert entries_of(self_managed) == {**red_hat, **others, HOST: registry_entry("puller", env["WORD"])}


def test_entry_of_red_hats_that_another_client_adds_meanwhile_is_kept(
    self_managed: OpenShift,
    os_pullsecret: Program,
    registries: Registries,
    tmp_path: Path,
    red_hat: dict[str, Object],
) -> None:
    """What may not be changed is judged again for the secret as it is when it is written."""
    left = {host: entry for host, entry in red_hat.items() if host != "quay.io"}
    write_bytes(self_managed, with_entries({**left, "quay.io/acme": registry_entry()}))

    def interfere(request: ProxiedRequest) -> Fault:
        if request.method == "PATCH" and not request.nth:
            write_bytes(self_managed, with_entries(red_hat))
        return forward

    words = ("create", "--global", "--remove-registry=quay.io/acme", "--yes")
    with proxied(self_managed, registries, interfere) as proxy:
        done = os_pullsecret(*words, kubeconfig=proxy.kubeconfig(tmp_path, registries.authority))
    assert done.stdout.startswith("secret/pull-secret unchanged")
    assert entries_of(self_managed) == red_hat


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["KILL", "TERM"])
@pytest.mark.parametrize("is_written", [True, False], ids=["after", "before"])
def test_killed_run_leaves_a_whole_secret(
    self_managed: OpenShift,
    os_pullsecret: Program,
    registries: Registries,
    tmp_path: Path,
    red_hat: dict[str, Object],
    number: signal.Signals,
    *,
    is_written: bool,
) -> None:
    before = read_secret(self_managed)
    env = {"WORD": made_up_password()}

    def hang(exchange: object) -> None:
        if is_written:
            exchange.forward()  # type: ignore[attr-defined]
        slow(60.0)(exchange)  # type: ignore[arg-type]

    def decide(request: ProxiedRequest) -> Fault:
        return hang if request.is_write else forward

    with proxied(self_managed, registries, decide) as proxy:
        kubeconfig = proxy.kubeconfig(tmp_path, registries.authority)
        process = os_pullsecret.start(*CREATE, "--yes", kubeconfig=kubeconfig, env=env)
        until(lambda: proxy.writes, "the write")
        if is_written:
            until(lambda: HOST in entries_of(self_managed), "the entry")
        process.send_signal(number)
        process.communicate(timeout=60)
    after = read_secret(self_managed)
    assert all_but_data(after) == all_but_data(before)
    assert entries_of(self_managed) == (
        {**red_hat, HOST: registry_entry("puller", env["WORD"])} if is_written else red_hat
    )
    again = os_pullsecret(*CREATE, "--yes", env=env)
    assert again.stdout == (DONE.replace("configured", "unchanged") if is_written else DONE)


def test_permissions_that_are_printed_are_enough_and_no_more(
    self_managed: OpenShift,
    os_pullsecret: Program,
    os_restricted: Rights,
    projects: Namespaces,
    red_hat: dict[str, Object],
) -> None:
    project, other = projects(2)
    self_managed.api.create(docker_config_secret("x", {"copied.io": registry_entry()}), project)
    lines = (
        CREATE,
        ("copy", "x", f"--from={project}", "--global"),
        ("rotate", "--global", *NEW[:2], "--password-env=WORD"),
    )
    kubeconfig = os_restricted.printed(os_pullsecret, *lines)
    for number, words in enumerate(lines):
        env = {"WORD": made_up_password()}
        flags = ("--verify=off",) if number == 2 else ()
        done = os_pullsecret(*words, *flags, "--yes", kubeconfig=kubeconfig, env=env)
        assert done.stdout == DONE
        assert "not known" in done.stderr
    assert set(entries_of(self_managed)) == {*red_hat, HOST, "copied.io"}
    for words in (("create", "y", *NEW, "-n", other), ("create", "pull-secret", *NEW, "-n", "kube-system")):
        refused = os_pullsecret(*words, kubeconfig=kubeconfig, env={"WORD": "x"}, expect=1)
        assert "is forbidden" in refused.stderr or "(Forbidden)" in refused.stderr


def test_optional_permissions_are_those_of_a_hosted_control_plane(
    hosted: OpenShift, os_pullsecret: Program, os_restricted: Rights
) -> None:
    """Without them, a user who may read what kind of cluster it is gets no further than the server lets."""
    kubeconfig = os_restricted.printed(os_pullsecret, CREATE)
    env = {"WORD": made_up_password()}
    refused = os_pullsecret(*CREATE, "--yes", kubeconfig=kubeconfig, env=env, expect=1)
    assert "forbidden" in refused.stderr
    kubeconfig = os_restricted.printed(os_pullsecret, ("--optional", *CREATE))
    done = os_pullsecret(*CREATE, "--yes", kubeconfig=kubeconfig, env=env)
    assert done.stdout == "secret/additional-pull-secret created in namespace kube-system\n"
    assert entries_of(hosted, ADDITIONAL) == {HOST: registry_entry("puller", env["WORD"])}


def test_without_permission_it_is_refused_in_kubectls_words(
    self_managed: OpenShift, os_pullsecret: Program, os_restricted: Rights
) -> None:
    kubeconfig = os_restricted.printed(os_pullsecret, (*CREATE, "--dry-run=client"))
    before = read_secret(self_managed)
    env = {"WORD": made_up_password()}
    assert os_pullsecret(*CREATE, "--dry-run=client", kubeconfig=kubeconfig, env=env).stderr.count("error") == 0
    refused = os_pullsecret(*CREATE, "--yes", kubeconfig=kubeconfig, env=env, expect=1)
    assert "(Forbidden)" in refused.stderr
    assert 'cannot patch resource "secrets"' in refused.stderr
    assert "Machine Config Operator" not in refused.stderr
    assert read_secret(self_managed) == before


def test_no_run_prints_a_credential(
    self_managed: OpenShift, os_pullsecret: Program, red_hat: dict[str, Object], projects: Namespaces, tmp_path: Path
) -> None:
    """Neither the new one nor the old one nor those of Red Hat's, in any output, with -v=9."""
    planted, old, project = Planted(server=HOST), Planted(server="a.io", username="old"), projects(1)[0]
    theirs = [Planted(server=host, password=entry["password"]) for host, entry in red_hat.items()]
    entry = registry_entry("old", old.password)
    write_bytes(self_managed, with_entries({**red_hat, "a.io": entry}))
    self_managed.api.create(docker_config_secret("x", {HOST: registry_entry("puller", planted.password)}), project)
    env = {"WORD": planted.password}
    rotate = ("rotate", "--global", "--registry=a.io", "--password-env=WORD", "--verify=off")
    create = (*CREATE, "--check=off")
    runs = [
        *((*create, *form) for form in (("--diff",), ("--dry-run=server", "-o", "yaml"), ("-o", "json", "--yes"))),
        ("create", "--global", f"--remove-registry={HOST}", "--yes"),
        ("copy", "x", f"--from={project}", "--global", "--yes", "--check=off"),
        *((*rotate, "--check=off", *form) for form in (("--diff",), ("--yes",))),
        ("create", "--global", "--remove-registry=quay.io", "--yes"),
    ]
    for words in runs:
        done = os_pullsecret(*words, "-v=9", env=env, expect=None)
        for one in (planted, old, *theirs):
            one.assert_not_printed(done)
    for one in (planted, old, *theirs):
        one.assert_not_left_in(tmp_path)
    assert entries_of(self_managed)["a.io"]["password"] == planted.password


def test_output_shown_of_a_change(self_managed: OpenShift, os_pullsecret: Program) -> None:
    """The guide has what a user at a terminal sees."""
    words = ("create", "--global", "--registry", HOST, "--username=puller", "--password-file=password.txt")
    file = os_pullsecret.home / "password.txt"
    file.write_text(made_up_password())
    file.chmod(0o600)
    given = (*words[:-1], f"--password-file={file}")
    with machine_configs(self_managed):
        asked = session(os_pullsecret, *given, question="Continue? [y/N]", typed="y\n", whole=True)
    screen = asked.screen.replace("\r", "")
    shown = " ".join(word.replace("=", " ", 1) if word.startswith("--") else word for word in words)
    assert_shown("create_global", f"$ kubectl pullsecret {shown}\n{screen}", {})
