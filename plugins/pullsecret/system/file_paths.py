"""Paths and lists of paths as Go's path/filepath reads them.

Source: Go path/filepath/path_windows.go, path_unix.go (SplitList, Join); internal/filepathlite/path_windows.go (IsAbs).
"""

from __future__ import annotations

import ntpath
import posixpath
import sys


def split_list(text: str, system: str = sys.platform) -> tuple[str, ...]:
    """The entries of a list such as $KUBECONFIG or $PATH, empty ones included.

    On Windows, a semicolon in double quotes separates nothing, and the quotes are removed.
    """
    if not text:
        return ()
    if system != "win32":
        return tuple(text.split(":"))
    entries, is_quoted = [""], False
    for char in text:
        if char == '"':
            is_quoted = not is_quoted
        elif char == ";" and not is_quoted:
            entries.append("")
        else:
            entries[-1] += char
    return tuple(entries)


def is_absolute(path: str, system: str = sys.platform) -> bool:
    r"""Whether a path is complete: on Windows, `C:\dir` and `\\server\share` are, `\dir` and `C:dir` are not."""
    if system != "win32":
        return path.startswith("/")
    drive, rest = ntpath.splitdrive(path)
    return bool(drive) and (drive[0] in "\\/" or rest[:1] in {"\\", "/"})


def path_in(directory: str, path: str, system: str = sys.platform) -> str:
    """A path below a directory, without `.` and `..`; on Windows with backslashes."""
    if system == "win32":
        return ntpath.normpath(f"{directory}\\{path}")
    return posixpath.normpath(f"{directory.rstrip('/')}/{path}")


def has_separator(path: str, system: str = sys.platform) -> bool:
    r"""Whether Go's separator is in a path: on Windows `\` alone, although `/` separates as well."""
    return ("\\" if system == "win32" else "/") in path
