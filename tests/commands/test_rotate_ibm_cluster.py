"""`rotate all-icr-io --ibm-cluster`: IBM Cloud makes its own secret again, and copies proven before get the new key.

The stand-in's writer is asynchronous, as IBM Cloud's is: it recreates the secret in `default` after the answer.
"""

from __future__ import annotations

import base64
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api
from control_plane.waiting import until
from ibmcloud_api.cloud import Fault, Loss
from ibmcloud_api.documents import RefusalError
from objects import copy_marks, docker_config_of, docker_config_secret, made_up_password, registry_entry, rule
from rights import Grant
from shown_output import assert_shown

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.given import Cluster
    from control_plane.plane import ControlPlane
    from ibmcloud_api.setup import CloudSetup
    from namespaces import Namespaces
    from program import Program, Result
    from rights import Rights

pytestmark = pytest.mark.cluster_wide

NAME = "all-icr-io"
HOSTS = ("us.icr.io", "private.us.icr.io", "icr.io")
NOTE = ("Secret", "all-icr-io-renewal", "kube-system")


@dataclass
class Scene:
    """The context's cluster at IBM Cloud, and namespaces with copies of its secret."""

    api: Api
    program: Program
    setup: CloudSetup
    teams: tuple[str, ...]
    delay: float = 0.2
    in_place: bool = False
    is_held: bool = False
    keys: list[str] = field(default_factory=list)

    def write(self, key: str) -> None:
        """Write the secret a while later."""
        self.keys.append(key)
        if self.is_held:
            return
        threading.Timer(self.delay, self.write_now).start()

    def write_now(self) -> None:
        """Write the secret with the latest key, as IBM Cloud does."""
        body = docker_config_secret(NAME, dict.fromkeys(HOSTS, registry_entry("iamapikey", self.keys[-1])))
        is_there = self.api.find("Secret", NAME, "default") is not None
        if is_there and self.in_place:
            self.api.patch("Secret", NAME, {"data": body["data"]}, "default")
            return
        if is_there:
            self.api.delete("Secret", NAME, "default")
        self.api.create(body, "default", manager="armada")

    def rotate(self, *words: str, expect: int | None = 0, kubeconfig: Path | None = None) -> Result:
        """Run the command for all namespaces, unless others are given; no key and no token may be in its output."""
        targets = () if "-n" in words else ("-A",)
        cluster = () if "--ibm-cluster" in words else ("--ibm-cluster", "prod")
        line = ("rotate", NAME, *cluster, *targets, *words)
        result = self.program(*line, env=self.setup.environment(), expect=expect, kubeconfig=kubeconfig)
        secret = (*self.keys, *self.setup.cloud.identity.tokens)
        assert not [one for one in secret if one in result.stdout + result.stderr]
        return result

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start the command without waiting for its end."""
        line = ("rotate", NAME, "--ibm-cluster", "prod", "-A", *words)
        return self.program.start(*line, env=self.setup.environment())

    def key_in(self, namespace: str, name: str = NAME) -> str:
        """The API key in a secret."""
        entry = docker_config_of(self.api.read("Secret", name, namespace))["auths"][HOSTS[0]]
        return base64.b64decode(entry["auth"]).decode().partition(":")[2]

    @property
    def requests(self) -> list[str]:
        """The requests to IBM Cloud."""
        return self.setup.cloud.requests

    @property
    def asked(self) -> int:
        """How often IBM Cloud was asked."""
        return len(self.setup.cloud.kubernetes.asked)


@pytest.fixture
def scene(
    api: Api, plane: Cluster, pullsecret: Program, cloud_setup: CloudSetup, namespaces: Namespaces
) -> Iterator[Scene]:
    """IBM Cloud's secret in `default`, and a copy of it in each team."""
    scene = Scene(api=api, program=pullsecret, setup=cloud_setup, teams=tuple(namespaces(3)))
    set_up(scene, plane.access.server)
    yield scene
    for namespace in ("default", *scene.teams):
        if api.find("Secret", NAME, namespace):
            api.delete("Secret", NAME, namespace)
    if api.find(*NOTE):
        api.delete(*NOTE)


def set_up(scene: Scene, server: str) -> None:
    """Have IBM Cloud know the cluster at a URL, and another one, and copy its secret to the teams."""
    scene.setup.cloud.forget()
    kubernetes = scene.setup.cloud.kubernetes
    kubernetes.clusters.clear()
    kubernetes.asked.clear()
    kubernetes.write = scene.write
    kubernetes.new_cluster("prod", server)
    kubernetes.new_cluster("other", "https://other.us-south.containers.cloud.ibm.com:30000")
    scene.keys.append(made_up_password())
    scene.write_now()
    scene.program("copy", NAME, "--to", ",".join(scene.teams))


