"""Test reports in JUnit's XML, as Jenkins defines it (xunit-plugin: junit-10.xsd) and GitLab reads it.

A test suite is a namespace or a file, and a test case is an object in it, which fails with all its errors and warnings
at once: both systems show only the first failure of a test case.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.request.ci_report import CiLevel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.request.ci_report import CiError, CiObject, CiProblem, CiReport

_ESCAPES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}


def junit_text(run: CiReport) -> str:
    """The document, without a newline at its end."""
    suites = [_Suite(name or run.command, cases) for name, cases in _cases_by_place(run.objects).items()]
    if run.errors:
        suites.append(_Suite(f"{run.command}: incomplete", [_case_of_error(error) for error in run.errors]))
    if not suites:
        suites.append(_Suite(run.command, [(run.emptiness, ())]))
    return "\n".join(_document(f"kubectl-pullsecret {run.command}", suites))


class _Suite:
    """A test suite: its name, and its cases, each with its name and the lines of its elements."""

    def __init__(self, name: str, cases: Sequence[_Case]) -> None:
        self.name = name
        self.cases = cases

    def count(self, element: str) -> int:
        """How many cases have such an element."""
        return sum(1 for _, lines in self.cases if any(line.startswith(f"<{element} ") for line in lines))


_Case = tuple[str, "Sequence[str]"]
_COUNTED = {"failures": "failure", "errors": "error"}


def _cases_by_place(objects: Iterable[CiObject]) -> dict[str, list[_Case]]:
    """The test cases by their suite; names that are equal in one are numbered, because GitLab ignores all but one."""
    found: dict[str, list[_Case]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for item in objects:
        key = (item.place, item.title)
        seen[key] += 1
        name = item.title if seen[key] == 1 else f"{item.title} ({seen[key]})"
        found.setdefault(item.place, []).append((name, tuple(_elements(item))))
    return found


def _elements(item: CiObject) -> Iterator[str]:
    failing = [problem for problem in item.problems if problem.level is not CiLevel.NOTE]
    notes = [problem for problem in item.problems if problem.level is CiLevel.NOTE]
    if failing:
        more = f" (and {len(failing) - 1} more)" if len(failing) > 1 else ""
        message = f"{failing[0].message}{more}"
        yield from _element("failure", failing[0].rule.code, message, map(_paragraph, failing))
    elif item.unknown:
        yield from _element("skipped", "unknown", item.unknown, ())
    if notes:
        yield from ("<system-out>", *map(_paragraph, notes), "</system-out>")


def _case_of_error(error: CiError) -> _Case:
    name = f"{error.context}: {error.message}" if error.context else error.message
    return name, tuple(_element("error", "incomplete", error.message, ()))


def _element(name: str, kind: str, message: str, text: Iterable[str]) -> Iterator[str]:
    head = f'<{name} type="{_attribute(kind)}" message="{_attribute(message)}"'
    paragraphs = tuple(text)
    yield from (f"{head}>", *paragraphs, f"</{name}>") if paragraphs else (f"{head}/>",)


def _paragraph(problem: CiProblem) -> str:
    """What is wrong and how to fix it, as lines that are whole and can be pasted."""
    line = f" (line {problem.line})" if problem.line else ""
    head = _attribute(f"{problem.level.value} {problem.rule.code}{line}: {problem.message}")
    fix = problem.command or (f"to fix: {problem.advice}" if problem.advice else "")
    return f"{head}\n  {_escaped_markup(Printable(fix))}" if fix else head


def _document(name: str, suites: Sequence[_Suite]) -> Iterator[str]:
    totals = {counted: sum(suite.count(element) for suite in suites) for counted, element in _COUNTED.items()}
    tests = sum(len(suite.cases) for suite in suites)
    yield '<?xml version="1.0"?>'
    yield f'<testsuites name="{_attribute(name)}" tests="{tests}"{_numbers(totals)}>'
    for suite in suites:
        counts = {counted: suite.count(element) for counted, element in {**_COUNTED, "skipped": "skipped"}.items()}
        yield f'  <testsuite name="{_attribute(suite.name)}" tests="{len(suite.cases)}"{_numbers(counts)}>'
        for case, lines in suite.cases:
            head = f'    <testcase classname="{_attribute(suite.name)}" name="{_attribute(case)}"'
            yield from (f"{head}>", *lines, "    </testcase>") if lines else (f"{head}/>",)
        yield "  </testsuite>"
    yield "</testsuites>"


def _numbers(counts: dict[str, int]) -> str:
    return "".join(f' {name}="{number}"' for name, number in counts.items())


def _attribute(text: str) -> str:
    """A text as one line of XML; characters that XML cannot have are escaped as on a terminal."""
    return _escaped_markup(Printable(text))


def _escaped_markup(line: Printable) -> str:
    """The line in ASCII, which is right in UTF-8 as in UTF-16, which PowerShell writes into files."""
    return line.translate(_ESCAPES).encode("ascii", "xmlcharrefreplace").decode("ascii")
