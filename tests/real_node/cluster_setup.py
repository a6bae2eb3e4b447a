"""All of it together: the cluster, its node, and the registries that the node pulls from."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from control_plane.plane import ControlPlane
from real_node.fake_registries import Stands
from real_node.inside import NODE_ADDRESS
from real_node.node import FullNode
from real_node.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What runs."""

    plane: ControlPlane
    stands: Stands
    node: FullNode


@contextmanager
def made_ground(place: Path) -> Iterator[Ground]:
    """Everything while the block runs, in a directory in the box."""
    # The box's network has no default route, by which the API server would find the address to announce.
    address = f"--advertise-address={NODE_ADDRESS}"
    with ControlPlane(address) as plane, Stands(place / "registries") as stands, Runtime(place / "runtime") as runtime:
        stands.trusted_by(runtime)
        with FullNode(plane.access, runtime, place / "kubelet") as node:
            yield Ground(plane=plane, stands=stands, node=node)