def test_copies_proven_before_get_the_key_that_ibm_cloud_made(scene: Scene) -> None:
    old, (first, deep, marked) = scene.keys[0], scene.teams
    scene.program("copy", NAME, "--from", first, "--to", deep, "--name", "again")
    forged = docker_config_secret(
        "forged", {HOSTS[0]: registry_entry("iamapikey", old)}, **copy_marks(f"default/{NAME}", "x", f"{marked}/forged")
    )
    scene.api.create(forged, marked)
    scene.api.create(docker_config_secret("by-hand", {HOSTS[0]: registry_entry("iamapikey", old)}), marked)
    before = scene.api.read("Secret", NAME, "default")["metadata"]["uid"]

    tried = scene.rotate("--dry-run")
    assert scene.requests == ["GET /global/v2/getCluster"]
    assert tried.stdout.count("configured") == 4
    assert "would create secret/all-icr-io in namespace default again" in tried.stderr

    result = scene.rotate("--yes", "-v=9")
    assert scene.asked == 1
    new = scene.keys[-1]
    assert [scene.key_in(team) for team in scene.teams] == [new] * 3
    assert scene.key_in(deep, "again") == new
    assert scene.key_in(marked, "forged") == scene.key_in(marked, "by-hand") == old
    assert scene.api.read("Secret", NAME, "default")["metadata"]["uid"] != before
    assert not scene.api.find(*NOTE)
    assert f"secret/forged in namespace {marked} is marked as a copy without a valid proof" in result.stderr
    for name in ("forged", "by-hand"):
        assert f"warning: secret/{name} in namespace {marked} still has the previous API key" in result.stderr
    assert 'a new API key of IBM Cloud account "Acme" (0a1b2c3d4e5f)' in result.stderr

    scene.in_place = True
    again = scene.rotate("--yes")
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[-1]] * 3
    assert not scene.api.find(*NOTE)
    assert again.stdout.count("configured") == 4


@pytest.mark.parametrize(
    ("number", "is_written"),
    [(signal.SIGKILL, True), (signal.SIGKILL, False), (signal.SIGINT, False)],
    ids=["killed", "killed before IBM Cloud wrote", "interrupted before that"],
)
def test_interrupted_run_goes_on_and_ibm_cloud_is_not_asked_twice(
    scene: Scene, number: signal.Signals, is_written: bool
) -> None:
    scene.is_held = True
    with scene.start("--yes") as running:
        until(lambda: scene.asked, "IBM Cloud is asked")
        running.send_signal(number)
        _, said = running.communicate()
    assert ("to go on, run the same command again" in said) == (number is signal.SIGINT)
    assert running.returncode == (130 if number is signal.SIGINT else -signal.SIGKILL)
    if is_written:
        scene.write_now()
    else:
        threading.Timer(1.0, scene.write_now).start()
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[0]] * 3
    assert scene.keys[0] not in str(scene.api.read(*NOTE))

    result = scene.rotate("--yes")
    assert scene.asked == 1
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[-1]] * 3
    assert not scene.api.find(*NOTE)
    assert ("not asked again" if is_written else "was asked by a run that was interrupted") in result.stderr


def test_run_whose_answer_was_lost_goes_on_when_the_secret_is_there(scene: Scene) -> None:
    scene.setup.cloud.faults[2] = Fault(loss=Loss.AFTER)
    lost = scene.rotate("--yes", expect=1)
    assert "IBM Cloud may have begun all the same; to find out, run the same command again" in lost.stderr
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[0]] * 3

    scene.rotate("--yes")
    assert scene.asked == 1
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[-1]] * 3


def test_missing_secret_is_created_and_copies_that_nothing_proves_are_listed(scene: Scene) -> None:
    scene.api.delete("Secret", NAME, "default")
    named, *others = scene.teams

    result = scene.rotate("--yes", "-n", named)
    assert scene.asked == 1
    assert scene.key_in("default") == scene.key_in(named) == scene.keys[-1]
    assert [scene.key_in(team) for team in others] == [scene.keys[0]] * 2
    (unproven,) = (line for line in result.stderr.splitlines() if "marked as a copy without a valid proof" in line)
    assert all(namespace in unproven for namespace in others)
    assert named not in unproven


def test_other_cluster_is_refused_and_a_refusal_of_ibm_cloud_changes_nothing(scene: Scene) -> None:
    before = scene.api.read("Secret", NAME, "default")
    other = scene.rotate("--yes", "--ibm-cluster", "other", expect=1)
    assert 'the context is not IBM Cloud\'s cluster "other"' in other.stderr
    unknown = scene.rotate("--yes", "--ibm-cluster", "nowhere", expect=1)
    assert 'IBM Cloud has no cluster "nowhere" in this account' in unknown.stderr
    assert scene.asked == 0

    scene.setup.cloud.denied["POST", "/global/v2/enablePullSecret"] = RefusalError(403, "Not authorized.", "E0001")
    denied = scene.rotate("--yes", expect=1)
    assert "IBM Cloud: Not authorized." in denied.stderr
    assert "ask for Operator or Administrator for the cluster" in denied.stderr
    assert scene.api.read("Secret", NAME, "default") == before
    assert not scene.api.find(*NOTE)
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[0]] * 3


