"""Run a command in a box: mounts, processes and network of its own, and nothing of them left however it ends.

The box is a set of Linux namespaces. Its first process dies with ours, the kernel ends all others with the first, and
with the last one go the mounts, and all files with them, for they lie in memory. What the kernel keeps is the
directories of cgroups; a keeper outside, whom the system tells of our end, removes those.
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
"""The variable that names the box to what runs in it; its cgroups have the same name."""
HIDDEN = ("/run", "/var/lib", "/var/log")
"""Where the kubelet and containerd write at fixed paths: empty and in memory, in the box."""
NEEDED = ("unshare", "setpriv", "mount", "openssl", "perl")
WITH_US = ("setpriv", "--pdeathsig", "KILL")
"""In front of a command: Linux ends it when we die, by SIGKILL as well."""
NAMESPACES = ("--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc")


class BoxError(Exception):
    """This machine cannot have a box."""


def check_machine() -> None:
    """Raise BoxError, with one line that says why, where there can be no box."""
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
            raise BoxError(f"{path} would not be seen: {', '.join(HIDDEN)} are empty for a real node")


def run_in_box(command: Sequence[str]) -> int:
    """The exit status of a command that has a box for itself, on a machine that was checked. Raises BoxError."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)  # so that the `with` blocks end, too
    signal.signal(signal.SIGINT, heard)
    name = f"pullsecret-{secrets.token_hex(4)}"
    inside = [*WITH_US, "unshare", *NAMESPACES, sys.executable, "-m", "real_node.inside", *command]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), NAME: name}
    with kept_cgroups(name), subprocess.Popen(inside, env=environment) as running:
        try:
            status = running.wait()
        finally:
            running.kill()
    return status if status >= 0 else 128 - status


@contextmanager
def kept_cgroups(name: str) -> Iterator[None]:
    """A box's cgroups, and a keeper outside who hears when this block or this process ends, and then removes them.

    Raises BoxError where none can be made.
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
    """End this process in order."""
    sys.exit(128 + number)


def heard(_number: int, _: FrameType | None) -> None:
    """Leave Ctrl-C to the command in the box, which hears it as well."""
