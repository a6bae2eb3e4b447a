"""Build the program of this directory once, and keep it in the user's cache: `python -m control_plane.build`."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from control_plane.toolchain import find_go

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCES = Path(__file__).parent
KUBERNETES = "v1.36.3"  # go.mod has the same; without it the server calls itself v0.0.0-master, and kubectl complains
SYMBOLS = f"-s -w -X k8s.io/component-base/version.gitVersion={KUBERNETES}"
# Not stamped with the commit: it would change the result, and git refuses a checkout of another owner.
OPTIONS = ("-v", "-trimpath", "-buildvcs=false", "-ldflags", SYMBOLS)
SAY_EVERY = 15.0  # seconds


class BuildError(Exception):
    """Go could not build the program; the message has the end of its output."""


def binary() -> Path:
    """Return the program, built first if needed; a link named kubectl is next to it.

    Raises BuildError, or subprocess.CalledProcessError if no Go can be installed.
    """
    program = cache() / fingerprint() / "control-plane"
    if not program.exists():
        with only_one(cache()):
            if not program.exists():  # another process may have built it meanwhile
                build(program)
    return program


def cache() -> Path:
    """Return the directory of built programs: one for each fingerprint."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kubectl-pullsecret" / "control-plane"


def fingerprint() -> str:
    """Return a hash of all the sources."""
    digest = hashlib.sha256(repr(OPTIONS).encode())
    for source in sorted([*SOURCES.glob("*.go"), SOURCES / "go.mod", SOURCES / "go.sum"]):
        digest.update(f"{source.name} {source.stat().st_size}\n".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the directory's lock, waiting while another process builds. The system frees it if its holder dies."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(program: Path) -> None:
    """Compile to a temporary name first, so that the program is complete or missing. Raises BuildError."""
    say("building etcd, kube-apiserver, controllers and kubelet: once, about 5 minutes with 2 cores")
    go = find_go(cache())
    program.parent.mkdir(exist_ok=True)
    partial = program.with_suffix(".partial")
    # GOTOOLCHAIN: the go at hand is new enough, so do not download another.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    command = [str(go), "build", *OPTIONS, "-o", str(partial), "."]
    with subprocess.Popen(command, cwd=SOURCES, env=environment, stderr=subprocess.PIPE, text=True) as running:
        last_words = follow(running.stderr or ())
    if running.returncode:
        raise BuildError("go build failed:\n" + "\n".join(last_words))
    link_kubectl(program)
    partial.rename(program)


def follow(lines: Iterable[str]) -> deque[str]:
    """Read Go's output, one line per compiled package; print progress; return the last lines."""
    started = said = time.monotonic()
    last_words: deque[str] = deque(maxlen=30)
    for count, line in enumerate(lines, start=1):
        last_words.append(line.rstrip())
        if time.monotonic() - said > SAY_EVERY:
            said = time.monotonic()
            say(f"{said - started:.0f} s, {count} packages, now {last_words[-1]}")
    return last_words


def link_kubectl(program: Path) -> None:
    """Link the program as kubectl, which it is if started by that name."""
    link = program.with_name("kubectl")
    link.unlink(missing_ok=True)
    link.symlink_to(program.name)


def say(text: str) -> None:
    """Print progress to stderr; stdout is for the result."""
    sys.stderr.write(f"control plane: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.stdout.write(f"{binary()}\n")
