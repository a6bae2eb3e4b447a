"""A directory of the host in which nothing leads elsewhere: no link is followed, and files are whole at each moment.

Any user may have written the host's files. A name is opened below its directory's descriptor, never by a path, so that
a link that replaces it meanwhile is an error and no way out.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from pullsecret.errors import HostError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES: Final = 1 << 20
UNFINISHED: Final = ".kubectl-pullsecret-unfinished"
"""A file that is being written; one of a run that was killed is replaced by the next."""
_ALWAYS: Final = ("O_NOFOLLOW", "O_CLOEXEC")
"""Flags of every open, by name, because Windows has none of them, and no pod runs there."""
_DIRECTORY: Final = ("O_RDONLY", "O_DIRECTORY")
_NEW_FILE: Final = ("O_WRONLY", "O_CREAT", "O_EXCL")
_FILE: Final = ("O_RDONLY", "O_NONBLOCK")
"""A named pipe without a writer must not stop the program."""


def _flags(names: tuple[str, ...]) -> int:
    return sum(getattr(os, name) for name in (*names, *_ALWAYS))


class Directory:
    """An open directory; `path` is the host's, for messages. Its methods raise HostError, with the path."""

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor = descriptor
        self.path = path

    def names(self) -> list[str]:
        """The names in it, in order."""
        with self._errors(""):
            return sorted(os.listdir(self.descriptor))  # noqa: PTH208  a path has no descriptor

    def status(self, name: str) -> os.stat_result | None:
        """What a name is, without following it; None if it is not there."""
        with self._errors(name), suppress(FileNotFoundError):
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        return None

    @contextmanager
    def child(self, name: str) -> Iterator[Directory]:
        """A directory in it, during the `with` block."""
        with self._errors(name):
            descriptor = os.open(name, _flags(_DIRECTORY), dir_fd=self.descriptor)
        try:
            yield Directory(descriptor, f"{self.path}/{name}")
        finally:
            os.close(descriptor)

    def read(self, name: str) -> bytes:
        """The content of a file."""
        with self._errors(name):
            descriptor = os.open(name, _flags(_FILE), dir_fd=self.descriptor)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    raise HostError(f"{self._shown(name)} is not a regular file")
                content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise HostError(f"{self._shown(name)} is larger than {_MOST_BYTES >> 20} MiB")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Create or replace a file that everybody can read, in one step."""
        with self._errors(name):
            with suppress(FileNotFoundError):
                os.unlink(UNFINISHED, dir_fd=self.descriptor)
            with os.fdopen(os.open(UNFINISHED, _flags(_NEW_FILE), 0o644, dir_fd=self.descriptor), "wb") as file:
                os.fchmod(file.fileno(), 0o644)
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        self.rename(UNFINISHED, name)

    def make(self, name: str) -> None:
        """Create a directory that everybody can read."""
        with self._errors(name):
            os.mkdir(name, 0o755, dir_fd=self.descriptor)
        with self.child(name) as child, self._errors(name):
            os.fchmod(child.descriptor, 0o755)  # whatever the umask is

    def keep(self, name: str, new: str) -> None:
        """Give a file a second name, with all that it is; a link stays one."""
        with self._errors(new):
            os.link(name, new, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor, follow_symlinks=False)
        self._sync()

    def rename(self, name: str, new: str) -> None:
        """Rename in one step, over what has the new name."""
        with self._errors(new):
            os.rename(name, new, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)
        self._sync()

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""
        with self._errors(name), suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.descriptor)

    def remove_directory(self, name: str) -> None:
        """Remove a directory and the files in it; not the directories in it."""
        with self.child(name) as child:
            for inner in child.names():
                child.remove(inner)
        with self._errors(name):
            os.rmdir(name, dir_fd=self.descriptor)
        self._sync()

    def _sync(self) -> None:
        """Let a crash of the node lose no rename; some file systems have no such thing for directories."""
        with suppress(OSError):
            os.fsync(self.descriptor)

    def _shown(self, name: str) -> str:
        return printable(f"{self.path}/{name}" if name else self.path)

    @contextmanager
    def _errors(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.ENOTDIR}:
                raise HostError(
                    f"{self._shown(name)} is a symbolic link or no directory: it is not followed"
                ) from error
            reason = os.strerror(error.errno) if error.errno else "I/O error"
            raise HostError(f"{self._shown(name)}: {reason.lower()}") from error


@contextmanager
def open_directory(mount: str, path: str) -> Iterator[Directory]:
    """The host's directory `path`, which is at `mount` here, during the `with` block. Raises HostError."""
    try:
        descriptor = os.open(mount, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise HostError(f"{path} is not mounted at {mount}") from error
    try:
        yield Directory(descriptor, path)
    finally:
        os.close(descriptor)
