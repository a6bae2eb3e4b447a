"""The bill of materials of the frozen programs, in CycloneDX 1.6: scanners cannot see what is inside.

Python modules and C parts are found in the programs, the latter by a string that they leave there, often with the
version. So the document lists only what is inside. Other versions come from the licenses next to the programs. The two
functions of the compiler's runtime that OpenSSL and CPython use (128-bit division) are not listed.
"""

from __future__ import annotations

import json
import re
import uuid
from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from release import LICENSE, PROJECT_URL, SUMMARY
from release.cache import ensure_cached
from release.checkout import LOCKS, BuildError, architecture, now, version
from release.programs import PACKAGES_FROM, install
from release.sums import FOLDER, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAMS = (f"{FOLDER}/kubectl-pullsecret", f"{FOLDER}/kubectl_complete-pullsecret", "ibmcloud-pullsecret")
NAMED = re.compile(rb"[zZ\xfa\xda](.)([\w/]+\.py)", re.DOTALL)
"""The path of a source file as a short string of marshal: a letter, the length, the path (Python/marshal.c)."""


SPDX = {"BSD": "BSD-3-Clause", "ISC License": "ISC"}
"""What packages call their licenses that give no SPDX expression, with the expression of the texts that they carry."""


class Part(NamedTuple):
    """A part in C; `trace` matches what it leaves in a program, with the version in the group, if any."""

    name: str
    license: str
    trace: bytes
    source: str = ""
    cpe: str = ""


PARTS = (
    Part("cpython", "Python-2.0.1", rb"\0(3\.1\d\.\d+)\0", "python3.13", "python:python"),
    Part("openssl", "Apache-2.0", rb"OpenSSL (\d+\.\d+\.\d+) \d+ [A-Z][a-z]+ \d{4}\0", "openssl", "openssl:openssl"),
    Part("zlib", "Zlib", rb" deflate (\d[\d.]+) Copyright ", "zlib", "zlib:zlib"),
    Part("libffi", "MIT", rb"ffi_prep_closure failed|ffi_prep_cif failed", "libffi", "libffi_project:libffi"),
    Part("libyaml", "MIT", rb"did not find expected '-' indicator\0", "libyaml", "pyyaml:libyaml"),
    # CPython's own copies.
    Part("expat", "MIT", rb"expat_(\d[\d.]+)\0", cpe="libexpat_project:libexpat"),
    Part("mpdecimal", "BSD-2-Clause", rb"\0(2\.5\.\d+)\0"),
    Part("hacl-star", "Apache-2.0 AND MIT", rb"Hacl_Hash_"),
)


def path(dist: Path) -> Path:
    """Return the path of the document."""
    return dist / f"kubectl-pullsecret_v{version()}_linux_{architecture()}.cdx.json"


def make(dist: Path) -> None:
    """Write the document. Raises BuildError if a program has other parts than those known here."""
    inside = b"".join(dist.joinpath(program).read_bytes() for program in PROGRAMS)
    parts = list(python_parts(modules_in(inside)))
    sources = compiled_sources(dist / FOLDER / "LICENSES-OF-PARTS", {normalized(part["name"]) for part in parts})
    parts = [*c_parts(inside, sources), *parts]
    path(dist).write_text(json.dumps(document(dist, parts), indent=2) + "\n")


def modules_in(inside: bytes) -> set[str]:
    """Return the source files of the frozen modules, such as `rich/console.py`."""
    return {found[2].decode() for found in NAMED.finditer(inside) if found[1][0] == len(found[2])}


def compiled_sources(licenses: Path, packages: set[str]) -> dict[str, str]:
    """Return the source packages that the programs were compiled from, with versions, from the file of licenses."""
    found = re.findall(r"^=== (\S+) (\S+)$", licenses.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: number for name, number in found if normalized(name) not in packages}


def normalized(name: str) -> str:
    """Return the normalized name of a package (PEP 503)."""
    return name.lower().replace("_", "-")


def c_parts(inside: bytes, sources: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Return the components in C. Raises BuildError if a listed one is missing, or another one was compiled."""
    if unknown := sources.keys() - {part.source for part in PARTS}:
        raise BuildError(f"build/release/sbom.py does not list {', '.join(sorted(unknown))}")
    for part in PARTS:
        found = re.search(part.trace, inside)
        if not found:
            raise BuildError(f"{part.name} is not in the programs; correct build/release/sbom.py")
        packaged = sources.get(part.source, "")
        own = found[1].decode() if found.re.groups else re.sub(r"^\d+:|-[^-]*$", "", packaged)
        yield c_part(part, own, packaged)


def c_part(part: Part, number: str, packaged: str) -> dict[str, Any]:
    """Return a component in C; `packaged` is the version of Debian's package, with its patches."""
    described = component(part.name, number, part.license)
    if packaged:
        described["purl"] = f"pkg:deb/debian/{part.source}@{quote(packaged, safe='~')}?arch=source&distro=trixie"
    if part.cpe:
        described["cpe"] = f"cpe:2.3:a:{part.cpe}:{number}:*:*:*:*:*:*:*"
    return described


def python_parts(modules: set[str]) -> Iterator[dict[str, Any]]:
    """Return the Python packages that have a module inside."""
    for information in sorted(ensure_cached("frozen-packages", PACKAGES_FROM, install).glob("*.dist-info")):
        package = PathDistribution(information)
        if modules & {str(file) for file in package.files or ()}:
            said = package.metadata.json
            license_text = str(said.get("license_expression") or said["license"])
            yield python_part(package.name, package.version, SPDX.get(license_text, license_text))
    pyyaml = re.search(r"^(pyyaml)==(\S+)", LOCKS.joinpath("pyyaml.txt").read_text(), re.MULTILINE)
    if pyyaml and "yaml/__init__.py" in modules:
        yield python_part(pyyaml[1], pyyaml[2], "MIT")


def python_part(name: str, number: str, license_text: str) -> dict[str, Any]:
    """Return a component from Python's package index."""
    purl = f"pkg:pypi/{normalized(name)}@{number}"
    return component(name, number, license_text) | {"purl": purl}


def component(name: str, number: str, license_text: str) -> dict[str, Any]:
    """Return what all components have; the license is an SPDX expression."""
    described: dict[str, Any] = {"type": "library", "bom-ref": name.lower(), "name": name}
    if number:
        described["version"] = number
    return described | {"licenses": [{"expression": license_text}]}


def document(dist: Path, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the document; the hashes identify the programs that it describes."""
    hashes = {program: sha256(dist / program) for program in PROGRAMS}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": serial_number("".join(hashes.values())),
        "version": 1,
        "metadata": {
            "timestamp": now().isoformat(),
            "lifecycles": [{"phase": "build"}],
            "component": {
                **component(FOLDER, version(), LICENSE),
                "type": "application",
                "description": SUMMARY,
                "externalReferences": [{"type": "website", "url": PROJECT_URL}],
                "components": [
                    {"type": "file", "name": program, "hashes": [{"alg": "SHA-256", "content": digest}]}
                    for program, digest in hashes.items()
                ],
            },
        },
        "components": parts,
        "dependencies": [{"ref": FOLDER, "dependsOn": sorted(part["bom-ref"] for part in parts)}],
        "compositions": [{"aggregate": "complete", "assemblies": [FOLDER]}],
    }


def serial_number(described: str) -> str:
    """Return a serial number that is the same for the same content."""
    return uuid.uuid5(uuid.NAMESPACE_OID, described).urn
