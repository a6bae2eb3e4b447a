"""Writes the files of one registry's directory on a node, and puts back what was there before.

Each step leaves files that containerd can read, so that a run may be killed at any moment and the next one finishes:
certificates come before the hosts.toml that names them and go after it; a backup is a second name of the first file
until the new one replaces it; a directory appears and disappears as a whole, because an empty one would hide _default.
"""

from __future__ import annotations

import os
import stat
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from pullsecret.errors import HostError
from pullsecret.model.containerd.hosts_files import AUTHORITY, BACKUP, HOSTS_FILE, mark_of
from pullsecret.node.directory import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.node.directory import Directory

MADE: Final = ".kubectl-pullsecret-made"
"""A file in directories that were not there before."""
NEW, OLD = ".kubectl-pullsecret-new-", ".kubectl-pullsecret-old-"
"""The beginnings of a directory's name before it is complete, and while it is removed."""


class HostsState(Enum):
    """Whose hosts.toml it is; `EDITED` is ours with other content, `OTHERS` of another DaemonSet."""

    ABSENT = auto()
    OURS = auto()
    EDITED = auto()
    OTHERS = auto()
    FOREIGN = auto()


def state_of(place: Directory, owner: str) -> HostsState:
    """Whose the hosts.toml in a directory is."""
    status = place.status(HOSTS_FILE)
    if status is None:
        return HostsState.ABSENT
    mark = mark_of(place.read(HOSTS_FILE)) if stat.S_ISREG(status.st_mode) else None
    if mark is None:
        return HostsState.FOREIGN
    if mark.owner != owner:
        return HostsState.OTHERS
    return HostsState.OURS if mark.is_intact else HostsState.EDITED


def write_files(root: Directory, name: str, files: Mapping[str, bytes], owner: str) -> str:
    """Make a registry's directory have these files, and return what was done.

    Raises:
        HostError: what is there is better left alone, or cannot be written; containerd's files are whole all the same.
    """
    if root.status(name) is None:
        return _make(root, name, files)
    with root.child(name) as place:
        state = state_of(place, owner)
        _refuse(place, state)
        if state is HostsState.OURS and all(_has(place, file, content) for file, content in files.items()):
            _drop_authorities(place, files)
            return "unchanged"
        if state is HostsState.FOREIGN and not _is_kept(place):
            place.keep(HOSTS_FILE, BACKUP)
        for file in sorted(files, key=HOSTS_FILE.__eq__):  # hosts.toml is the last
            place.write(file, files[file])
        _drop_authorities(place, files)
        return f"written{_about(place, state)}"


def _about(place: Directory, state: HostsState) -> str:
    """What else to know: where the file of before is, or that containerd used certificates and now reads hosts.toml."""
    if place.status(BACKUP):
        return f"; what was there is {BACKUP}"
    unused = [name for name in place.names() if name.endswith((".crt", ".cert"))] if state is HostsState.ABSENT else []
    return f"; {', '.join(unused)} beside it no longer counts: give it with --ca" if unused else ""


def _make(root: Directory, name: str, files: Mapping[str, bytes]) -> str:
    root.make(NEW + name)
    with root.child(NEW + name) as place:
        for file, content in {MADE: b"", **files}.items():
            place.write(file, content)
    root.rename(NEW + name, name)
    return "written"


def _refuse(place: Directory, state: HostsState) -> None:
    """Leave alone what was changed since, or written by another DaemonSet."""
    shown = f"{place.path}/{HOSTS_FILE}"
    if state is HostsState.OTHERS:
        owner = getattr(mark_of(place.read(HOSTS_FILE)), "owner", "")
        raise HostError(
            f"{shown} is of DaemonSet {owner}: a registry can have one only",
            hint="put back what was there before it: kubectl pullsecret generate containerd-hosts --remove "
            f"-n {owner.partition('/')[0]} --image REF",
        )
    if state is HostsState.EDITED:
        raise HostError(f"{shown} was changed since it was written: move it away, or undo the change")
    if state is HostsState.FOREIGN and place.status(BACKUP) and not _is_kept(place):
        raise HostError(
            f"{shown} was replaced since it was written, and {BACKUP} is what was there before",
            hint=f"remove {BACKUP} if the newer file is the one to put back one day",
        )


def _is_kept(place: Directory) -> bool:
    """Whether the backup is what hosts.toml is: the same file, or one with the same content."""
    backup, current = place.status(BACKUP), place.status(HOSTS_FILE)
    if backup is None or current is None:
        return False
    if os.path.samestat(backup, current):
        return True
    are_files = stat.S_ISREG(backup.st_mode) and stat.S_ISREG(current.st_mode)
    return are_files and place.read(BACKUP) == place.read(HOSTS_FILE)


def _has(place: Directory, name: str, content: bytes) -> bool:
    status = place.status(name)
    return status is not None and stat.S_ISREG(status.st_mode) and place.read(name) == content


def _drop_authorities(place: Directory, kept: Mapping[str, bytes]) -> None:
    for name in place.names():
        if AUTHORITY.fullmatch(name) and name not in kept:
            place.remove(name)


def put_back(root: Directory, name: str, owner: str) -> str:
    """Put back what was in a registry's directory, and return what was done; "" if nothing there is the DaemonSet's.

    Raises:
        HostError: the file was changed since.
    """
    with root.child(name) as place:
        state = state_of(place, owner)
        if state is HostsState.EDITED:
            _refuse(place, state)
        has_backup = place.status(BACKUP) is not None
        if state is HostsState.FOREIGN and has_backup and _is_kept(place):  # killed before the new file replaced it
            place.remove(BACKUP)
            has_backup = False
        if state in {HostsState.FOREIGN, HostsState.OTHERS} or (state is HostsState.ABSENT and not has_backup):
            return _leave(place, state, has_backup=has_backup)
        if not has_backup and {HOSTS_FILE, MADE} <= set(place.names()) and all(map(_is_written, place.names())):
            root.rename(name, OLD + name)
            root.remove_directory(OLD + name)
            return "removed; there was none before"
        _restore(place, has_backup=has_backup)
        return "put back" if has_backup else "removed; there was none before"


def _leave(place: Directory, state: HostsState, *, has_backup: bool) -> str:
    """Leave a hosts.toml that is not ours alone, without what a killed run has left beside it."""
    if state is HostsState.OTHERS:
        return ""
    return f"left alone: it was replaced since, and {BACKUP} was before" if has_backup else _clean(place)


def _clean(place: Directory) -> str:
    """Remove what a killed run has left beside a hosts.toml that is not ours, or beside none."""
    left = [name for name in place.names() if name != HOSTS_FILE and _is_written(name)]
    for name in left:
        place.remove(name)
    return "as it was before" if left else ""


def _is_written(name: str) -> bool:
    return name in {HOSTS_FILE, MADE, UNFINISHED} or bool(AUTHORITY.fullmatch(name))


def _restore(place: Directory, *, has_backup: bool) -> None:
    if has_backup:
        place.rename(BACKUP, HOSTS_FILE)
        place.remove(BACKUP)  # two names of one file: Linux renames nothing then
    else:
        place.remove(HOSTS_FILE)
    _clean(place)


def remove_unfinished(root: Directory) -> str:
    """Remove what a killed run has left, and return "": directories that were not complete, or not removed to the end.

    Raises:
        HostError: there is something else under such a name.
    """
    for name in root.names():
        if name.startswith((NEW, OLD)):
            root.remove_directory(name)
    return ""
