"""The program on a Python without what only POSIX has, as on Windows."""

from __future__ import annotations

import subprocess
import sys

from program import CHECKOUT

WITHOUT_POSIX = """
import os, select, signal, socket, sys

# Modules of the standard library first, which know for themselves what they can use.
import asyncio, concurrent.futures, getpass, http.server, multiprocessing, pathlib, shutil, ssl, subprocess, tempfile

for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"):
    sys.modules[name] = None
MISSING = {
    os: '''chown fork forkpty getegid geteuid getgid getpgid getuid killpg lchown memfd_create mkfifo pread pwrite
        posix_spawn setsid sysconf uname wait WNOHANG O_CLOEXEC O_NOCTTY O_NOFOLLOW O_NONBLOCK MFD_CLOEXEC''',
    signal: '''SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGQUIT SIGUSR1 SIGUSR2 SIGWINCH alarm pause pthread_sigmask
        setitimer sigwait''',
    select: "epoll kqueue poll",
    socket: "AF_UNIX MSG_DONTWAIT TCP_USER_TIMEOUT",
}
for module, names in MISSING.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
"""

IMPORT_ALL = """
import importlib, pkgutil
import pullsecret
names = [module.name for module in pkgutil.walk_packages(pullsecret.__path__, "pullsecret.")]
for name in names:
    importlib.import_module(name)
print(len(names) > 200)
"""

RUN = """
from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.entry.live_names import detach_from_terminal
from pullsecret.network.http.http1 import is_quiet

listener = socket.create_server(("127.0.0.1", 0))
left, right = socket.create_connection(listener.getsockname()), listener.accept()[0]
assert is_quiet(left)
right.send(b"x")
left.recv(1, socket.MSG_PEEK)
assert not is_quiet(left)
with handle_signals(Interruption()):
    pass
detach_from_terminal()

from pullsecret.main import main
print(main(["version"]), main(["check", "--help"]))
"""


def run(*scripts: str) -> list[str]:
    """The lines that a script prints on such a Python."""
    done = subprocess.run(
        [sys.executable, "-c", "".join((WITHOUT_POSIX, *scripts))],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(CHECKOUT / "plugins"), "PATH": "/nowhere"},
    )
    return done.stdout.splitlines()


def test_every_module_is_imported_without_what_only_posix_has() -> None:
    assert run(IMPORT_ALL) == ["True"]


def test_commands_run_without_what_only_posix_has() -> None:
    assert run(RUN)[-1] == "0 0"
