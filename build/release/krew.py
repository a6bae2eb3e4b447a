"""krew's manifest, for all archives of this version in dist/.

Its fields: krew, pkg/index/types.go and internal/index/validation.
"""

from __future__ import annotations

import re
from textwrap import indent
from typing import TYPE_CHECKING

from release import DESCRIPTION, PROJECT_URL, SUMMARY
from release.checkout import BuildError, version
from release.sums import sha256

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """\
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: pullsecret
spec:
  version: v{version}
  homepage: {url}
  shortDescription: {summary}
  description: |
{description}
  caveats: |
{caveats}
  platforms:
"""

PLATFORM = """\
  - selector:
      matchLabels:
        os: {os}
        arch: {arch}
    uri: {url}/releases/download/v{version}/{file}
    sha256: {sha256}
    bin: kubectl-pullsecret{suffix}
"""

CAVEATS = """\
For TAB, kubectl looks on PATH for a second program, which krew does not put there. This does, once:

  kubectl pullsecret completion kubectl > "${KREW_ROOT:-$HOME/.krew}/bin/kubectl_complete-pullsecret"
  chmod +x "${KREW_ROOT:-$HOME/.krew}/bin/kubectl_complete-pullsecret"

kubectl's own completion must be set up, too: kubectl completion --help
"""


def make(dist: Path) -> None:
    """Write the manifest. Raises BuildError if there is no archive."""
    archives = sorted(dist.glob(f"kubectl-pullsecret_v{version()}_*_*.*"))
    platforms = [platform(archive) for archive in archives if archive.name.endswith((".tar.gz", ".zip"))]
    if not platforms:
        raise BuildError(f"{dist} has no archive of version {version()}")
    head = MANIFEST.format(
        version=version(),
        url=PROJECT_URL,
        summary=SUMMARY,
        description=indent(DESCRIPTION, "    ").rstrip(),
        caveats=indent(CAVEATS, "    ").rstrip(),
    )
    dist.joinpath("pullsecret.yaml").write_text(head + "".join(platforms))


def platform(archive: Path) -> str:
    """Return the entry of an archive, from its name. Raises BuildError for a name without system and architecture."""
    named = re.search(r"_([a-z]+)_([a-z0-9]+)\.(?:tar\.gz|zip)$", archive.name)
    if not named:
        raise BuildError(f"{archive.name} has no system and architecture in its name")
    return PLATFORM.format(
        os=named[1],
        arch=named[2],
        url=PROJECT_URL,
        version=version(),
        file=archive.name,
        sha256=sha256(archive),
        suffix=".exe" if named[1] == "windows" else "",
    )
