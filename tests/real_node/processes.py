"""The processes in the box."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def running(command: list[str]) -> list[int]:
    """The IDs of the processes with exactly this command line."""
    line = "".join(f"{word}\0" for word in command).encode()
    return [pid for pid, seen in command_lines().items() if seen == line]


def command_lines() -> dict[int, bytes]:
    """The command lines of all processes by ID, with a NUL after each word; empty for a process that has ended."""
    lines = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended since
            lines[int(process.name)] = (process / "cmdline").read_bytes()
    return lines
