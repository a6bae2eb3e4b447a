"""Flux's next reconciliation takes nothing back that our program wrote, unless it was forced, and said so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from owners.programs import FLUX, version
from real_owners.chart import BARE, LISTED, REGCRED, manifest
from real_owners.ours import OURS

if TYPE_CHECKING:
    from control_plane.api import Object
    from program import Program, Result
    from real_owners.ours import Ours

FORCED = ("--overwrite", "--force-conflicts")


@dataclass(frozen=True, kw_only=True)
class Kustomization:
    """What Flux applies in the namespace of our program."""

    flux: Program
    ours: Ours
    secret: Object = field(repr=False)

    def apply(self, revision: int) -> Result:
        """Apply a revision, in which the accounts have an annotation with its number."""
        return self.flux(self.ours.namespace, "shop", input=manifest(revision, self.ours.namespace, self.secret))

    def record(self, command: str, said: Result, then: str) -> None:
        """Add to the table what we said, and what Flux did."""
        self.ours.record(f"Flux (ssa {version(FLUX)})", command, said, then)


@pytest.fixture
def kustomization(flux: Program, ours: Ours) -> Kustomization:
    """An applied Kustomization."""
    secret = docker_config_secret(REGCRED, {"reg.example": registry_entry()})
    applied = Kustomization(flux=flux, ours=ours, secret=secret)
    applied.apply(1)
    return applied


def test_reconciliation_after_attach_to_an_account_without_a_list_keeps_the_entry(kustomization: Kustomization) -> None:
    said = kustomization.ours.attach(BARE)
    kustomization.apply(2)
    names = kustomization.ours.pull_secrets(BARE)
    kustomization.record(f"attach --serviceaccount {BARE}", said, f"the list is {names}")

    assert (said.status, said.stderr) == (0, "")
    assert names == [OURS]


def test_reconciliation_after_attach_to_an_account_with_a_list_has_nothing_to_take_back(
    kustomization: Kustomization,
) -> None:
    said = kustomization.ours.attach(LISTED)
    kustomization.apply(2)
    names = kustomization.ours.pull_secrets(LISTED)
    kustomization.record(f"attach --serviceaccount {LISTED}", said, f"the list is {names}")

    assert said.status == 1
    assert announced(said)
    assert names == [REGCRED]


def test_reconciliation_after_a_forced_attach_takes_back_what_was_announced(kustomization: Kustomization) -> None:
    said = kustomization.ours.attach(LISTED, "--force-conflicts")
    attached = kustomization.ours.pull_secrets(LISTED)
    kustomization.apply(1)
    names = kustomization.ours.pull_secrets(LISTED)
    kustomization.record(f"attach --serviceaccount {LISTED} --force-conflicts", said, f"the list is {names}")

    assert (said.status, attached) == (0, [REGCRED, OURS])
    assert announced(said)
    assert names == [REGCRED]


def test_reconciliation_after_create_over_its_secret_has_nothing_to_take_back(kustomization: Kustomization) -> None:
    before = kustomization.ours.content()
    said = kustomization.ours.overwrite("--overwrite")
    written = kustomization.ours.content()
    kustomization.apply(2)
    then = "the secret is as before" if kustomization.ours.content() == before else "the password is ours"
    kustomization.record(f"create {REGCRED} --overwrite", said, then)

    assert said.status == 1
    assert announced(said)
    assert written == before == kustomization.ours.content()


def test_reconciliation_after_a_forced_create_takes_back_what_was_announced(kustomization: Kustomization) -> None:
    before = kustomization.ours.content()
    said = kustomization.ours.overwrite(*FORCED)
    written = kustomization.ours.content()
    kustomization.apply(1)
    then = "the password is that of Git" if kustomization.ours.content() == before else "the password is ours"
    kustomization.record(" ".join(("create", REGCRED, *FORCED)), said, then)

    assert (said.status, written != before) == (0, True)
    assert announced(said)
    assert kustomization.ours.content() == before


def announced(said: Result) -> bool:
    """Whether we named Flux, and said that it takes the write back."""
    return "Flux" in said.stderr and "takes the change back" in said.stderr
