"""Reads what is to be checked: manifests, and login files as docker and podman write them.

A file that is named and has no Kubernetes object is a login file; one that is called `.yaml` or `.yml` is not, because
charts and kustomizations have other YAML files, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.credentials.bounded_read import STDIN, source_name
from pullsecret.files.manifests import files_of, is_folder, read_file, read_objects
from pullsecret.model.declared.declared import Declared, DeclaredObject
from pullsecret.model.objects.pullsecret import built

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.objects.objects import Object

_NO_LOGIN_FILE = (".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class LoginFile:
    """A login file, as the pull secret without a name that would be made of it."""

    file: str
    secret: Object = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class CheckedFiles:
    """What some files have: objects, and login files; `others` are files that have neither, as a message names them."""

    declared: Declared = field(default_factory=Declared)
    login_files: tuple[LoginFile, ...] = ()
    others: tuple[str, ...] = ()


def read_checked_files(
    paths: Sequence[str], *, is_recursive: bool = False, finds_templates: bool = False
) -> CheckedFiles:
    """Read files, folders, and standard input for `-`; `finds_templates` is that of `read_manifests`.

    Raises:
        CredentialError: one that is named cannot be read.
        UsageError: one does not exist, a folder has no manifests, or standard input is empty.
    """
    objects: list[DeclaredObject] = []
    problems: list[str] = []
    logins: list[LoginFile] = []
    others: list[str] = []
    for file, is_named in _files(paths, is_recursive=is_recursive):
        data = read_file(file)
        found, wrong = read_objects(data, file, finds_templates=finds_templates)
        objects += found
        problems += wrong
        if found or wrong or not is_named:
            continue
        if file.endswith(_NO_LOGIN_FILE) or _is_rendered_empty(data):
            others.append(source_name(file))
        else:
            logins.append(LoginFile(file=file, secret=built("", data)))
    declared = Declared(objects=tuple(objects), problems=tuple(problems))
    return CheckedFiles(declared=declared, login_files=tuple(logins), others=tuple(others))


def _is_rendered_empty(data: bytes) -> bool:
    """Whether a chart was rendered to comments only."""
    lines = list(filter(None, map(bytes.strip, data.splitlines())))
    return bool(lines) and all(line.startswith((b"#", b"---")) for line in lines)


def _files(paths: Sequence[str], *, is_recursive: bool) -> Iterator[tuple[str, bool]]:
    """The files to read, and whether each was named, and not only its folder."""
    for path in dict.fromkeys(paths):
        is_named = path == STDIN or not is_folder(path)
        yield from ((file, is_named) for file in files_of(path, is_recursive=is_recursive))
