"""The .deb and .rpm packages, built by nfpm, which is compiled once and cached."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from control_plane.build import cache
from control_plane.toolchain import find_go
from release import DESCRIPTION, LICENSE, PROJECT_URL, SUMMARY
from release.cache import ensure_cached
from release.checkout import CHECKOUT, architecture, now, run, version
from release.programs import glibc_of
from release.sums import FOLDER

NFPM = Path(__file__).parent / "nfpm"
PROGRAMS = ("kubectl-pullsecret", "kubectl_complete-pullsecret")
COMPLETIONS = {
    "kubectl-pullsecret.bash": "/usr/share/bash-completion/completions/kubectl-pullsecret",
    "kubectl-pullsecret.fish": "/usr/share/fish/vendor_completions.d/kubectl-pullsecret.fish",
}
ZSH = {"deb": "/usr/share/zsh/vendor-completions", "rpm": "/usr/share/zsh/site-functions"}


def make(dist: Path) -> None:
    """Write both packages. Raises BuildError."""
    nfpm = ensure_cached("nfpm", (NFPM / "go.mod", NFPM / "go.sum"), build) / "nfpm"
    with tempfile.TemporaryDirectory() as work:
        # nfpm reads YAML, and JSON is YAML.
        config = Path(work, "nfpm.json")
        config.write_text(json.dumps(package_config(dist / FOLDER, Path(work))))
        for kind in ZSH:
            run([nfpm, "package", "--config", config, "--packager", kind, "--target", dist])


def build(directory: Path) -> None:
    """Compile nfpm, of the version in go.mod. Raises BuildError."""
    go = find_go(cache())
    # GOTOOLCHAIN: this go is new enough, and must not download another one.
    env = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    options: list[str | Path] = ["-C", NFPM, "-trimpath", "-buildvcs=false", "-o", directory / "nfpm"]
    run([go, "build", *options, "github.com/goreleaser/nfpm/v2/cmd/nfpm"], env=env)


def package_config(folder: Path, work: Path) -> dict[str, Any]:
    """Return nfpm's configuration of the packages (nfpm.goreleaser.com/docs/configuration)."""
    glibc = ".".join(map(str, max(glibc_of(folder / program) for program in PROGRAMS)))
    return {
        "name": "kubectl-pullsecret",
        "arch": architecture(),
        "version": version(),
        "release": "1",
        "section": "admin",
        "maintainer": "The kubectl-pullsecret authors",
        "description": f"{SUMMARY}\n{DESCRIPTION}".rstrip(),
        "homepage": PROJECT_URL,
        "license": LICENSE,
        "mtime": now().isoformat(),
        "disable_globbing": True,
        "contents": [*contents(folder), *licenses(folder, work)],
        "deb": {"compression": "xz"},
        "rpm": {"compression": "xz", "summary": SUMMARY, "buildhost": "localhost"},
        "overrides": {
            "deb": {"depends": [f"libc6 (>= {glibc})"]},
            "rpm": {"depends": [f"glibc >= {glibc}"]},
        },
    }


def contents(folder: Path) -> list[dict[str, Any]]:
    """Return every file: the programs on PATH, and completion scripts where each shell looks for them."""
    files = [file(folder / program, f"/usr/bin/{program}", 0o755) for program in PROGRAMS]
    scripts = CHECKOUT / "completions"
    files += [file(scripts / name, place) for name, place in COMPLETIONS.items()]
    files += [
        file(scripts / "_kubectl-pullsecret", f"{place}/_kubectl-pullsecret", packager=kind)
        for kind, place in ZSH.items()
    ]
    return files


def licenses(folder: Path, work: Path) -> list[dict[str, Any]]:
    """Return the licenses, where each distribution looks for them: one file in Debian's packages."""
    texts = sorted(folder.glob("LICENSE*"))
    copyright_file = work / "copyright"
    copyright_file.write_text("\n".join(text.read_text() for text in texts))
    place = "/usr/share/licenses/kubectl-pullsecret"
    red_hat = [file(text, f"{place}/{text.name}", packager="rpm", type="license") for text in texts]
    return [file(copyright_file, "/usr/share/doc/kubectl-pullsecret/copyright", packager="deb"), *red_hat]


def file(source: Path, place: str, mode: int = 0o644, **more: str) -> dict[str, Any]:
    """Return a file of the packages, the same at every build."""
    info = {"mode": mode, "mtime": now().isoformat(), "owner": "root", "group": "root"}
    return {"src": str(source), "dst": place, "file_info": info, **more}
