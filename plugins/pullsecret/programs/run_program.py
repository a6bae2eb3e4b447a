"""Runs a program within limits: of its time, of its output, and of what it gets from our environment."""

from __future__ import annotations

import errno
import os
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.programs.find_program import find_program

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import IO

MAX_OUTPUT: Final = 1 << 20
"""Bytes that a program may print: logins are a few kB."""

KEY_VARIABLES: Final = frozenset({"IBM_ENTITLEMENT_KEY"})
"""Variables with passwords for registries, which no program that we start needs."""

_LOOK_EVERY: Final = 0.1
_LAST_OUTPUT: Final = 1.0
"""Seconds for output that is on its way when the program has ended but a child of it keeps the stream open."""
_TO_END: Final = 0.25
"""Seconds that a program has to end when it is asked to, as subprocess.run gives."""


class LimitError(Exception):
    """The program was stopped, because it took too long or printed too much; the text says which."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A program that has ended: its exit status, negative for a signal, and its standard output."""

    status: int
    output: bytes = field(repr=False)


def inherited_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a program that we start: ours, without passwords for registries."""
    return {name: value for name, value in environ.items() if name not in KEY_VARIABLES}


def run_program(  # noqa: PLR0913  a program's streams and limits
    words: Sequence[str],
    *,
    environ: Mapping[str, str],
    seconds: float,
    sent: bytes | None = None,
    has_stdin: bool = False,
    has_stderr: bool = False,
) -> Ended:
    """Run a program to its end.

    Args:
        words: the program and its arguments; no shell reads them.
        environ: its whole environment.
        seconds: how long it may take.
        sent: what it reads from standard input, if anything.
        has_stdin: whether it gets our standard input instead.
        has_stderr: whether its standard error is ours; otherwise it is discarded.

    Raises:
        OSError: it cannot be started.
        LimitError: it reached a limit.
    """
    stdin = None if has_stdin else subprocess.DEVNULL if sent is None else subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603  the caller's configuration names the program, and no shell reads it
        list(words),
        env=dict(environ),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=None if has_stderr else subprocess.DEVNULL,
    )
    try:
        return _follow(process, sent or b"", time.monotonic() + seconds, seconds)
    finally:
        _end(process)


def run_with_our_streams(words: Sequence[str], *, environ: Mapping[str, str]) -> int:
    """Run a program that a user watches, as long as it takes; return its exit status. Raises OSError.

    It is found by Go's rules, as kubectl finds it: Windows would run one in the current directory.
    """
    program = find_program(words[0], environ)
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    return subprocess.run([program, *words[1:]], env=dict(environ), check=False).returncode  # noqa: S603  as above


def _follow(process: subprocess.Popen[bytes], sent: bytes, ends: float, seconds: float) -> Ended:
    if process.stdin is not None:
        threading.Thread(target=_write, args=(process.stdin, sent), daemon=True).start()
    output = bytearray()
    reader = threading.Thread(target=_read, args=(process.stdout, output), daemon=True)
    reader.start()
    while reader.is_alive() and process.poll() is None and time.monotonic() < ends:
        reader.join(_LOOK_EVERY)
    if process.poll() is not None:
        reader.join(_LAST_OUTPUT)
    content = bytes(output)
    if len(content) > MAX_OUTPUT:
        raise LimitError(f"printed more than {MAX_OUTPUT >> 20} MiB")
    try:
        status = process.wait(max(ends - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        raise LimitError(f"no response within {_spoken(seconds)}") from None
    return Ended(status=status, output=content)


def _write(stream: IO[bytes], sent: bytes) -> None:
    with suppress(OSError), stream:  # it may end without reading
        stream.write(sent)


def _read(stream: IO[bytes] | None, output: bytearray) -> None:
    """Read to the end, or until it is too much."""
    if stream is None:
        return
    with stream:
        while len(output) <= MAX_OUTPUT and (piece := os.read(stream.fileno(), 1 << 16)):
            output += piece


def _end(process: subprocess.Popen[bytes]) -> None:
    """Stop a program that is still running; after Ctrl-C, which the terminal sends to it, too, it may end by itself."""
    for stop in (_leave, process.terminate, process.kill):
        stop()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_TO_END)
            return
    process.wait()


def _leave() -> None:
    """Let it end by itself."""


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds > 60 else f"{seconds:g} seconds"  # noqa: PLR2004
