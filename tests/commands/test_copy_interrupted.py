"""An interrupted run reports what was done and what was not, and the next run completes the work."""

from __future__ import annotations

import secrets
import signal
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program

COUNT = 60
SIGNALS = {"SIGINT": (signal.SIGINT, 130), "SIGTERM": (signal.SIGTERM, 143)}


@pytest.mark.parametrize(("number", "status"), SIGNALS.values(), ids=SIGNALS.keys())
def test_interrupted_copy_reports_both_parts_and_the_next_run_completes_it(
    number: signal.Signals, status: int, api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    team = secrets.token_hex(4)
    home = namespaces(1)[0]
    teams = namespaces(COUNT, labels={"team": team})
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)
    command = ("copy", "x", "--from", home, "-l", f"team={team}")

    with pullsecret.start(*command, "--parallel", "1") as running:
        assert running.stdout
        assert running.stderr
        first = running.stdout.readline()
        running.send_signal(number)
        printed = first + running.stdout.read()
        complaints = running.stderr.read()
    done = {namespace for namespace in teams if api.find("Secret", "x", namespace)}
    again = pullsecret(*command)

    assert running.returncode == status
    assert 0 < len(done) < COUNT
    assert {line.rpartition(" ")[2] for line in printed.splitlines() if line.startswith("secret/x created")} == done
    left = COUNT - len(done)
    assert f"note: skipped secret/x in namespaces {min(set(teams) - done)}, " in complaints
    assert complaints.splitlines()[-1] == f"{COUNT} namespaces: {len(done)} created, {left} skipped"
    assert "Traceback" not in complaints
    assert again.stderr == f"{COUNT} namespaces: {left} created, {len(done)} unchanged\n"


def test_copy_into_a_closed_pipe_ends_without_a_traceback(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    team = secrets.token_hex(4)
    home = namespaces(1)[0]
    namespaces(20, labels={"team": team})
    api.create(docker_config_secret("x", {"reg.example": registry_entry()}), home)

    with pullsecret.start("copy", "x", "--from", home, "-l", f"team={team}", "--parallel", "1") as running:
        assert running.stdout
        assert running.stderr
        running.stdout.readline()
        running.stdout.close()
        complaints = running.stderr.read()

    assert running.returncode == 1
    assert "Traceback" not in complaints
