r"""Finds a program by its name or path, as kubectl and docker do; never in the current directory.

On Windows, a name is completed with the extensions in %PATHEXT%, so that `plugin` finds `plugin.exe` and `plugin.cmd`.
Source: Go os/exec/lp_unix.go, lp_windows.go, exec.go; client-go plugin/pkg/client/auth/exec/exec.go. On Windows, Go
looks in the current directory as well, only to fail when a program is there; here, that makes no difference.
"""

from __future__ import annotations

import ntpath
import os
import sys
from typing import TYPE_CHECKING, Final

from pullsecret.system.file_paths import is_absolute, path_in, split_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_EXTENSIONS: Final = ".com;.exe;.bat;.cmd"
"""What is tried where PATHEXT is not set."""


def _is_program(path: str) -> bool:
    """Whether it is a file that we may run; Windows has no permission for that."""
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113  the path is text


def find_program(
    command: str,
    environ: Mapping[str, str],
    system: str = sys.platform,
    is_program: Callable[[str], bool] = _is_program,
) -> str | None:
    """Find the program of a command.

    Args:
        command: a path, or a name to look up on $PATH.
        environ: has PATH, and on Windows PATHEXT.
        system: the operating system.
        is_program: tells whether a path is a program's.

    Returns:
        Its path; None if there is none, or if a relative entry of PATH has it, which Go refuses. Except on Windows, a
        path is returned as it is.
    """
    if system == "win32":
        command = ntpath.normpath(command)  # as client-go does: `./plugin` is then looked up on PATH
    if _is_path(command, system):
        return command if system != "win32" else next(filter(is_program, _completed(command, environ)), None)
    found = next(filter(is_program, _candidates(command, environ, system)), None)
    return found if found and is_absolute(found, system) else None


def _is_path(command: str, system: str) -> bool:
    return any(char in command for char in ("/\\:" if system == "win32" else "/"))


def _candidates(name: str, environ: Mapping[str, str], system: str) -> Iterator[str]:
    """The paths that a name may stand for, in the order in which they are tried."""
    for directory in split_list(environ.get("PATH", ""), system):
        if system == "win32":
            if directory:
                yield from _completed(path_in(directory, name, system), environ)
        else:
            yield path_in(directory, name, system) if directory else name


def _completed(path: str, environ: Mapping[str, str]) -> Iterator[str]:
    """A path on Windows: as it is if it has an extension, then with each extension of PATHEXT."""
    if "." in path.rpartition("\\")[2]:
        yield path
    for extension in (environ.get("PATHEXT") or _EXTENSIONS).lower().split(";"):
        if extension:
            yield path + (extension if extension.startswith(".") else f".{extension}")
