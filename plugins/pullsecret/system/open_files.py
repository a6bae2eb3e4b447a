"""How many files and connections this process may have open."""

from __future__ import annotations

import sys
from typing import Final

MOST_FILES: Final = 4096
_UNLIMITED: Final = 1 << 20
_ON_WINDOWS: Final = 8192


def raise_open_file_limit() -> int:
    """Raise the soft limit towards the hard one, as Go does at its start, and return it: macOS begins with 256."""
    if sys.platform == "win32":
        return _ON_WINDOWS
    import resource  # noqa: PLC0415  only runs with several clusters need it, and Windows has none

    soft, hard = (
        _UNLIMITED if limit == resource.RLIM_INFINITY else limit for limit in resource.getrlimit(resource.RLIMIT_NOFILE)
    )
    wanted = min(MOST_FILES, hard)
    if soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    except (OSError, ValueError):  # macOS has a further limit of its own
        return soft
    return wanted
