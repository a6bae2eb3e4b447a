"""The bill of materials lists what is inside the programs, and nothing else."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from packages.offered import dist, the
from program import CHECKOUT
from pullsecret import __version__

NAMES = {"pyyaml": "yaml"}
"""Packages whose module has another name."""
IN_C = {"cpython", "openssl", "zlib", "libffi", "libyaml", "expat", "mpdecimal", "hacl-star"}


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(the("kubectl-pullsecret_v*.cdx.json").read_text())
    return document


@pytest.fixture(scope="module")
def inside() -> bytes:
    return (dist() / "kubectl-pullsecret" / "kubectl-pullsecret").read_bytes()


def component(bill: dict[str, Any], name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [part for part in bill["components"] if part["name"] == name]
    assert len(found) == 1
    return found[0]


def python_parts(bill: dict[str, Any]) -> dict[str, str]:
    """Each Python package by its module's name, with its version."""
    parts = [part for part in bill["components"] if part.get("purl", "").startswith("pkg:pypi/")]
    return {NAMES.get(part["name"], part["name"].replace("-", "_")): part["version"] for part in parts}


def test_bill_is_cyclonedx() -> None:
    assert (
        JsonStrictValidator(SchemaVersion.V1_6).validate_str(the("kubectl-pullsecret_v*.cdx.json").read_text()) is None
    )


def test_bill_is_of_these_programs(bill: dict[str, Any]) -> None:
    about = bill["metadata"]["component"]

    hashes = {file["name"]: file["hashes"][0]["content"] for file in about["components"]}
    assert about["version"] == __version__
    assert hashes == {name: hashlib.sha256((dist() / name).read_bytes()).hexdigest() for name in hashes}
    assert len(hashes) == 3


def test_parts_in_c_with_the_versions_inside(bill: dict[str, Any], inside: bytes) -> None:
    traces = {
        "cpython": b"\0%b\0",
        "openssl": b"OpenSSL %b ",
        "zlib": b" inflate %b Copyright",
        "libyaml": b"\0%b\0",
        "expat": b"expat_%b\0",
        "mpdecimal": b"\0%b\0",
    }

    for name, trace in traces.items():
        assert trace % component(bill, name)["version"].encode() in inside


def test_parts_in_c_are_sources_of_debian(bill: dict[str, Any]) -> None:
    licenses = (dist() / "kubectl-pullsecret" / "LICENSES-OF-PARTS").read_text()
    lock = (CHECKOUT / "build" / "interpreter" / "sources.txt").read_text()
    names = "|".join(map(re.escape, re.findall(r"^([^# ]+) ", lock, re.MULTILINE)))
    sources = dict(re.findall(rf"^=== ({names}) (\S+)$", licenses, re.MULTILINE))
    purls = [part["purl"] for part in bill["components"] if part.get("purl", "").startswith("pkg:deb/debian/")]

    named = dict(re.findall(r"pkg:deb/debian/([^@]+)@([^?]+)", "\n".join(purls)))
    assert {name: version.replace("%2B", "+").replace("%3A", ":") for name, version in named.items()} == sources


def test_python_packages_are_those_inside(bill: dict[str, Any], inside: bytes) -> None:
    """Code has the name of its file: a string after its type and length, as in `Z.rich/console.py`."""
    packages = {name.decode() for name in re.findall(rb"[zZ\xfa\xda].([a-z]\w*)/[\w/]+\.py", inside, re.DOTALL)}
    single = {"typing_extensions": b"typing_extensions.py", "PySocks": b"\x08socks.py"}  # a module each, no package
    packages |= {name for name, trace in single.items() if trace in inside}

    assert set(python_parts(bill)) == packages - sys.stdlib_module_names - {"pullsecret"}


def test_python_packages_with_the_versions_frozen(bill: dict[str, Any]) -> None:
    lists = [CHECKOUT / "build" / "locks" / name for name in ("frozen.txt", "pyyaml.txt")]
    frozen = dict(re.findall(r"^([\w-]+)==(\S+)", "\n".join(path.read_text() for path in lists), re.MULTILINE))

    for module, number in python_parts(bill).items():
        names = {NAMES.get(name, name.replace("-", "_")): name for name in frozen}
        assert frozen[names[module.lower()]] == number


def test_every_component_is_listed_once_and_depended_on(bill: dict[str, Any]) -> None:
    names = [part["bom-ref"] for part in bill["components"]]

    assert sorted(names) == sorted(set(names)) == bill["dependencies"][0]["dependsOn"]
    assert {part["name"] for part in bill["components"] if "pkg:pypi/" not in part.get("purl", "")} == IN_C
    assert all(part["licenses"] for part in bill["components"])
