"""The rotation of `all-icr-io` in a cluster where its key is held in every way: what becomes of each secret.

The guide shows the command's output (tests/shown_output.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api
from objects import ICR_HOSTS, all_icr_io, copy_marks, docker_config_of, docker_config_secret, made_up_password
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from control_plane.api import Object
    from control_plane.plane import ControlPlane
    from program import Program

pytestmark = pytest.mark.source

HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "team-helm"},
}
CHANGED = ("default", "team-a", "team-b", "team-of-b", "kube-system")
LEFT_ALONE = ("team-by-hand", "team-forged", "team-helm", "team-fixed")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A cluster of IBM Cloud, the old key and the new one."""

    api: Api
    program: Program
    old: str
    new: str

    def run(self, *words: str, expect: int) -> str:
        """Run a command; returns it with its output, in which no key may be."""
        result = self.program(*words, env={"NEW_KEY": self.new}, expect=expect)
        assert self.old not in result.stdout + result.stderr
        assert self.new not in result.stdout + result.stderr
        return f"$ kubectl pullsecret {' '.join(words)}\n{result.stdout}{result.stderr}"

    def secrets(self) -> Mapping[str, Object]:
        """Every `all-icr-io`, by namespace."""
        found = self.api.list("Secret", fieldSelector="metadata.name=all-icr-io")
        return {item["metadata"]["namespace"]: item for item in found}


@pytest.fixture
def example(own_plane: ControlPlane, pullsecret: Program) -> Iterator[Example]:
    """The cluster: IBM's secret, its copies, a copy of one of them, and whatever else has its key."""
    pullsecret.kubeconfig = own_plane.admin_kubeconfig
    with Api(own_plane.access) as api:
        made = Example(api=api, program=pullsecret, old=made_up_password(), new=made_up_password())
        source = api.create(all_icr_io(made.old), "default")
        for name in ("team-a", "team-b", "team-of-b", *LEFT_ALONE):
            api.create({"kind": "Namespace", "metadata": {"name": name}})
        pullsecret("copy", "all-icr-io", "--to", "team-a,team-b,team-fixed,kube-system")
        pullsecret("copy", "all-icr-io", "--from", "team-b", "--to", "team-of-b")
        api.patch("Secret", "all-icr-io", {"immutable": True}, "team-fixed")
        by_hand = {"metadata": {"name": "all-icr-io"}, "data": source["data"], "type": source["type"], "kind": "Secret"}
        api.create(by_hand, "team-by-hand")
        entries = {
            **docker_config_of(source)["auths"],
            "registry.evil.example": docker_config_of(source)["auths"]["icr.io"],
        }
        forged = copy_marks("default/all-icr-io", "guessed", "team-forged/all-icr-io")
        api.create(docker_config_secret("all-icr-io", entries, **forged), "team-forged")
        marks = copy_marks("default/all-icr-io", source["metadata"]["uid"], "team-helm/all-icr-io")
        both = {key: {**marks[key], **HELM[key]} for key in marks}
        api.create({**by_hand, "metadata": {"name": "all-icr-io", **both}}, "team-helm", manager="helm")
        yield made


def test_rotation_of_all_icr_io_changes_what_was_copied_from_it_and_names_the_rest(example: Example) -> None:
    before = example.secrets()
    words = ("rotate", "all-icr-io", "-A", "--password-env", "NEW_KEY", "--verify=off", "--yes")

    said = example.run(*words, expect=1)

    after = example.secrets()
    assert set(after) == {*CHANGED, *LEFT_ALONE}
    for place in CHANGED:
        entries = docker_config_of(after[place])["auths"]
        assert list(entries) == list(ICR_HOSTS)
        assert {entry["password"] for entry in entries.values()} == {example.new}
        assert after[place]["metadata"]["uid"] == before[place]["metadata"]["uid"]
    for place in LEFT_ALONE:
        assert after[place] == before[place], place
    kept = example.api.read("Secret", "all-icr-io-previous", "default")
    assert kept["data"] == before["default"]["data"]
    assert_shown("rotate_all_icr_io", said, {})

    # What the output advises for the secret made by hand, and for the immutable copy.
    named = (*words[:2], "-n", "team-by-hand", *words[3:-1], "--overwrite")
    example.run(*named, expect=0)
    example.run("copy", "all-icr-io", "--to", "team-fixed", "--recreate", expect=0)
    assert example.new in json.dumps(docker_config_of(example.secrets()["team-by-hand"]))
    assert example.new in json.dumps(docker_config_of(example.secrets()["team-fixed"]))
    assert example.secrets()["team-forged"] == before["team-forged"]
