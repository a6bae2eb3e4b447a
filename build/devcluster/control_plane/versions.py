"""The servers, kubelet included, of another version of Kubernetes than the pinned one, for the tests against it.

etcd, kubectl and what compares this program with kubectl stay those of the pinned version: only the servers differ.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from control_plane.build import KUBERNETES, SOURCES, BuildError, GoProgram, binary

if TYPE_CHECKING:
    from pathlib import Path

PINNED = KUBERNETES.removeprefix("v")

VARIABLE = "KUBECTL_PULLSECRET_TEST_KUBERNETES"
"""The environment variable with the version, such as 1.32.13."""

MODULES = SOURCES / "versions"
"""For each other version, the modules that its servers are built of: VERSION.mod and VERSION.sum."""

CHANGES = (30, 33)
"""The minor versions that changed what the Go program uses: before_1_30.go and since_1_30.go have what differs."""


def other_versions() -> tuple[str, ...]:
    """Return the versions that can be asked for besides the pinned one."""
    return tuple(sorted((file.stem for file in MODULES.glob("*.mod")), key=_numbers))


def version() -> str:
    """Return the version of the servers, such as 1.36.3."""
    return os.environ.get(VARIABLE) or PINNED


def is_at_least(needed: str) -> bool:
    """Whether the servers are of a version such as 1.30, or a later one."""
    return _numbers(version()) >= _numbers(needed)


def servers() -> Path:
    """Return the program with the API server, the controllers and the kubelet, built first if needed.

    Raises what GoProgram.built raises, and BuildError for a version that has no modules here.
    """
    return binary() if version() == PINNED else servers_of(version()).built()


def servers_of(wanted: str) -> GoProgram:
    """Return what the servers of another version are built of. Raises BuildError for an unknown one."""
    if wanted not in other_versions():
        raise BuildError(f"{VARIABLE} must be one of {', '.join((*other_versions(), PINNED))}, not {wanted}")
    earlier = [f"before_1_{minor}" for minor in CHANGES if _numbers(wanted) < (1, minor)]
    return GoProgram(
        name=f"servers-{wanted}",
        module=SOURCES,
        symbols=f"-s -w -X k8s.io/component-base/version.gitVersion=v{wanted}",
        parts=f"kube-apiserver, controllers and kubelet {wanted}",
        minutes=8,
        tags=",".join(("servers", *earlier)),
        modfile=f"versions/{wanted}.mod",
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


if __name__ == "__main__":
    sys.stdout.write(f"{servers()}\n")
