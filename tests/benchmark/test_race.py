"""The ways that the benchmarks compare do the same work; proven on a cluster, with a few namespaces."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bench.arena import NAME, Arena
from bench.race import race
from bench.results import Task, Way
from bench.ways import OurWay, RawWay
from control_plane.api import Api
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object
    from control_plane.plane import ControlPlane

SIZE = 3


def test_ways_write_the_same_and_leave_nothing(own_plane: ControlPlane, tmp_path: Path) -> None:
    ours = Program(pullsecret_command(), tmp_path, own_plane.admin_kubeconfig)
    kubectl = Program([str(own_plane.kubectl)], tmp_path, own_plane.admin_kubeconfig)
    with closing(Arena(own_plane.access)) as arena, Api(own_plane.access) as api:
        arena.grow(SIZE)
        OurWay(ours).copy(arena)
        by_program = written_in(arena, api)
        arena.undo(arena.names)
        RawWay().copy(arena)
        assert written_in(arena, api) == by_program
        arena.undo(arena.names)

        ran = race(arena, ours, kubectl, rounds=1)

        assert ran.requests(Way.RAW, Task.COPY) == 2 * SIZE
        assert ran.requests(Way.RAW, Task.ROTATE) == SIZE
        assert ran.requests(Way.KUBECTL, Task.COPY) == 4 * SIZE
        assert [copy for name in arena.names for copy in api.list("Secret", name)] == []


def written_in(arena: Arena, api: Api) -> list[tuple[Object, Object]]:
    """What each namespace has of the copy and its attachment, without what only the server fills in."""
    found = []
    for name in arena.names:
        secret, account = api.read("Secret", NAME, name), api.read("ServiceAccount", "default", name)
        marks = {key: secret["metadata"][key] for key in ("labels", "annotations")}
        found.append(({**marks, "type": secret["type"], "data": secret["data"]}, account["imagePullSecrets"]))
    return found
