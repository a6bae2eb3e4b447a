"""A control plane at a distance: the same server, behind a relay on loopback that delays each direction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from control_plane.access import write_kubeconfig
from control_plane.api import Api
from control_plane.process import Process, part

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.plane import ControlPlane


class Relay:
    """The administrator's access over a network with this round-trip time, in seconds, while the `with` block lasts.

    The time to open a connection is part of it; bandwidth and TCP's slow start are not. With `most_writes`, the server
    answers 429 to a write while so many are being processed.
    """

    def __init__(self, plane: ControlPlane, round_trip: float, most_writes: int = 0) -> None:
        self._plane = plane
        refusing = [str(plane.ca.parent), str(most_writes)] if most_writes else []
        self._arguments = [urlsplit(plane.server).netloc, f"{round(round_trip * 1e6)}us", *refusing]

    def __enter__(self) -> Self:
        self._process = start_relay(self._arguments, self._plane.directory)
        address = self._process.log.read_text().strip()
        self.access = replace(self._plane.access, server=f"https://{address}")
        self.kubeconfig = write_kubeconfig(self._plane.directory, self.access)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def refusals(self) -> int:
        """The number of writes that were answered with 429 so far; only with `most_writes`."""
        with Api(self.access) as api:
            refused: int = api.request("GET", "/refusals")["refused"]
            return refused


def start_relay(arguments: list[str], directory: Path) -> Process:
    """Start a relay, whose log is its address, in a line."""
    number = sum(1 for _ in directory.glob("relay-*.log"))
    process = part("relay", *arguments, log=directory / f"relay-{number}.log")
    process.wait_for(lambda: process.log.read_text().endswith("\n"), "the relay's address")
    return process
