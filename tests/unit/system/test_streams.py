"""Terminals, colors and variables, as each operating system has them."""

from __future__ import annotations

import errno
import os
import pty
from typing import TYPE_CHECKING

import pytest

from pullsecret.credentials.bounded_read import write_warnings
from pullsecret.network.go_text import os_words
from pullsecret.system.terminal import has_color, is_reader_gone, is_terminal_input, output_format
from pullsecret.system.variables import with_variables, without_variable

if TYPE_CHECKING:
    from pathlib import Path


def test_null_device_of_windows_is_no_terminal_although_it_says_so() -> None:
    ours, theirs = pty.openpty()
    with open(theirs, closefd=True) as stream:  # noqa: PTH123  it has no path
        assert is_terminal_input(stream, "linux")
        assert is_terminal_input(stream, "win32", lambda _: True)
        assert not is_terminal_input(stream, "win32", lambda _: False)
        assert not is_terminal_input(stream, "win32"), "Linux has no consoles of Windows"
    os.close(ours)
    assert not is_terminal_input(None, "win32")


@pytest.mark.parametrize(
    ("system", "environ", "expected"),
    [
        ("linux", {}, True),
        ("darwin", {"TERM": "xterm"}, True),
        ("linux", {"TERM": "dumb"}, False),
        ("linux", {"NO_COLOR": ""}, False),
        ("win32", {}, False),
        ("win32", {"WT_SESSION": "3a"}, True),
        ("win32", {"WT_SESSION": "3a", "NO_COLOR": "1"}, False),
    ],
)
def test_colors_as_kubectl_has_them(system: str, environ: dict[str, str], *, expected: bool) -> None:
    ours, theirs = pty.openpty()
    with open(theirs, "w") as stream:  # noqa: PTH123  as above
        assert has_color(stream, environ, system) is expected
    os.close(ours)


def test_output_on_windows_is_utf_8_with_line_feeds() -> None:
    assert output_format("win32") == {"encoding": "utf-8", "newline": "\n"}
    assert output_format("linux") == output_format("darwin") == {}


def test_closed_pipe_on_windows_may_be_an_invalid_argument() -> None:
    invalid, full = OSError(errno.EINVAL, "invalid"), OSError(errno.ENOSPC, "full")
    assert [is_reader_gone(error, "win32") for error in (invalid, full, BrokenPipeError())] == [True, False, True]
    assert [is_reader_gone(error, "linux") for error in (invalid, full, BrokenPipeError())] == [False, False, True]


def test_errors_of_windows_have_words_of_their_own() -> None:
    class WindowsError(OSError):
        winerror = 1920

    assert os_words(WindowsError(errno.EINVAL, "The file cannot be accessed by the system")) == (
        "the file cannot be accessed by the system"
    )
    assert os_words(WindowsError(errno.ENOENT, "The system cannot find the file specified")) == (
        "no such file or directory"
    )


def test_names_of_variables_on_windows_have_no_case() -> None:
    environ = {"PATH": "/bin", "Key": "secret", "OTHER": "x"}
    assert with_variables(environ, {"Path": "/opt"}, "win32") == {"Key": "secret", "OTHER": "x", "Path": "/opt"}
    assert with_variables(environ, {"Path": "/opt"}, "linux") == {**environ, "Path": "/opt"}
    assert without_variable(environ, "KEY", "win32") == {"PATH": "/bin", "OTHER": "x"}
    assert without_variable(environ, "KEY", "linux") == environ
    assert without_variable(environ, "Key", "linux") == {"PATH": "/bin", "OTHER": "x"}


def test_modes_of_files_on_windows_say_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    file.chmod(0o646)
    assert write_warnings(str(file), "linux") != ()
    assert write_warnings(str(file), "win32") == ()
