"""The cluster, its node, and the registries that the node pulls from."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from control_plane.plane import ControlPlane
from real_node.fake_registries import FakeRegistries
from real_node.inside import NODE_ADDRESS
from real_node.node import FullNode
from real_node.runtime import Runtime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The running parts."""

    plane: ControlPlane
    registries: FakeRegistries
    runtime: Runtime
    node: FullNode


@contextmanager
def running_setup(place: Path) -> Iterator[Setup]:
    """Run everything during the `with` block, in a directory in the box."""
    # The box's network has no default route, from which the API server would derive the address to advertise.
    address = f"--advertise-address={NODE_ADDRESS}"
    with (
        ControlPlane(address, has_root_ca=True) as plane,
        FakeRegistries(place / "registries") as registries,
        Runtime(place / "runtime") as runtime,
    ):
        registries.add_trust(runtime)
        with FullNode(plane.access, runtime, place / "kubelet") as node:
            yield Setup(plane=plane, registries=registries, runtime=runtime, node=node)
