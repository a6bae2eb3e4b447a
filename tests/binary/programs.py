"""The frozen programs under test, and worlds of their own to run them in."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from program import CHECKOUT

KUBECTL_PLUGIN = "kubectl-pullsecret"
COMPLETION = "kubectl_complete-pullsecret"
IBMCLOUD_PLUGIN = "ibmcloud-pullsecret"
DIST = CHECKOUT / "dist"
LICENSES = ("LICENSE", "LICENSES-OF-PARTS")


def folder() -> Path:
    """The one-folder build that `$KUBECTL_PULLSECRET` names a program of; in dist/ without it."""
    return named("KUBECTL_PULLSECRET", DIST / KUBECTL_PLUGIN / KUBECTL_PLUGIN).parent


def ibmcloud_plugin() -> Path:
    """The one-file build, `$IBMCLOUD_PULLSECRET`; in dist/ without it."""
    return named("IBMCLOUD_PULLSECRET", DIST / IBMCLOUD_PLUGIN)


def named(variable: str, otherwise: Path) -> Path:
    """The program of the command line in an environment variable."""
    words = shlex.split(os.environ.get(variable, ""))
    return Path(words[0] if words else otherwise).resolve()


def archive() -> Path:
    """The folder's archive, which lies beside it."""
    (found,) = folder().parent.glob(f"{KUBECTL_PLUGIN}_v*_linux_*.tar.gz")
    return found


def apart(*steps: str) -> list[str]:
    """The beginning of a command line that runs its rest after these steps of shell, among mounts of its own.

    Nobody else sees what is mounted, and it goes with the last process. Whoever is not root is it there only.
    """
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    return [*unshare, "sh", "-euc", "\n".join([*steps, 'exec "$@"']), "sh"]
