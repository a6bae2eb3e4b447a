"""Run a command in a box with all that the tests have: `python -m real_node.byhand COMMAND...`, as root in a box.

KUBECONFIG is the administrator's, NODE names the node, kubectl is on PATH. Namespace default has the secret all-icr-io,
which opens us.icr.io and private.us.icr.io; IBM_ENTITLEMENT_KEY opens cp.icr.io. us.icr.io/acme/web:1 and
cp.icr.io/cp/queue:1 are there to be pulled.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from control_plane.api import Api
from objects import all_icr_io
from real_node.cluster_setup import made_ground
from real_node.image import Image

IMAGES = ("us.icr.io/acme/web:1", "private.us.icr.io/acme/web:1", "cp.icr.io/cp/queue:1")


def run_with_node(command: list[str]) -> int:
    """The exit status of a command that has a real node while it runs."""
    place = Path(mkdtemp())  # it goes with the box, and cannot before: containers have mounts there
    with made_ground(place) as ground, Api(ground.plane.access) as api:
        ground.stands.hold(*(Image(name=name) for name in IMAGES))
        api.create(all_icr_io(ground.stands.icr.password), "default")
        environment = {
            **os.environ,
            "KUBECONFIG": str(ground.plane.admin_kubeconfig),
            "NODE": ground.node.name,
            "IBM_ENTITLEMENT_KEY": ground.stands.entitled.password,
            "PATH": f"{ground.plane.kubectl.parent}{os.pathsep}{os.environ['PATH']}",
        }
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_with_node(sys.argv[1:]))
