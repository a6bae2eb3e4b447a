"""What a pod of `generate containerd-hosts` does on its node."""

from __future__ import annotations

import signal
import stat
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from posixpath import dirname
from typing import TYPE_CHECKING

from pullsecret.errors import HostError, PullSecretError
from pullsecret.model.containerd.hosts_files import HostsFiles, content_hash
from pullsecret.node.containerd_config import check_config_path
from pullsecret.node.directory import open_directory
from pullsecret.node.registry_files import put_back, remove_unfinished, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pullsecret.model.containerd.node_command import NodeTask
    from pullsecret.node.directory import Directory

MOUNTS = Path("/proc/self/mountinfo")


def write_all(task: NodeTask, hosts: str, config: str, files: Path) -> Iterator[str | PullSecretError]:
    """Write the files of all registries, put back those of registries that are not among them; yields what was done.

    Args:
        task: the DaemonSet, the hash of the files, and the paths on the host.
        hosts: where the host's directory of the registries is here.
        config: where the directory of containerd's configuration is here.
        files: the directory with the files.

    Raises:
        HostError: containerd does not read what would be written, or the files are not those of the task.
    """
    found = read_files(files)
    if content_hash(found) != task.files:
        raise HostError("the ConfigMap has other files than this pod is for: it starts again until it has them")
    with open_directory(config, dirname(task.containerd_config)) as directory:
        mounts = MOUNTS.read_text(errors="replace")
        where = check_config_path(directory, task.containerd_config, task.config_path, mounts)
    yield f"containerd reads {task.config_path}, by {where}"
    with _alone(hosts, task.config_path) as root:
        yield from _told(root, "", partial(remove_unfinished, root))
        for one in found:
            content = {name: text.encode() for name, text in one.files.items()}
            yield from _told(root, one.directory, partial(write_files, root, one.directory, content, task.owner))
        yield from _put_back(root, task.owner, frozenset(one.directory for one in found))


def put_all_back(task: NodeTask, hosts: str) -> Iterator[str | PullSecretError]:
    """Put back what was there before in all directories that the DaemonSet has written; yields what was done."""
    with _alone(hosts, task.config_path) as root:
        yield from _told(root, "", partial(remove_unfinished, root))
        yield from _put_back(root, task.owner, frozenset())


def wait_for_end() -> None:
    """Wait until the pod is stopped; the first process of a container gets only the signals that it waits for."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)


def read_files(files: Path) -> tuple[HostsFiles, ...]:
    """The files to write, by directory; a volume has them as links, and its own names begin with two dots."""
    places = [place for place in sorted(files.iterdir()) if not place.name.startswith("..")]
    return tuple(
        HostsFiles(registry="", directory=place.name, files={one.name: one.read_text() for one in place.iterdir()})
        for place in places
    )


@contextmanager
def _alone(hosts: str, path: str) -> Iterator[Directory]:
    """The directory of the registries, which no other pod writes during the `with` block."""
    import fcntl  # noqa: PLC0415  Windows has none

    with open_directory(hosts, path) as root:
        try:
            fcntl.flock(root.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise HostError(f"another pod writes {path}: this one starts again") from error
        yield root


def _put_back(root: Directory, owner: str, kept: frozenset[str]) -> Iterator[str | PullSecretError]:
    for name in root.names():
        status = root.status(name)
        if status is not None and stat.S_ISDIR(status.st_mode) and name not in kept:
            yield from _told(root, name, partial(put_back, root, name, owner))


def _told(root: Directory, name: str, act: Callable[[], str]) -> Iterator[str | PullSecretError]:
    """What was done in one directory; an error in it stops no other."""
    try:
        done = act()
    except PullSecretError as error:
        yield error
        return
    if done:
        yield f"{root.path}/{name}/hosts.toml {done}"
