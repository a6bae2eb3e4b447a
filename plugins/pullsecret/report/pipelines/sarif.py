"""SARIF 2.1.0 logs (OASIS standard), as code scanning reads them: a result for each problem.

Each result has a physical location, because GitHub accepts no other ones: a line of a file, or for an object of a
cluster a path that no repository has. Messages are plain text in which braces are doubled (3.11.5) and nothing is a
link (3.11.6), whatever the names in it are.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pullsecret
from pullsecret.model.go.printable import Printable
from pullsecret.model.request.ci_report import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.ci_report import (
        CiError,
        CiObject,
        CiProblem,
        CiReport,
        CiRule,
    )

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
VERSION: Final = "2.1.0"

_SOURCE_ROOT: Final = "%SRCROOT%"
"""What relative paths of files are relative to, by convention: the root of the repository."""

_FINGERPRINT: Final = "primaryLocationLineHash"
"""The only one that GitHub compares between runs (docs.github.com: SARIF support for code scanning)."""


def sarif_text(run: CiReport) -> str:
    """The log as JSON in ASCII, whatever a shell makes of a program's output; without a newline at its end."""
    return json.dumps(sarif_log(run), indent=2)


def sarif_log(run: CiReport) -> Object:
    """The log: one run, also for several clusters."""
    found = [(item, problem) for item in run.objects for problem in item.problems]
    rules = {problem.rule.code: problem.rule for _, problem in found}
    places = {code: position for position, code in enumerate(sorted(rules))}
    seen: Counter[str] = Counter()
    driver = {
        "name": "kubectl-pullsecret",
        "semanticVersion": pullsecret.__version__,
        "rules": [_rule(rules[code]) for code in places],
    }
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {"driver": driver},
                "invocations": [_invocation(run)],
                "results": [_result(*each, index=places[each[1].rule.code], seen=seen) for each in found],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }


def _rule(rule: CiRule) -> Object:
    return {
        "id": rule.code,
        "shortDescription": _message(rule.title),
        "fullDescription": _message(rule.explanation),
        "help": _message(rule.explanation),
        "defaultConfiguration": {"level": rule.level.value},
    }


def _invocation(run: CiReport) -> Object:
    """Whether all could be looked at, and what could not; what is unknown is a note, and no result."""
    unknown = [_notification("note", f"{_subject(item)}: {item.unknown}") for item in run.objects if item.unknown]
    errors = [_notification("error", _error_line(error)) for error in run.errors]
    return {"executionSuccessful": not run.errors, "toolExecutionNotifications": [*errors, *unknown]}


def _error_line(error: CiError) -> str:
    return f"{error.context}: {error.message}" if error.context else error.message


def _subject(item: CiObject) -> str:
    return f"{item.title} in {item.place}" if item.place else item.title


def _notification(level: str, text: str) -> Object:
    return {"level": level, "message": _message(text)}


def _result(item: CiObject, problem: CiProblem, *, index: int, seen: Counter[str]) -> Object:
    properties = {"command": problem.command, "advice": problem.advice, "namespace": item.namespace}
    properties["context"] = item.context
    return {
        "ruleId": problem.rule.code,
        "ruleIndex": index,
        "level": problem.level.value,
        "message": _message(problem.message, *_fix(problem)),
        "locations": [_location(item, problem)],
        "partialFingerprints": {_FINGERPRINT: _fingerprint(item, problem, seen)},
        "properties": {name: str(Printable(text, longest=None)) for name, text in properties.items() if text},
    }


def _fix(problem: CiProblem) -> Iterator[str]:
    """The last line of a message; a command that it cannot have unchanged is in the properties only."""
    if problem.command and problem.command != _as_text(problem.command):
        yield "To fix: the command is in the properties of this result"
    elif problem.command or problem.advice:
        yield f"To fix: {problem.command or problem.advice}"


def _location(item: CiObject, problem: CiProblem) -> Object:
    name = "/".join(filter(None, (item.context, item.namespace, item.subject)))
    logical = {"name": item.subject, "fullyQualifiedName": name, "kind": "resource"}
    return {
        "physicalLocation": _physical_location(item, problem.line or item.line),
        "logicalLocations": [{field: Printable(text) for field, text in logical.items()}],
    }


def _physical_location(item: CiObject, line: int) -> Object:
    if not line:
        return {"artifactLocation": {"uri": _uri(_cluster_path(item))}}
    return {"artifactLocation": _artifact(item.file), "region": {"startLine": line}}


def _cluster_path(item: CiObject) -> tuple[str, ...]:
    """A path for an object of a cluster; its context is in it only where several are selected."""
    kind, _, name = item.subject.rpartition("/") if item.subject.count("/") == 1 else ("", "", item.subject)
    return "cluster", *(part for part in (item.context, item.namespace, kind, name) if part.strip("."))


def _artifact(file: str) -> Object:
    """A file as it was named: a path in the repository if it is relative."""
    if not file:
        return {"uri": "stdin", "description": {"text": STANDARD_INPUT}}
    parts = [part for part in file.replace(os.sep, "/").split("/") if part not in ("", ".")]
    if os.path.isabs(file):  # noqa: PTH117  a file's name is text here
        return {"uri": f"file:///{_uri(parts, safe=':')}"}
    return {"uri": _uri(parts), "uriBaseId": _SOURCE_ROOT}


def _uri(parts: Iterable[str], *, safe: str = "") -> str:
    """The parts as the path of a URI reference, each percent-encoded."""
    return "/".join(quote(part, safe=safe, errors="surrogatepass") for part in parts)


def _fingerprint(item: CiObject, problem: CiProblem, seen: Counter[str]) -> str:
    """A hash of what the problem is about, with a number after it where another one has the same."""
    where = (item.file, item.context, item.namespace, item.subject, item.detail)
    words = "\0".join((problem.rule.code, *where, *problem.identity))
    digest = sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _message(*lines: str) -> Object:
    """A plain text message of lines that can be shown."""
    return {"text": "\n".join(map(_as_text, lines))}


def _as_text(line: str) -> str:
    """A line without placeholders and links."""
    return Printable(line, longest=None).replace("{", "{{").replace("}", "}}").replace("](", "] (")
