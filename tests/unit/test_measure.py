"""build/measure.py works with this program."""

from __future__ import annotations

import subprocess
import sys

import pytest

from program import CHECKOUT

pytestmark = pytest.mark.source

PRINT_CALLS = """
import sys
from pathlib import Path
from measure import measure_calls, measure_rule
for measure in (measure_calls, measure_rule):
    for name, figure in measure(Path(sys.argv[1])):
        print(figure)
"""


def test_calls_of_a_command_are_counted() -> None:
    command = [sys.executable, "-c", PRINT_CALLS, str(CHECKOUT)]
    env = {"PYTHONPATH": f"{CHECKOUT / 'build'}:{CHECKOUT / 'plugins'}"}
    printed = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout

    figures = [int(figure) for line in printed.splitlines() for figure in line.split(", ")]
    worker_frames, _, client_frames, _, before_get, until_post, *_ = figures
    assert len(figures) == 8
    assert min(figures) > 0
    assert worker_frames >= client_frames
    assert until_post > before_get
