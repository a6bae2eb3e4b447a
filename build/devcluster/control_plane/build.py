"""Build programs in Go once, and keep them in the user's cache; `python -m control_plane.build` builds this one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from control_plane.toolchain import find_go, needed_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SOURCES = Path(__file__).parent
KUBERNETES = "v1.36.3"  # go.mod has the same; without it the server calls itself v0.0.0-master, and kubectl complains
SAY_EVERY = 15.0  # seconds


class BuildError(Exception):
    """Go could not build the program; the message has the end of its output."""


@dataclass(frozen=True, kw_only=True)
class GoProgram:
    """A program that Go builds from the module in a directory, whose go.mod and go.sum pin what it is made of."""

    name: str
    module: Path
    package: str = "."
    symbols: str = "-s -w"
    parts: str
    """What is built, for people who wait for it."""
    minutes: int
    """How long the build takes, with 2 cores and nothing in Go's cache."""
    tags: str = ""
    modfile: str = "go.mod"
    """The file that pins the modules, with go.sum's content in the file of the same name and `.sum`."""

    def built(self) -> Path:
        """Return the program, built first if needed.

        Raises BuildError, or subprocess.CalledProcessError if no Go can be installed.
        """
        home = cache().with_name(self.name)
        program = home / self.fingerprint() / self.name
        if not program.exists():
            with only_one(home):
                if not program.exists():  # another process may have built it meanwhile
                    build(self, program)
        return program

    def options(self) -> tuple[str, ...]:
        """Return the options of `go build`.

        No stamp with the commit: it would change the result, and git refuses a checkout of another owner.
        """
        chosen = ("-tags", self.tags, "-modfile", self.modfile) if self.tags else ()
        return ("-v", "-trimpath", "-buildvcs=false", "-ldflags", self.symbols, *chosen)

    def fingerprint(self) -> str:
        """Return a hash of all the sources."""
        digest = hashlib.sha256(repr(self.options()).encode())
        pins = self.module / self.modfile
        for source in sorted([*self.module.glob("*.go"), pins, pins.with_suffix(".sum")]):
            digest.update(f"{source.name} {source.stat().st_size}\n".encode() + source.read_bytes())
        return digest.hexdigest()[:16]


CONTROL_PLANE = GoProgram(
    name="control-plane",
    module=SOURCES,
    symbols=f"-s -w -X k8s.io/component-base/version.gitVersion={KUBERNETES}",
    parts="etcd, kube-apiserver, controllers and kubelet",
    minutes=5,
)


def binary() -> Path:
    """Return the control plane's program, built first if needed; a link named kubectl is next to it.

    Raises what GoProgram.built raises.
    """
    program = CONTROL_PLANE.built()
    link_kubectl(program)
    return program


def cache() -> Path:
    """Return the directory of the control plane's programs: one for each fingerprint. Others are next to it."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "kubectl-pullsecret" / CONTROL_PLANE.name


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold the directory's lock, waiting while another process builds. The system frees it if its holder dies."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(program: GoProgram, path: Path) -> None:
    """Compile to a temporary name first, so that the program is complete or missing. Raises BuildError."""
    say(f"building {program.parts}: once, about {program.minutes} minutes with 2 cores")
    go = find_go(cache(), needed_by(program.module))
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    # GOTOOLCHAIN: the go at hand is new enough, so do not download another.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    command = [str(go), "build", *program.options(), "-o", str(partial), program.package]
    with subprocess.Popen(command, cwd=program.module, env=environment, stderr=subprocess.PIPE, text=True) as running:
        last_words = follow(running.stderr or ())
    if running.returncode:
        raise BuildError(f"go build of {program.name} failed:\n" + "\n".join(last_words))
    partial.rename(path)


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
    with suppress(FileExistsError):
        program.with_name("kubectl").symlink_to(program.name)


def say(text: str) -> None:
    """Print progress to stderr; stdout is for the result."""
    sys.stderr.write(f"note: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.stdout.write(f"{binary()}\n")
