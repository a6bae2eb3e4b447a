"""Helm's next upgrade never fails or takes back what our program wrote, unless it was forced, and said so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from owners.programs import HELM, version
from real_owners.chart import BARE, LISTED, REGCRED, write_chart
from real_owners.ours import OURS

if TYPE_CHECKING:
    from pathlib import Path

    from program import Program, Result
    from real_owners.ours import Ours

RELEASE = "shop"
MODES = {"server-side": (), "client-side": ("--server-side=false",)}
"""How Helm installs: by server-side apply, as Helm 4 does, or as Helm 3 did. Upgrades go on as the installation did."""
FORCED = ("--overwrite", "--force-conflicts")
modes = pytest.mark.parametrize("mode", MODES)


@dataclass(frozen=True, kw_only=True)
class Release:
    """A release of the chart in the namespace of our program."""

    helm: Program
    ours: Ours
    chart: Path
    mode: str

    def run(self, command: str, *words: str | Path) -> Result:
        """Run a command of Helm, which may fail."""
        return self.helm(command, RELEASE, *words, "-n", self.ours.namespace, expect=None)

    def upgrade(self) -> Result:
        """Upgrade to a revision in which the accounts have another annotation, and the secret is the same."""
        return self.run("upgrade", self.chart, "--set", "revision=2")

    def record(self, command: str, said: Result, theirs: Result, then: str) -> None:
        """Add to the table what we said, and what Helm did."""
        failure = f"{theirs.stderr.splitlines()[-1]}; " if theirs.status else ""
        self.ours.record(f"Helm {version(HELM)}, {self.mode}", command, said, f"{failure}{then}")

    def announced(self, said: Result) -> bool:
        """Whether we named Helm, and what its next upgrade does."""
        fate = "fails on a conflict" if self.mode == "server-side" else "takes the change back"
        return "Helm" in said.stderr and fate in said.stderr


@pytest.fixture
def release(mode: str, helm: Program, ours: Ours, tmp_path: Path) -> Release:
    """An installed release."""
    chart = write_chart(tmp_path)
    helm("install", RELEASE, chart, "-n", ours.namespace, *MODES[mode])
    return Release(helm=helm, ours=ours, chart=chart, mode=mode)


@modes
def test_upgrade_after_attach_to_an_account_with_a_list_has_nothing_to_take_back(release: Release) -> None:
    said = release.ours.attach(LISTED)
    theirs = release.upgrade()
    names = release.ours.pull_secrets(LISTED)
    release.record(f"attach --serviceaccount {LISTED}", said, theirs, f"the list is {names}")

    assert (said.status, theirs.status) == (1, 0)
    assert release.announced(said)
    assert names == [REGCRED]


@modes
def test_upgrade_after_a_forced_attach_does_what_was_announced(release: Release) -> None:
    said = release.ours.attach(LISTED, "--force-conflicts")
    attached = release.ours.pull_secrets(LISTED)
    theirs = release.upgrade()
    names = release.ours.pull_secrets(LISTED)
    release.record(f"attach --serviceaccount {LISTED} --force-conflicts", said, theirs, f"the list is {names}")

    assert (said.status, attached) == (0, [REGCRED, OURS])
    assert release.announced(said)
    assert (theirs.status, names) == ((1, [REGCRED, OURS]) if release.mode == "server-side" else (0, [REGCRED]))


@modes
def test_upgrade_after_attach_to_an_account_without_a_list_keeps_the_entry(release: Release) -> None:
    said = release.ours.attach(BARE)
    theirs = release.upgrade()
    names = release.ours.pull_secrets(BARE)
    release.record(f"attach --serviceaccount {BARE}", said, theirs, f"the list is {names}")

    assert (said.status, said.stderr, theirs.status) == (0, "", 0)
    assert names == [OURS]


@modes
@pytest.mark.parametrize("flags", [(), ("--overwrite",)], ids=["plain", "overwrite"])
def test_upgrade_after_create_over_the_secret_of_a_chart_has_nothing_to_take_back(
    flags: tuple[str, ...], release: Release
) -> None:
    before = release.ours.secret()
    said = release.ours.overwrite(*flags)
    after = release.ours.secret()
    theirs = release.upgrade()
    release.record(" ".join(("create", REGCRED, *flags)), said, theirs, "succeeds")

    assert (said.status, theirs.status) == (1, 0)
    assert release.announced(said)
    assert after == before


@modes
def test_upgrade_after_a_forced_create_does_what_was_announced(release: Release) -> None:
    before = release.ours.content()
    said = release.ours.overwrite(*FORCED)
    written = release.ours.content()
    theirs = release.upgrade()
    after = release.ours.content()
    then = "the password is ours" if after == written else "the password is the chart's"
    release.record(" ".join(("create", REGCRED, *FORCED)), said, theirs, then)

    assert (said.status, written != before) == (0, True)
    assert release.announced(said)
    assert (theirs.status, after) == ((1, written) if release.mode == "server-side" else (0, before))


@modes
def test_uninstall_after_a_forced_create_deletes_the_secret(release: Release) -> None:
    said = release.ours.overwrite(*FORCED)
    theirs = release.run("uninstall")
    then = (
        f"uninstall: the secret stays; {theirs.stderr}" if release.ours.secret() else "uninstall: the secret is deleted"
    )
    release.record(" ".join(("create", REGCRED, *FORCED)), said, theirs, then)

    assert (said.status, theirs.status) == (0, 0)
    assert release.ours.secret() is None
