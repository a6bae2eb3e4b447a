"""Measures a process: wall time, CPU time, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes that one of the system's `ru_maxrss` is."""


class RunFailedError(Exception):
    """A measured process failed; the message has its output."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a process used, including its children: wall and CPU time in seconds, peak memory in bytes."""

    seconds: float
    cpu: float
    peak: int
    stdout: str = ""


def measure(command: Sequence[str], environment: Mapping[str, str], stdin: str = "") -> Run:
    """Run a process to its end, with files for its streams, so that it never waits for a reader.

    Its peak is never below our own: the system counts the moment before it became another program.
    Raises RunFailedError when its status is not 0.
    """
    with TemporaryFile() as given, TemporaryFile() as out, TemporaryFile() as err:
        given.write(stdin.encode())
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdin=given, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            words = err.read().decode(errors="replace")[-2000:]
            raise RunFailedError(f"{command[0]} ended with status {process.returncode}:\n{words}")
        cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * RSS_UNIT
        return Run(seconds=seconds, cpu=cpu, peak=peak, stdout=out.read().decode())
