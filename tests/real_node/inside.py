"""The first process in a box: it sets up the box, runs a command and ends with its exit status.

`python -m real_node.inside COMMAND...`, in new namespaces for mounts, processes and network (box.py).
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from real_node.box import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

NODE_ADDRESS = "192.0.2.1"
"""The node's address on the loopback interface (RFC 5737); the kubelet rejects 127.0.0.0/8."""
PLACE = Path("/run/box")
SYSCTLS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
"""The settings that the kubelet makes for the whole machine (kubernetes: pkg/kubelet/cm/container_manager_linux.go).
They cannot be turned off, so the box has files of its own with these values."""
SET_ADDRESS, SET_FLAGS = 0x8916, 0x8914  # SIOCSIFADDR, SIOCSIFFLAGS of netdevice(7)
UP = 0x1


def main(command: Sequence[str]) -> int:
    """Set up the box, run the command, reap orphans as a first process must, and return the exit status."""
    set_up()
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the command, which receives it as well
    running = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda number, _: running.send_signal(number))
    while True:
        pid, status = os.wait()
        if pid == running.pid:
            running.returncode = os.waitstatus_to_exitcode(status)
            return running.returncode if running.returncode >= 0 else 128 - running.returncode


def set_up() -> None:
    """Create the mounts, files and network of the box."""
    for directory in HIDDEN:
        mount("-t", "tmpfs", "tmpfs", directory)
    temporary = PLACE / "tmp"
    temporary.mkdir(parents=True)
    os.environ["TMPDIR"] = str(temporary)
    for name, value in SYSCTLS.items():
        cover(Path("/proc/sys") / name, value)
    cover(Path("/etc/hosts"), "127.0.0.1 localhost\n")
    cover(Path("/etc/resolv.conf"), "nameserver 127.0.0.1\n")
    bring_up_loopback(NODE_ADDRESS)


def cover(path: Path, text: str) -> None:
    """Mount another text over a file of the machine, which stays unchanged."""
    own = PLACE / path.relative_to("/")
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(text)
    target = path.resolve()  # resolv.conf is often a link into /run, where it is not any more
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    mount("--bind", str(own), str(target))


def mount(*arguments: str) -> None:
    """Run mount(8)."""
    subprocess.run(["mount", *arguments], check=True)


def bring_up_loopback(second: str) -> None:
    """Bring up the loopback interface of the new network, with a second address."""
    address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(second))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))
        fcntl.ioctl(control, SET_ADDRESS, struct.pack("16s16s", b"lo:1", address))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
