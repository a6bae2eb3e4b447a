"""The programs whose next run decides whether a write of ours lasts: Helm, Flux, Kyverno and External Secrets.

Each is built from the module in a directory here: its go.mod and go.sum pin what it is made of. Their sources come from
Go's module proxy.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from control_plane.build import GoProgram, cache
from control_plane.toolchain import find_go, needed_by

HERE = Path(__file__).parent

HELM = GoProgram(name="helm", module=HERE / "helm", package="helm.sh/helm/v4/cmd/helm", parts="Helm", minutes=4)
FLUX = GoProgram(name="flux", module=HERE / "flux", parts="Flux's apply", minutes=3)
KYVERNO = GoProgram(
    name="background-controller",  # the field manager is named after the file
    module=HERE / "kyverno",
    package="github.com/kyverno/kyverno/cmd/background-controller",
    parts="Kyverno's background controller",
    minutes=10,
)
KYVERNO_CLI = GoProgram(
    name="kyverno",
    module=HERE / "kyverno",
    package="github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
    parts="Kyverno's command-line program",
    minutes=10,
)
KYVERNO_ADMISSION = GoProgram(
    name="admission-controller",
    module=HERE / "kyverno",
    package="github.com/kyverno/kyverno/cmd/kyverno",
    parts="Kyverno's admission controller",
    minutes=4,  # after the background controller
)
EXTERNAL_SECRETS = GoProgram(
    name="external-secrets", module=HERE / "external_secrets", parts="External Secrets' controllers", minutes=12
)

SOURCES = {
    HELM.name: "helm.sh/helm/v4",
    FLUX.name: "github.com/fluxcd/pkg/ssa",
    KYVERNO.name: "github.com/kyverno/kyverno",
    EXTERNAL_SECRETS.name: "github.com/external-secrets/external-secrets",
}
"""The module that each program is made of, by its name."""


def version(program: GoProgram) -> str:
    """Return the version of what a program is made of, which its go.mod pins: `4.3.1`."""
    pinned = re.compile(rf"{re.escape(SOURCES[program.name])} v(\S+)")
    return next(found[1] for found in pinned.finditer((program.module / "go.mod").read_text()))


def sources(program: GoProgram) -> Path:
    """Return the directory of the sources that a program is made of, downloaded first if needed: it has definitions.

    Raises subprocess.CalledProcessError.
    """
    return downloaded(program.module, SOURCES[program.name])


def current_definitions() -> tuple[Path, ...]:
    """Return the definitions of what `generate` prints, downloaded first if needed.

    Those of External Secrets are of a version whose controllers cannot be built from modules.
    """
    kyverno = sources(KYVERNO) / "config" / "crds" / "policies.kyverno.io"
    policies = ("generatingpolicies", "mutatingpolicies")
    external = downloaded(HERE / "external_secrets_definitions", SOURCES[EXTERNAL_SECRETS.name])
    kinds = ("clustersecretstores", "clusterexternalsecrets")
    return (
        *(kyverno / f"policies.kyverno.io_{kind}.yaml" for kind in policies),
        *(external / "config" / "crds" / "bases" / f"external-secrets.io_{kind}.yaml" for kind in kinds),
    )


def downloaded(pins: Path, module: str) -> Path:
    """Return the directory of a module's sources in the version that the go.mod in a directory pins."""
    go = find_go(cache(), needed_by(pins))
    command = [str(go), "mod", "download", "-json", module]
    answer = subprocess.run(command, cwd=pins, stdout=subprocess.PIPE, text=True, check=True).stdout
    return Path(json.loads(answer)["Dir"])
