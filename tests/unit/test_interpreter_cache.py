"""The compiled interpreter is cached by what it was really compiled from."""

from __future__ import annotations

import pytest

from release.interpreter import LOCK, directory_for

pytestmark = pytest.mark.source


def test_directory_depends_on_the_sources_and_not_on_comments() -> None:
    locked = LOCK.read_text()
    newer = locked.replace("libyaml ", "libyaml 1:")

    assert directory_for(locked) == directory_for(f"# Another comment.\n{locked}")
    assert directory_for(locked) != directory_for(newer)
