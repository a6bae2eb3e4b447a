"""How a plugin's or a credential helper's program is found."""

from __future__ import annotations

import os
import secrets
import sys
from typing import TYPE_CHECKING

import pytest

from pullsecret.programs.find_program import find_program
from pullsecret.programs.run_program import run_with_our_streams

if TYPE_CHECKING:
    from pathlib import Path

ON_WINDOWS = {
    "exe": ("plugin", {r"C:\bin\plugin.exe"}, r"C:\bin\plugin.exe"),
    "cmd": ("plugin", {r"C:\bin\plugin.cmd"}, r"C:\bin\plugin.cmd"),
    "bat-before-cmd": ("plugin", {r"C:\bin\plugin.cmd", r"C:\bin\plugin.bat"}, r"C:\bin\plugin.bat"),
    "directory-before-extension": ("plugin", {r"C:\bin\plugin.cmd", r"D:\more\plugin.com"}, r"C:\bin\plugin.cmd"),
    "quoted-entry": ("plugin", {r"E:\a;b\plugin.exe"}, r"E:\a;b\plugin.exe"),
    "with-its-extension": ("plugin.exe", {r"C:\bin\plugin.exe"}, r"C:\bin\plugin.exe"),
    "with-two-extensions": ("plugin.bat", {r"C:\bin\plugin.bat.exe"}, r"C:\bin\plugin.bat.exe"),
    "without-an-extension": ("plugin", {r"C:\bin\plugin"}, None),
    "name-with-a-dot": ("plugin.v1", {r"C:\bin\plugin.v1.exe"}, r"C:\bin\plugin.v1.exe"),
    "current-directory": ("plugin", {"plugin.exe", r".\plugin.exe"}, None),
    "relative-entry": ("plugin", {r"here\plugin.exe", r"D:\more\plugin.exe"}, None),
    "path": (r"C:\opt\plugin", {r"C:\opt\plugin.exe", r"C:\bin\plugin.exe"}, r"C:\opt\plugin.exe"),
    "path-with-slashes": ("C:/opt/plugin", {r"C:\opt\plugin.cmd"}, r"C:\opt\plugin.cmd"),
    "path-in-the-current-directory": (
        "./plugin",
        {r".\plugin.exe", "plugin.exe", r"C:\bin\plugin.exe"},
        r"C:\bin\plugin.exe",
    ),
    "path-of-nothing": (r"C:\opt\plugin.exe", set[str](), None),
}


@pytest.mark.parametrize(("command", "files", "expected"), ON_WINDOWS.values(), ids=ON_WINDOWS.keys())
def test_program_on_windows(command: str, files: set[str], expected: str | None) -> None:
    path = r';C:\bin;here;"E:\a;b";D:\more'
    assert find_program(command, {"PATH": path}, "win32", files.__contains__) == expected


def test_extensions_are_those_of_the_variable() -> None:
    environ = {"PATH": r"C:\bin", "PATHEXT": ".EXE;;PY"}
    found = [
        find_program("plugin", environ, "win32", {rf"C:\bin\plugin{extension}"}.__contains__)
        for extension in (".exe", ".py", ".cmd")
    ]
    assert found == [r"C:\bin\plugin.exe", r"C:\bin\plugin.py", None]


def test_program_elsewhere_is_on_path_and_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for directory in (first, second):
        directory.mkdir()
        (directory / "plugin").write_text("#!/bin/sh\n")
    (second / "plugin").chmod(0o700)
    (first / "folder").mkdir()
    monkeypatch.chdir(second)

    assert find_program("plugin", {"PATH": f"{first}:{second}"}) == str(second / "plugin")
    assert find_program("plugin", {"PATH": f":{second}"}) is None, "the current directory"
    assert find_program("plugin", {"PATH": f".:{second}"}) is None, "the current directory"
    assert find_program("plugin", {"PATH": str(first)}) is None
    assert find_program("folder", {"PATH": str(first)}) is None
    assert find_program("plugin", {}) is None
    assert find_program("./nothing", {"PATH": str(second)}) == "./nothing", "whoever starts it says why it cannot"


def test_program_that_a_user_watches_is_found_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"diff-{secrets.token_hex(4)}"
    program = tmp_path / name
    program.write_text(f"#!{sys.executable}\nraise SystemExit(3)\n")
    program.chmod(0o700)
    monkeypatch.chdir(tmp_path)

    assert run_with_our_streams([name], environ={"PATH": f"{os.environ['PATH']}:{tmp_path}"}) == 3
    with pytest.raises(FileNotFoundError):
        run_with_our_streams([name], environ={"PATH": os.environ["PATH"]})
