"""Paths and lists of paths on Windows and elsewhere; expectations are those of Go's own tests."""

from __future__ import annotations

import pytest

from pullsecret.system.file_paths import has_separator, is_absolute, path_in, split_list

WINDOWS, LINUX = "win32", "linux"


@pytest.mark.parametrize(
    ("text", "system", "entries"),
    [
        ("", WINDOWS, ()),
        ("", LINUX, ()),
        (r"C:\a;D:\b", WINDOWS, (r"C:\a", r"D:\b")),
        (r"C:\a;;D:\b;", WINDOWS, (r"C:\a", "", r"D:\b", "")),
        (r'"C:\a;b\config";D:\b', WINDOWS, (r"C:\a;b\config", r"D:\b")),
        (r'C:\"a;b"\config;D:\b', WINDOWS, (r"C:\a;b\config", r"D:\b")),
        (r'C:\a;"D:\b;E:\c', WINDOWS, (r"C:\a", r"D:\b;E:\c")),
        ("/a:/b", LINUX, ("/a", "/b")),
        (":/b", LINUX, ("", "/b")),
        ('"/a:/b"', "darwin", ('"/a', '/b"')),
        (r"C:\a", LINUX, ("C", r"\a")),
    ],
)
def test_list_of_paths(text: str, system: str, entries: tuple[str, ...]) -> None:
    assert split_list(text, system) == entries


@pytest.mark.parametrize(
    ("path", "system", "expected"),
    [
        (r"C:\dir\file", WINDOWS, True),
        ("c:/dir/file", WINDOWS, True),
        (r"\\server\share\file", WINDOWS, True),
        (r"\\server\share", WINDOWS, True),
        (r"\dir\file", WINDOWS, False),
        ("/dir/file", WINDOWS, False),
        ("C:file", WINDOWS, False),
        ("C:", WINDOWS, False),
        (r"dir\file", WINDOWS, False),
        ("", WINDOWS, False),
        ("/dir", LINUX, True),
        ("dir", LINUX, False),
        (r"C:\dir", LINUX, False),
    ],
)
def test_absolute_paths(path: str, system: str, *, expected: bool) -> None:
    assert is_absolute(path, system) is expected


@pytest.mark.parametrize(
    ("directory", "path", "system", "expected"),
    [
        (r"C:\Users\me\.kube", "ca.crt", WINDOWS, r"C:\Users\me\.kube\ca.crt"),
        (r"C:\Users\me\.kube", r"..\bin\plugin.exe", WINDOWS, r"C:\Users\me\bin\plugin.exe"),
        (r"C:\Users\me", "certs/ca.crt", WINDOWS, r"C:\Users\me\certs\ca.crt"),
        (r"C:\Users\me", r"\certs\ca.crt", WINDOWS, r"C:\Users\me\certs\ca.crt"),
        ("C:\\", "ca.crt", WINDOWS, r"C:\ca.crt"),
        (r"\\server\share", "ca.crt", WINDOWS, r"\\server\share\ca.crt"),
        ("/home/me/.kube", "ca.crt", LINUX, "/home/me/.kube/ca.crt"),
        ("/home/me/.kube", "../ca.crt", LINUX, "/home/me/ca.crt"),
        ("/", "ca.crt", LINUX, "/ca.crt"),
    ],
)
def test_path_in_a_directory(directory: str, path: str, system: str, expected: str) -> None:
    assert path_in(directory, path, system) == expected


def test_separator_of_windows_is_the_backslash_alone() -> None:
    assert [has_separator(path, WINDOWS) for path in (r"bin\plugin", "bin/plugin", "plugin")] == [True, False, False]
    assert [has_separator(path, LINUX) for path in (r"bin\plugin", "bin/plugin", "plugin")] == [False, True, False]
