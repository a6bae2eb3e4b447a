"""The .deb and .rpm packages, built by nfpm, which is compiled once and cached."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from control_plane.build import cache
from control_plane.toolchain import find_go
from release import AUTHORS, DESCRIPTION, MAINTAINER, PROJECT_URL, SUMMARY, changes, debian, licenses, manual, sbom
from release.cache import ensure_cached
from release.checkout import CHECKOUT, architecture, now, run, version
from release.programs import glibc_of
from release.sums import FOLDER

HERE = Path(__file__).parent
NFPM = HERE / "nfpm"
OVERRIDES = HERE / "lintian-overrides"
PROGRAMS = ("kubectl-pullsecret", "kubectl_complete-pullsecret")
SHARE = "/usr/share"
DOC = f"{SHARE}/doc/kubectl-pullsecret"
COMPLETIONS = {
    "kubectl-pullsecret.bash": f"{SHARE}/bash-completion/completions/kubectl-pullsecret",
    "kubectl-pullsecret.fish": f"{SHARE}/fish/vendor_completions.d/kubectl-pullsecret.fish",
}
ZSH = {"deb": f"{SHARE}/zsh/vendor-completions", "rpm": f"{SHARE}/zsh/site-functions"}


def make(dist: Path) -> None:
    """Write both packages, of the programs and the bill of materials in this directory. Raises BuildError."""
    with tempfile.TemporaryDirectory() as work:
        for kind, config in (("deb", of_debian(dist, Path(work))), ("rpm", of_red_hat(dist, Path(work)))):
            # nfpm reads YAML, and JSON is YAML.
            path = Path(work, f"{kind}.json")
            path.write_text(json.dumps(config))
            run([nfpm(), "package", "--config", path, "--packager", kind, "--target", dist])


def nfpm() -> Path:
    """Return the path of nfpm, which is compiled first if needed. Raises BuildError."""
    return ensure_cached("nfpm", (NFPM / "go.mod", NFPM / "go.sum"), build) / "nfpm"


def build(directory: Path) -> None:
    """Compile nfpm, of the version in go.mod. Raises BuildError."""
    go = find_go(cache())
    # GOTOOLCHAIN: this go is new enough, and must not download another one.
    env = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
    options: list[str | Path] = ["-C", NFPM, "-trimpath", "-buildvcs=false", "-o", directory / "nfpm"]
    run([go, "build", *options, "github.com/goreleaser/nfpm/v2/cmd/nfpm"], env=env)


def of_debian(dist: Path, work: Path) -> dict[str, Any]:
    """Return nfpm's configuration of the .deb; files that are made for it go into `work`."""
    bill = sbom.path(dist)
    texts = {"copyright": debian.copyright_text(dist / FOLDER, bill)}
    files = [
        *contents(dist, work, "deb"),
        *(file(written(work / name, text.encode()), f"{DOC}/{name}") for name, text in texts.items()),
        file(zipped(work / "changelog.Debian.gz", changes.for_debian(FOLDER)), f"{DOC}/changelog.Debian.gz"),
        file(bill, f"{DOC}/kubectl-pullsecret.cdx.json"),
        file(OVERRIDES, f"{SHARE}/lintian/overrides/kubectl-pullsecret"),
    ]
    return {
        **common(),
        "depends": [f"libc6 (>= {glibc(dist)})"],
        "contents": files,
        "deb": {"compression": "xz"},
    }


def of_red_hat(dist: Path, work: Path) -> dict[str, Any]:
    """Return nfpm's configuration of the .rpm; files that are made for it go into `work`."""
    bill = sbom.path(dist)
    texts = sorted((dist / FOLDER).glob("LICENSE*"))
    files = [
        *contents(dist, work, "rpm"),
        *(file(text, f"{SHARE}/licenses/kubectl-pullsecret/{text.name}", type="license") for text in texts),
        file(bill, f"{DOC}/kubectl-pullsecret.cdx.json", type="doc"),
    ]
    return {
        **common(),
        "depends": [f"glibc >= {glibc(dist)}"],
        "license": licenses.expression(bill),
        "vendor": AUTHORS,
        "changelog": str(written(work / "changelog.json", changes.for_red_hat().encode())),
        "contents": files,
        "rpm": {
            "compression": "xz",
            "summary": SUMMARY,
            "group": "Applications/System",
            "packager": MAINTAINER,
            "buildhost": "localhost",
        },
    }


def common() -> dict[str, Any]:
    """Return what both packages have in common (nfpm.goreleaser.com/docs/configuration)."""
    return {
        "name": FOLDER,
        "arch": architecture(),
        "version": version(),
        "release": changes.REVISION,
        "section": "admin",
        "priority": "optional",
        "maintainer": MAINTAINER,
        "description": f"{SUMMARY}\n{DESCRIPTION}".rstrip(),
        "homepage": PROJECT_URL,
        "mtime": now().isoformat(),
        "disable_globbing": True,
    }


def glibc(dist: Path) -> str:
    """Return the version of glibc that the programs need."""
    return ".".join(map(str, max(glibc_of(dist / FOLDER / program) for program in PROGRAMS)))


def contents(dist: Path, work: Path, kind: str) -> list[dict[str, Any]]:
    """Return the programs on PATH, their manual, and completion scripts where each shell looks for them."""
    files = [file(dist / FOLDER / program, f"/usr/bin/{program}", 0o755) for program in PROGRAMS]
    for page in sorted(manual.directory(dist / FOLDER).iterdir()):
        packed = zipped(work / f"{page.name}.gz", page.read_text(encoding="utf-8"))
        files.append(file(packed, f"{SHARE}/man/man1/{packed.name}") | ({"type": "doc"} if kind == "rpm" else {}))
    scripts = CHECKOUT / "completions"
    files += [file(scripts / name, place) for name, place in COMPLETIONS.items()]
    return [*files, file(scripts / "_kubectl-pullsecret", f"{ZSH[kind]}/_kubectl-pullsecret")]


def zipped(path: Path, text: str) -> Path:
    """Write a text as `gzip -9n` does, and return the path."""
    return written(path, gzip.compress(text.encode(), 9, mtime=0))


def written(path: Path, content: bytes) -> Path:
    """Write a file, and return its path."""
    path.write_bytes(content)
    return path


def file(source: Path, place: str, mode: int = 0o644, **more: str) -> dict[str, Any]:
    """Return a file of the packages, the same at every build."""
    info = {"mode": mode, "mtime": now().isoformat(), "owner": "root", "group": "root"}
    return {"src": str(source), "dst": place, "file_info": info, **more}
