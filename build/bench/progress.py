"""Says on stderr what is being measured."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Print progress."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()
