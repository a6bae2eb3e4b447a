"""The next kubectl apply never fails unless our program was forced to write, and takes back only what it announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from real_owners.chart import BARE, LISTED, REGCRED, manifest
from real_owners.ours import OURS

if TYPE_CHECKING:
    from control_plane.api import Object
    from program import Program, Result
    from real_owners.ours import Ours

MODES = {"client-side": (), "server-side": ("--server-side",)}


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What somebody applies to the namespace of our program."""

    kubectl: Program
    ours: Ours
    secret: Object = field(repr=False)
    mode: str

    def apply(self, revision: int) -> Result:
        """Apply a revision, in which the accounts have an annotation with its number; this may fail."""
        text = manifest(revision, self.ours.namespace, self.secret)
        return self.kubectl("apply", *MODES[self.mode], "-f", "-", input=text, expect=None)

    def record(self, command: str, said: Result, theirs: Result, then: str) -> None:
        """Add to the table what we said, and what kubectl did."""
        failure = f"{theirs.stderr.splitlines()[0]}; " if theirs.status else ""
        self.ours.record(f"kubectl apply, {self.mode}", command, said, f"{failure}{then}")

    def announced(self, said: Result) -> bool:
        """Whether we named kubectl apply, and what its next run does."""
        fate = "fails on a conflict" if self.mode == "server-side" else "takes the change back"
        return "kubectl apply" in said.stderr and fate in said.stderr


@pytest.fixture(params=MODES)
def applied(kubectl: Program, ours: Ours, request: pytest.FixtureRequest) -> Manifest:
    """An applied manifest."""
    secret = docker_config_secret(REGCRED, {"reg.example": registry_entry()})
    made = Manifest(kubectl=kubectl, ours=ours, secret=secret, mode=request.param)
    assert made.apply(1).status == 0
    return made


def test_apply_after_attach_to_an_account_without_a_list_keeps_the_entry(applied: Manifest) -> None:
    said = applied.ours.attach(BARE)
    theirs = applied.apply(2)
    names = applied.ours.pull_secrets(BARE)
    applied.record(f"attach --serviceaccount {BARE}", said, theirs, f"the list is {names}")

    assert (said.status, said.stderr, theirs.status) == (0, "", 0)
    assert names == [OURS]


def test_apply_after_attach_to_an_account_with_a_list_takes_back_what_was_announced(applied: Manifest) -> None:
    said = applied.ours.attach(LISTED)
    theirs = applied.apply(2)
    names = applied.ours.pull_secrets(LISTED)
    applied.record(f"attach --serviceaccount {LISTED}", said, theirs, f"the list is {names}")

    # Whoever applies client-side works by hand, which a warning tells enough; server-side, the next apply would fail.
    assert (said.status, theirs.status) == (0 if applied.mode == "client-side" else 1, 0)
    assert applied.announced(said)
    assert names == [REGCRED]


def test_apply_after_a_forced_attach_does_what_was_announced(applied: Manifest) -> None:
    said = applied.ours.attach(LISTED, "--force-conflicts")
    attached = applied.ours.pull_secrets(LISTED)
    theirs = applied.apply(2)
    names = applied.ours.pull_secrets(LISTED)
    applied.record(f"attach --serviceaccount {LISTED} --force-conflicts", said, theirs, f"the list is {names}")

    assert (said.status, attached) == (0, [REGCRED, OURS])
    assert applied.announced(said)
    assert (theirs.status, names) == ((1, [REGCRED, OURS]) if applied.mode == "server-side" else (0, [REGCRED]))
