"""Run a command in a box with all that the tests have: `python -m real_node.byhand COMMAND...`, as root in a box.

KUBECONFIG is the administrator's, NODE names the node, kubectl is on PATH. Namespace default has the secret all-icr-io,
for us.icr.io and private.us.icr.io; IBM_ENTITLEMENT_KEY is for cp.icr.io. us.icr.io/acme/web:1 and
cp.icr.io/cp/queue:1 can be pulled.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

from control_plane.api import Api
from objects import all_icr_io
from real_node.cluster_setup import running_setup
from real_node.image import Image

IMAGES = ("us.icr.io/acme/web:1", "private.us.icr.io/acme/web:1", "cp.icr.io/cp/queue:1")


def run_with_node(command: list[str]) -> int:
    """Run a command with a real node, and return its exit status."""
    place = Path(mkdtemp())  # removed with the box: containers have mounts there until then
    with running_setup(place) as setup, Api(setup.plane.access) as api:
        setup.registries.push(*(Image(name=name) for name in IMAGES))
        api.create(all_icr_io(setup.registries.icr.password), "default")
        environment = {
            **os.environ,
            "KUBECONFIG": str(setup.plane.admin_kubeconfig),
            "NODE": setup.node.name,
            "IBM_ENTITLEMENT_KEY": setup.registries.entitled.password,
            "PATH": f"{setup.plane.kubectl.parent}{os.pathsep}{os.environ['PATH']}",
        }
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_with_node(sys.argv[1:]))
