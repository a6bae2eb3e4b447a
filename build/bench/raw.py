"""Sends requests as fast as the API server accepts them, through the Go program's mode `raw`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from bench.timing import Run, RunFailedError, measure
from control_plane.api import MERGE_PATCH, path_of
from control_plane.build import binary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from control_plane.access import Access
    from control_plane.api import Object

CONNECTIONS = 32
JSON = "application/json"
SMALLEST_ERROR = 400
AS_THE_PROGRAM = "?fieldManager=pullsecret"
"""What it writes is the program's own: data that another manager wrote would count as edited."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One request for each target; {word} in its path and body is replaced by the target's value."""

    method: str
    path: str
    content: str = JSON
    body: str = ""


def create(body: Object, namespace: str = "") -> Step:
    """A step that creates an object."""
    return Step(method="POST", path=path_of(body["kind"], "", namespace) + AS_THE_PROGRAM, body=json.dumps(body))


def patch(kind: str, name: str, change: Object, namespace: str = "") -> Step:
    """A step that applies a JSON merge patch."""
    path = path_of(kind, name, namespace) + AS_THE_PROGRAM
    return Step(method="PATCH", path=path, content=MERGE_PATCH, body=json.dumps(change))


def delete(kind: str, name: str, namespace: str = "") -> Step:
    """A step that deletes an object."""
    return Step(method="DELETE", path=path_of(kind, name, namespace))


def play(access: Access, steps: Sequence[Step], targets: Sequence[Mapping[str, str]]) -> Run:
    """Run the steps for every target; `seconds` is from before the first request to after the last response.

    Raises RunFailedError when the server refused one of them.
    """
    work = {
        "server": access.server,
        "ca": str(access.ca),
        "token": access.token,
        "connections": CONNECTIONS,
        "steps": [asdict(step) for step in steps],
        "targets": targets,
    }
    run = measure([str(binary()), "raw"], os.environ, json.dumps(work))
    tally = json.loads(run.stdout)
    if any(int(status) >= SMALLEST_ERROR for status in tally["statuses"]):
        raise RunFailedError(f"answers by status: {tally['statuses']}")
    return replace(run, seconds=tally["seconds"])
