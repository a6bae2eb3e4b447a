"""The files of a release, and what an installed program must be able to do."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from binary.programs import folder
from program import CHECKOUT, Program
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api

RELEASE_PATH = os.pathsep.join(map(str, (CHECKOUT / "build", CHECKOUT / "build" / "devcluster")))
"""The directory of the modules that build a release."""

SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"


def dist() -> Path:
    """The directory of all files: the parent of the directory of the program in `$KUBECTL_PULLSECRET`."""
    return folder().parent


def the(pattern: str) -> Path:
    """The file of a release that matches a pattern."""
    found = list(dist().glob(pattern))
    assert len(found) == 1, f"{pattern}: {[path.name for path in found]}; build/packages.sh makes it"
    return found[0]


def architecture() -> str:
    """What Go, and so krew and Debian, calls this machine's processor."""
    named = re.search(r"_linux_(\w+)\.tar\.gz$", the("kubectl-pullsecret_v*.tar.gz").name)
    assert named
    return named[1]


def root_there() -> list[str]:
    """The beginning of a command line that needs root: another user becomes root for their own files."""
    return [] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user"]


class Release:
    """A directory with an archive, which can be hashed and signed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        shutil.copy(the("kubectl-pullsecret_v*.tar.gz"), directory)

    def make(self, key: Path | None = None, url: str = "", expect: int = 0) -> str:
        """Run build/packages.sh, for a home page; its stderr."""
        command = [sys.executable, "-m", "release", "sums", "--dist", str(self.directory)]
        env = {"PYTHONPATH": RELEASE_PATH, "PROJECT_URL": url, **({"SIGNING_KEY": str(key)} if key else {})}
        return Program(command, self.directory)(env=env, expect=expect).stderr

    def is_signed_by(self, public: Path) -> bool:
        """Verify the signature as the documentation says."""
        command: list[str | Path] = [
            "openssl",
            "dgst",
            "-sha256",
            "-verify",
            public,
            "-signature",
            "SHA256SUMS.sig",
            "SHA256SUMS",
        ]
        return subprocess.run(command, cwd=self.directory, capture_output=True, check=False).returncode == 0


def assert_used(kubectl: Program, api: Api, namespace: str, programs: Path) -> None:
    """With this directory on PATH, kubectl finds the plugin and completes for it, and the plugin works."""
    env = {"PATH": f"{programs}{os.pathsep}{SYSTEM}"}
    password = secrets.token_hex(12)
    words = ["create", "regcred", "--registry", "registry.example.com", "--username", "puller", "--password-stdin"]

    assert kubectl("pullsecret", "version", env=env).stdout == f"{__version__}\n"
    made = kubectl("pullsecret", *words, "--attach", "-n", namespace, input=password, env=env)
    completed = kubectl("__complete", "pullsecret", "detach", "-n", namespace, "", env=env)

    assert password not in made.stdout + made.stderr
    assert api.read("Secret", "regcred", namespace)["type"] == "kubernetes.io/dockerconfigjson"
    assert {"name": "regcred"} in api.read("ServiceAccount", "default", namespace)["imagePullSecrets"]
    assert completed.stdout.splitlines()[0].split("\t")[0] == "regcred"
