"""Reads from containerd's configuration on a node where it looks for hosts.toml."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack, contextmanager
from fnmatch import fnmatchcase
from posixpath import basename, dirname
from typing import TYPE_CHECKING, Final

from pullsecret.errors import HostError
from pullsecret.model.containerd.config_path import ConfigPath, config_path_in, imports_of, parsed_config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.node.directory import Directory

_MOST_FILES: Final = 64
_CRI_O: Final = "/containers/storage/overlay"
"""What is in the paths of a container's mounts under CRI-O (containers/storage: types/options.go, its two roots)."""


def check_config_path(directory: Directory, file: str, config_path: str, mounts: str) -> str:
    """Return where containerd's configuration says what is expected.

    Args:
        directory: the directory of the configuration.
        file: its path on the host.
        config_path: the directory that it should name.
        mounts: this process's /proc/self/mountinfo, which tells the runtime.

    Raises:
        HostError: containerd does not read hosts.toml there.
    """
    if _CRI_O in mounts:
        raise HostError(
            "this node runs CRI-O, which does not read hosts.toml: nothing was written",
            hint="set mirrors in /etc/containers/registries.conf.d, in OpenShift with an ImageDigestMirrorSet or "
            "ImageTagMirrorSet, and leave these nodes out with --node-selector",
        )
    if directory.status(basename(file)) is None:
        raise HostError(
            f"{file} does not exist: nothing was written",
            hint="name containerd's configuration with --containerd-config, or leave nodes with another runtime out "
            "with --node-selector",
        )
    found, unread = read_config_path(directory, file)
    if config_path not in found.directories:
        raise _wrong(found, file, config_path, unread)
    return found.file


def _wrong(found: ConfigPath, file: str, config_path: str, unread: tuple[str, ...]) -> HostError:
    imports = f" (its imports {', '.join(unread)} are not read)" if unread else ""
    if not found.directories:
        return HostError(
            f"config_path is not set in {found.file or file}{imports}: nothing was written, because "
            "containerd before 2.2 reads no hosts.toml then",
            hint=f'set registry.config_path = "{config_path}" in the section of the CRI plugin, and restart containerd',
        )
    return HostError(
        f"config_path in {found.file} is {':'.join(found.directories)}, not {config_path}{imports}: "
        "nothing was written",
        hint=f"generate the manifest with --config-path {found.directories[0]}",
    )


def read_config_path(directory: Directory, file: str) -> tuple[ConfigPath, tuple[str, ...]]:
    """What applies, and the imports that are outside of the directory, which is all that can be read.

    Raises:
        HostError: a file cannot be read.
        ConfigError: a file is not TOML.
    """
    waiting, seen, unread = deque([file]), dict[str, "Mapping[str, object]"](), list[str]()
    while waiting:
        path = waiting.popleft()
        if path in seen:
            continue
        if len(seen) == _MOST_FILES:
            raise HostError(f"{file} imports more than {_MOST_FILES} files")
        with _directory_of(directory, path) as place:
            seen[path] = parsed_config(place.read(basename(path)) if place else b"", path)
        for pattern in imports_of(seen[path], path):
            if not pattern.startswith(f"{directory.path}/"):
                unread.append(pattern)
            waiting.extend(_matching(directory, pattern))
    return config_path_in(tuple(seen.items())), tuple(unread)


def _matching(directory: Directory, pattern: str) -> list[str]:
    """The files of the directory that match a pattern, in order; a directory with a pattern in its name is not."""
    if not pattern.startswith(f"{directory.path}/"):
        return []
    with _directory_of(directory, pattern) as place:
        names = place.names() if place else []
    return [f"{dirname(pattern)}/{name}" for name in names if fnmatchcase(name, basename(pattern))]


@contextmanager
def _directory_of(directory: Directory, path: str) -> Iterator[Directory | None]:
    """The directory of a file that is in the given one, or below; None if it does not exist."""
    with ExitStack() as stack:
        place: Directory | None = directory
        for name in filter(None, dirname(path).removeprefix(directory.path).split("/")):
            exists = place is not None and place.status(name) is not None
            place = stack.enter_context(place.child(name)) if place and exists else None
        yield place
