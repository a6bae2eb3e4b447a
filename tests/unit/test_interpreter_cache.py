"""The compiled interpreter is kept by what it was really compiled from."""

from __future__ import annotations

import pytest

from release.interpreter import LOCK, place_of

pytestmark = pytest.mark.source


def test_place_follows_the_sources_and_not_their_comments() -> None:
    locked = LOCK.read_text()
    newer = locked.replace("libyaml ", "libyaml 1:")

    assert place_of(locked) == place_of(f"# Another comment.\n{locked}")
    assert place_of(locked) != place_of(newer)
