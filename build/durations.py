"""A pytest plugin that writes the duration of each test to the file in $PYTEST_DURATIONS, as JSON."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

seconds: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add a phase of a test: setup, call or teardown."""
    seconds[report.nodeid] += report.duration  # type: ignore[assignment]  # a Counter counts fractions, too


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the file, unless this is a worker of pytest-xdist."""
    if not hasattr(session.config, "workerinput"):
        Path(os.environ["PYTEST_DURATIONS"]).write_text(json.dumps(seconds))
