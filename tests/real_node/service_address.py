"""The address of the API server's service in a pod's network: `python -m real_node.service_address NETNS FILE`.

A stand-in for kube-proxy. It listens in the network namespace and forwards to the server whose address is in the file,
as long as the file exists. The process that is started ends once a process of its own listens.
"""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path

from real_node.inside import bring_up_loopback

SERVICE = ("10.0.0.1", 443)
"""The first address of the services' range, which the API server takes for itself."""
NEW_NETWORK = 0x40000000  # CLONE_NEWNET of setns(2)
PAUSE = 0.2


def main(namespace: Path, file: Path) -> None:
    """Listen in the network namespace, and forward from the one of this process."""
    with Path("/proc/self/ns/net").open() as own, namespace.open() as other:
        enter(other.fileno())
        bring_up_loopback(SERVICE[0])
        listener = socket.create_server(SERVICE)
        enter(own.fileno())
    if os.fork():
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)  # containerd waits for their end
    forward_from(listener, file)


def enter(namespace: int) -> None:
    """Enter a network namespace; sockets stay in the one in which they were opened."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")


def forward_from(listener: socket.socket, file: Path) -> None:
    """Forward each connection while the file exists."""
    host, _, port = file.read_text().rpartition(":")
    listener.settimeout(PAUSE)
    while file.exists():
        with suppress(TimeoutError):
            near, _ = listener.accept()
            near.settimeout(None)
            far = socket.create_connection((host, int(port)))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=pump, args=pair, daemon=True).start()


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copy one direction of a connection to its end."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
