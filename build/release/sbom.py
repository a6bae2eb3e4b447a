"""What is inside the frozen programs, as CycloneDX 1.6: scanners see nothing of it by themselves.

Which Python modules are inside is read from the programs, and so is each part in C: by what it leaves in them, often
its version. So nothing is told that is not there. Other versions are those told beside the programs, with the licenses.
The two functions of the compiler's own runtime that OpenSSL and CPython take (division of 128 bits) are not counted.
"""

from __future__ import annotations

import json
import re
import uuid
from importlib.metadata import PathDistribution
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from release import LICENSE, PROJECT_URL, SUMMARY
from release.cache import kept
from release.checkout import LOCKS, BuildError, architecture, now, version
from release.programs import PACKAGES_FROM, install
from release.sums import FOLDER, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAMS = (f"{FOLDER}/kubectl-pullsecret", f"{FOLDER}/kubectl_complete-pullsecret", "ibmcloud-pullsecret")
NAMED = re.compile(rb"[zZ\xfa\xda](.)([\w/]+\.py)", re.DOTALL)
"""A short string that names a source file, as Python's marshal writes it: a letter, the length (Python/marshal.c)."""


class Part(NamedTuple):
    """A part in C; `trace` is what it leaves in a program, its version in the group if it says that."""

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


def make(dist: Path) -> None:
    """Write it. Raises BuildError when a program is not made of what is known here."""
    inside = b"".join(dist.joinpath(program).read_bytes() for program in PROGRAMS)
    parts = list(python_parts(modules_in(inside)))
    sources = sources_told(dist / FOLDER / "LICENSES-OF-PARTS", {normalized(part["name"]) for part in parts})
    parts = [*c_parts(inside, sources), *parts]
    name = f"kubectl-pullsecret_v{version()}_linux_{architecture()}.cdx.json"
    dist.joinpath(name).write_text(json.dumps(document(dist, parts), indent=2) + "\n")


def modules_in(inside: bytes) -> set[str]:
    """The frozen modules' files, as in `rich/console.py`."""
    return {found[2].decode() for found in NAMED.finditer(inside) if found[1][0] == len(found[2])}


def sources_told(licenses: Path, packages: set[str]) -> dict[str, str]:
    """The source packages that the programs were compiled from, with their versions, as told with their licenses."""
    told = re.findall(r"^=== (\S+) (\S+)$", licenses.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: number for name, number in told if normalized(name) not in packages}


def normalized(name: str) -> str:
    """A package's name as all write it who may write it differently."""
    return name.lower().replace("_", "-")


def c_parts(inside: bytes, sources: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The components in C. Raises BuildError when one that is listed cannot be found, or the other way round."""
    if unknown := sources.keys() - {part.source for part in PARTS}:
        raise BuildError(f"build/release/sbom.py does not know {', '.join(sorted(unknown))}")
    for part in PARTS:
        found = re.search(part.trace, inside)
        if not found:
            raise BuildError(f"{part.name} is not in the programs; correct build/release/sbom.py")
        packaged = sources.get(part.source, "")
        own = found[1].decode() if found.re.groups else re.sub(r"^\d+:|-[^-]*$", "", packaged)
        yield c_part(part, own, packaged)


def c_part(part: Part, number: str, packaged: str) -> dict[str, Any]:
    """A component in C, of this version; `packaged` is Debian's, whose fixes are in it."""
    told = component(part.name, number, part.license)
    if packaged:
        told["purl"] = f"pkg:deb/debian/{part.source}@{quote(packaged, safe='~')}?arch=source&distro=trixie"
    if part.cpe:
        told["cpe"] = f"cpe:2.3:a:{part.cpe}:{number}:*:*:*:*:*:*:*"
    return told


def python_parts(modules: set[str]) -> Iterator[dict[str, Any]]:
    """The packages of which a module is inside."""
    for information in sorted(kept("frozen-packages", PACKAGES_FROM, install).glob("*.dist-info")):
        package = PathDistribution(information)
        if modules & {str(file) for file in package.files or ()}:
            said = package.metadata.json
            license_text = said.get("license_expression") or said["license"]
            yield python_part(package.name, package.version, str(license_text))
    pyyaml = re.search(r"^(pyyaml)==(\S+)", LOCKS.joinpath("pyyaml.txt").read_text(), re.MULTILINE)
    if pyyaml and "yaml/__init__.py" in modules:
        yield python_part(pyyaml[1], pyyaml[2], "MIT")


def python_part(name: str, number: str, license_text: str) -> dict[str, Any]:
    """A component of Python's package index."""
    purl = f"pkg:pypi/{normalized(name)}@{number}"
    return component(name, number, license_text) | {"purl": purl}


def component(name: str, number: str, license_text: str) -> dict[str, Any]:
    """What every component says; an old-fashioned license is a name, not an expression of SPDX's."""
    told: dict[str, Any] = {"type": "library", "bom-ref": name.lower(), "name": name}
    if number:
        told["version"] = number
    if license_text:
        is_name = " " in license_text and not re.search(r" (?:AND|OR|WITH) ", license_text)
        told["licenses"] = [{"license": {"name": license_text}} if is_name else {"expression": license_text}]
    return told


def document(dist: Path, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """All of it; the programs' hashes say which ones it is about."""
    hashes = {program: sha256(dist / program) for program in PROGRAMS}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, "".join(hashes.values())).urn,
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
