"""The standalone programs under test, and separate mounts to run them with."""

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
    """The directory of the program in `$KUBECTL_PULLSECRET`; the one in dist/ without the variable."""
    return named("KUBECTL_PULLSECRET", DIST / KUBECTL_PLUGIN / KUBECTL_PLUGIN).parent


def ibmcloud_plugin() -> Path:
    """The plugin of the IBM Cloud CLI in `$IBMCLOUD_PULLSECRET`; the one in dist/ without the variable."""
    return named("IBMCLOUD_PULLSECRET", DIST / IBMCLOUD_PLUGIN)


def named(variable: str, otherwise: Path) -> Path:
    """The program in an environment variable, which has a command line."""
    words = shlex.split(os.environ.get(variable, ""))
    return Path(words[0] if words else otherwise).resolve()


def archive() -> Path:
    """The archive of the directory, next to it."""
    (found,) = folder().parent.glob(f"{KUBECTL_PLUGIN}_v*_linux_*.tar.gz")
    return found


def apart(*steps: str) -> list[str]:
    """The beginning of a command line that runs the rest with mounts of its own, after these shell commands.

    Other processes do not see the mounts, which end with the last process. Another user is root in there only.
    """
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    return [*unshare, "sh", "-euc", "\n".join([*steps, 'exec "$@"']), "sh"]
