"""Environment variables, in whose names Windows ignores case: there, `Path` and `PATH` are the same."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_variables(environ: Mapping[str, str], more: Mapping[str, str], system: str = sys.platform) -> dict[str, str]:
    """The environment with more variables, which replace those of the same name (Go: os/exec/exec.go, dedupEnv)."""
    new = {_comparable(name, system) for name in more}
    return {**{name: value for name, value in environ.items() if _comparable(name, system) not in new}, **more}


def without_variable(environ: Mapping[str, str], name: str, system: str = sys.platform) -> dict[str, str]:
    """The environment without a variable."""
    unwanted = _comparable(name, system)
    return {other: value for other, value in environ.items() if _comparable(other, system) != unwanted}


def _comparable(name: str, system: str) -> str:
    return name.upper() if system == "win32" else name