def test_namespaces_that_may_not_be_written_are_told_before_ibm_cloud_is_asked(
    scene: Scene, restricted: Rights
) -> None:
    """The user may read everything, and write in one namespace only; not even the note."""
    first, *others = scene.teams
    everywhere = Grant(rule("get list", "secrets"), rule("get list", "namespaces"))
    user = restricted(everywhere, Grant(rule("patch", "secrets"), namespace=first))

    result = scene.rotate("--yes", kubeconfig=user, expect=1)
    assert [scene.key_in(team) for team in scene.teams] == [scene.keys[-1], scene.keys[0], scene.keys[0]]
    told, _, after = result.stderr.partition("waiting for IBM Cloud")
    assert "secret/all-icr-io-renewal in namespace kube-system cannot be written" in told
    for namespace in others:
        assert f"warning: secret/all-icr-io in namespace {namespace} will not be updated: " in told
    where = f"in namespaces {', '.join(others)}"
    assert f"warning: secret/all-icr-io {where} still has the previous API key, which may end" in after


FLAGS = {
    "password": ("--password-env=X", "a password flag"),
    "username": ("--username=x", "--username"),
    "registry": ("--registry=us.icr.io", "--registry"),
    "canary": ("--canary=x", "--canary"),
    "undo": ("--undo", "--undo"),
    "status": ("--status", "--status"),
    "finish": ("--finish", "--finish"),
    "waves": ("--max-failures=20%", "--max-failures"),
    "overwrite": ("--overwrite", "--overwrite"),
    "verify": ("--verify=off", "--verify and its flags"),
    "diff": ("--diff", "--diff"),
    "contexts": ("--all-contexts", "--contexts"),
    "project": ("--code-engine-project=x", "--code-engine-project"),
}


@pytest.mark.parametrize(("flag", "shown"), FLAGS.values(), ids=FLAGS)
def test_flags_of_other_rotations_are_refused(offline: Program, flag: str, shown: str) -> None:
    result = offline("rotate", NAME, "--ibm-cluster", "prod", "-A", "--yes", flag, expect=None)
    assert result.status in {1, 2}
    assert result.stderr.startswith(f"error: --ibm-cluster cannot be used together with {shown}\n")


def test_only_ibm_clouds_own_secret_is_renewed_and_not_without_confirmation(offline: Program) -> None:
    for words in (("other",), (NAME, "other"), (NAME, "--from", "tools")):
        result = offline("rotate", *words, "--ibm-cluster", "prod", "--yes", expect=1)
        assert "error: --ibm-cluster renews all-icr-io in namespace default only" in result.stderr
    asked = offline("rotate", NAME, "--ibm-cluster", "prod", "-A", expect=1)
    assert "asks for confirmation" in asked.stderr


def test_guide_shows_a_renewal_with_a_copy_that_nothing_proves(
    own_plane: ControlPlane, pullsecret: Program, cloud_setup: CloudSetup
) -> None:
    pullsecret.kubeconfig = own_plane.admin_kubeconfig
    teams = ("team-a", "team-b")
    with Api(own_plane.access) as api:
        for name in (*teams, "team-forged"):
            api.create({"kind": "Namespace", "metadata": {"name": name}})
        scene = Scene(api=api, program=pullsecret, setup=cloud_setup, teams=teams)
        set_up(scene, own_plane.access.server)
        entries = dict.fromkeys(HOSTS, registry_entry("iamapikey", scene.keys[0]))
        forged = copy_marks(f"default/{NAME}", "guessed", f"team-forged/{NAME}")
        api.create(docker_config_secret(NAME, entries, **forged), "team-forged")
        result = scene.rotate("--yes")
        assert [scene.key_in(team) for team in teams] == [scene.keys[-1]] * 2
    line = "kubectl pullsecret rotate all-icr-io -A --ibm-cluster prod --yes"
    order = ("note: IBM Cloud", "note: 2 copies", "warning: secret/all-icr-io in namespace team-forged is", "waiting")
    lines = result.stderr.splitlines()
    begun = [one for one in lines if one.startswith(order)]
    ended = [one for one in lines if one not in begun]
    assert_shown("renew_all_icr_io", "\n".join((f"$ {line}", *begun, result.stdout.rstrip(), *ended)), {})
