"""Runs of the checkout, forked from a Python that has already imported the modules.

Two thirds of a short run are imports, and there are thousands of runs. Each is still a process of its own, with its own
arguments, environment, working directory and streams, and goes through the program's entry point. The startup itself is
tested by real starts (tests/completion, tests/ibmcloud, `Program.start`) and with the binaries.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHECKOUT = Path(__file__).parents[2]
EAGER = ("LC_", "LANG", "PYTHON", "COLUMNS", "TERM")
"""Prefixes of variables that are read when Python starts, or when modules are imported."""

PRELOADED = (
    "pullsecret.entry.kubectl",
    "pullsecret.entry.process",
    "pullsecret.main",
    "pullsecret.pipeline.run",
    "pullsecret.cluster.http.client_pool",
    "pullsecret.cluster.http.transport",
    "yaml",
)
"""What nearly every run imports, in addition to the modules of the commands."""


@lru_cache(maxsize=1)
def forks() -> Forks:
    """Return the forking process of this process, with which it ends."""
    return Forks()


class Order(TypedDict):
    """What a run is started with."""

    argv: list[str]
    env: dict[str, str]
    cwd: str


class Forks:
    """The process that forks, and a connection to it for each run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._asking = ours
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "plugins"), str(CHECKOUT / "build" / "devcluster")]),
        }
        command = [sys.executable, "-m", "forks", str(theirs.fileno())]
        self._process = subprocess.Popen(command, env=environment, cwd=CHECKOUT, pass_fds=[theirs.fileno()])
        theirs.close()
        atexit.register(self.close)

    def close(self) -> None:
        """End the process that forks."""
        self._asking.close()
        self._process.wait()

    def run(
        self, argv: Sequence[str], env: Mapping[str, str], given: bytes, timeout: float
    ) -> tuple[bytes, bytes, int]:
        """Return stdout, stderr and the exit status of a run. Raises TimeoutError if it takes too long."""
        with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
            stdin.write(given)
            stdin.seek(0)
            status = self.run_on(argv, env, (stdin, stdout, stderr), timeout)
            stdout.seek(0)
            stderr.seek(0)
            return stdout.read(), stderr.read(), status

    def run_on(self, argv: Sequence[str], env: Mapping[str, str], streams: Sequence[IO[bytes]], timeout: float) -> int:
        """Return the exit status of a run on these streams: stdin, stdout, stderr. Raises TimeoutError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, TemporaryFile() as order:
            wanted = Order(argv=list(argv), env=dict(env), cwd=str(Path.cwd()))
            order.write(json.dumps(wanted).encode())
            order.seek(0)
            with theirs, self._lock:
                fds = [theirs.fileno(), order.fileno(), *(stream.fileno() for stream in streams)]
                socket.send_fds(self._asking, [b"run"], fds)
            child = int(ours.recv(16))
            ours.settimeout(timeout)
            try:
                return int(ours.recv(16))
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                raise


def serve(asked: socket.socket) -> None:
    """Fork for each order until the socket is closed."""
    for module in PRELOADED:
        import_module(module)
    app = import_module("pullsecret.commands.app")
    for command in app.COMMAND_FUNCTIONS:
        import_module(app.module_of(command))
    gc.freeze()  # nothing of it will be garbage, and what is not looked at is not copied
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the watchers are not waited for
    while True:
        word, fds, _, _ = socket.recv_fds(asked, 16, 5)
        if not word:
            return
        if os.fork() == 0:
            asked.close()
            watch(*fds)
        for fd in fds:
            os.close(fd)


def watch(answer: int, order: int, *streams: int) -> None:
    """Fork the run itself, send its process ID, then its status when it has ended; ends the process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        os.close(answer)
        become(json.loads(Path(f"/dev/fd/{order}").read_bytes()), order, streams)
    os.write(answer, str(child).encode())
    _, status = os.waitpid(child, 0)
    os.write(answer, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def become(order: Order, fd: int, streams: Sequence[int]) -> None:
    """Be the run that was ordered; ends the process."""
    os.close(fd)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    sys.argv = order["argv"]
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115  it ends with us
    try:
        import_module("pullsecret.entry.kubectl").run()
    except BaseException as error:  # noqa: BLE001  as Python itself ends a process
        sys.excepthook(type(error), error, error.__traceback__)
    sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
