"""What is generated from the commands is current, and says what completes each flag."""

from __future__ import annotations

import subprocess
import sys

import pytest

from program import CHECKOUT
from pullsecret.entry.command_table import COMMANDS
from pullsecret.entry.live_names import LOOKUPS

pytestmark = pytest.mark.source

FLAGS = {f"{command} {flag.name}": flag for command, definition in COMMANDS.items() for flag in definition.flags}
LOOKED_UP = {
    "FILE": "files",
    "NS": "namespaces",
    "SA": "service-accounts",
    "CONTEXT": "contexts",
    "CLUSTER": "clusters",
}
"""What completes a value with this metavar, so that no new flag is forgotten."""


def test_generated_files_are_current() -> None:
    check = subprocess.run(
        [sys.executable, CHECKOUT / "build" / "generate.py", "--check"], capture_output=True, text=True, check=False
    )

    assert (check.stderr, check.returncode) == ("", 0)


@pytest.mark.parametrize("metavar", LOOKED_UP)
def test_flags_with_a_known_metavar_complete(metavar: str) -> None:
    forgotten = [
        where
        for where, flag in FLAGS.items()
        if flag.metavar.strip("[=]") == metavar and flag.kind.removeprefix("source-") != LOOKED_UP[metavar]
    ]

    assert not forgotten


def test_every_kind_in_the_table_has_a_lookup() -> None:
    kinds = {flag.kind for flag in FLAGS.values()} | {command.kind for command in COMMANDS.values()}

    assert kinds == {"", "files", *LOOKUPS}
