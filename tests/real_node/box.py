"""Run a command in a box, with its own mounts, processes and network, and leave nothing behind however it ends.

The box is a set of Linux namespaces. Its first process ends with this one, the kernel ends all others with the first,
and with the last one it removes the mounts and their files, which are in memory. The kernel keeps the directories of
cgroups; a process outside of the box (cleanup.py) notices the end of this one and removes them.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from control_plane import build
from real_node.cleanup import make_cgroups

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

NAME = "KUBECTL_PULLSECRET_BOX"
"""The variable with the name of the box, for processes in it; its cgroups have the same name."""
HIDDEN = ("/run", "/var/lib", "/var/log")
"""Directories where the kubelet and containerd write to fixed paths; in the box they are empty and in memory."""
NEEDED = ("unshare", "setpriv", "mount", "openssl", "perl")
END_WITH_PARENT = ("setpriv", "--pdeathsig", "KILL")
"""Before a command: Linux ends it when this process ends, even by SIGKILL."""
NAMESPACES = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")


class BoxError(Exception):
    """A box is not possible on this machine."""


def check_machine() -> None:
    """Raise BoxError, with the reason in one line, if a box is not possible."""
    if sys.platform != "linux":
        raise BoxError(f"a real node needs Linux, and this is {sys.platform}")
    if os.geteuid():
        raise BoxError("a real node needs root, for namespaces, mounts and cgroups: run this with sudo")
    missing = [program for program in NEEDED if not shutil.which(program)]
    if missing:
        raise BoxError(f"a real node needs {', '.join(missing)}: install util-linux, openssl and perl")
    probe = subprocess.run(["unshare", *NAMESPACES, "true"], capture_output=True, text=True, check=False)
    if probe.returncode:
        raise BoxError(f"a real node needs namespaces of its own, as in a privileged container: {probe.stderr.strip()}")
    for path in (Path(__file__), build.cache(), Path(sys.prefix), Path(sys.base_prefix)):
        if any(path.resolve().is_relative_to(hidden) for hidden in HIDDEN):
            raise BoxError(f"{path} would be hidden: {', '.join(HIDDEN)} are empty for a real node")


def run_in_box(command: Sequence[str]) -> int:
    """Run a command in a new box, on a machine that was checked; return its exit status. Raises BoxError."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)  # so that the `with` blocks end, too
    signal.signal(signal.SIGINT, ignore)
    name = f"pullsecret-{secrets.token_hex(4)}"
    inside = [*END_WITH_PARENT, "unshare", *NAMESPACES, sys.executable, "-m", "real_node.inside", *command]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), NAME: name}
    with temporary_cgroups(name), subprocess.Popen(inside, env=environment) as running:
        try:
            status = running.wait()
        finally:
            running.kill()
    return status if status >= 0 else 128 - status


@contextmanager
def temporary_cgroups(name: str) -> Iterator[None]:
    """The cgroups of a box, and a process outside of it that removes them when this block or this process ends.

    Raises BoxError if they cannot be created.
    """
    command = [sys.executable, "-m", "real_node.cleanup", name]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, start_new_session=True):
        try:
            make_cgroups(name)
        except OSError as error:
            raise BoxError(f"a real node needs cgroups of its own, as in a privileged container: {error}") from error
        yield  # at its end Popen closes the pipe and waits


def end(number: int, _: FrameType | None) -> None:
    """End this process, including its `with` blocks."""
    sys.exit(128 + number)


def ignore(_number: int, _: FrameType | None) -> None:
    """Leave Ctrl-C to the command in the box, which receives it as well."""
