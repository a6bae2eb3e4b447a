"""Pull secrets in full, as `kubectl describe` lays objects out; and the same as JSON or YAML."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.check.typed_fix import typed_fix
from pullsecret.model.go.printable import Printable
from pullsecret.model.results.copy_standing import CopyStanding
from pullsecret.model.results.list import as_time
from pullsecret.report.check import finding_object
from pullsecret.report.columns import aligned
from pullsecret.report.documents import print_items
from pullsecret.report.list import PRODUCT, age_of
from pullsecret.report.streams import print_lines, print_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.check.described_keys import DescribedKey
    from pullsecret.model.check.description import DescribedCopy, DescribedEntry, Description, Descriptions
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.request.command_request import Output
    from pullsecret.model.request.suggested_command import CommandStyle

_NONE, _UNKNOWN = "<none>", "<unknown>"
_WIDEST = 500
"""Characters of a cell: one long key of a tenant's secret must not fill the screen for every row."""

_INDENT = "  "
_VALUES_BEGIN = 15
"""The column of the values: two after the longest key, `Data Written:`."""


def show(found: Descriptions, output: Output, style: CommandStyle) -> int:
    """Print descriptions; the exit status is 1 if something that was requested could not be read."""
    style = style.within(output)
    print_messages((*found.notes, *found.failures), output)
    if output.is_document:
        items = (item.as_object(lambda finding: finding_object(finding, style)) for item in found.items)
        print_items("PullSecretDetailList", items, output, errors=found.failures)
        return 1 if found.failures else 0
    for position, item in enumerate(found.items):
        if not output.is_first_paragraph(position):
            print_lines([Printable(""), Printable("")])
        print_lines(_lines(item, output, style))
    if not found.items and not found.failures:
        print_messages(["No pull secrets found."], output)
    return 1 if found.failures else 0


def _lines(item: Description, output: Output, style: CommandStyle) -> Iterator[Printable]:
    """The keys with their values, all values in one column, and each list below its key."""
    if output.spans_contexts:
        yield _fact("Context", output.context)
    for key, value in _facts(item):
        yield _fact(key, value)
    entries = [(_registry(entry), entry.username, entry.credential, _validity(entry)) for entry in item.entries]
    yield from _table("Registries", ("Registry", "Username", "Credential", "Expires"), entries)
    yield from _api_keys(item.api_keys)
    copies = [(copy.namespace, copy.name, copy.state.value) for copy in item.copies]
    yield from _table("Copies", ("Namespace", "Name", "State"), copies, summary=_counts(item.copies))
    accounts = [f"serviceaccount/{name}" for name in item.row.accounts]
    yield from _list("Used By", [*accounts, *item.users], empty=_NONE if item.is_all_known else _UNKNOWN)
    if item.images_of is None or item.images_of:
        images = [f"project {grant.images} (rolebinding/{grant.name})" for grant in item.images_of or ()]
        yield from _list("Images Of", images, empty=_UNKNOWN)
    yield from _findings(item.findings, style)


def _fact(key: str, value: str) -> Printable:
    return Printable.of(f"{key}:".ljust(_VALUES_BEGIN), Printable(value, longest=_WIDEST))


def _facts(item: Description) -> Iterator[tuple[str, str]]:
    row = item.row
    yield "Name", row.name
    yield "Namespace", row.namespace
    yield "Type", row.type
    yield "Created", f"{row.created} ({age_of(row.created)} ago)" if row.created else _UNKNOWN
    yield "Data Written", as_time(item.written) or _UNKNOWN
    yield "Immutable", str(item.is_immutable).lower()
    if row.previous_of or row.role:
        yield "Role", f"keeps the previous data of secret/{row.previous_of}" if row.previous_of else row.role
    yield "Owner", _owner(item)
    yield "Origin", _origin(item)
    if row.malformed:
        yield "Malformed", f"{row.malformed}: pods that reference it cannot pull any image"


def _owner(item: Description) -> str:
    if item.row.owner:
        return f"{item.row.owner}: {item.prediction}"
    return PRODUCT if item.row.is_managed else _NONE


def _origin(item: Description) -> str:
    return f"{item.row.origin} ({item.origin.value})" if item.origin else _NONE


def _registry(entry: DescribedEntry) -> str:
    return f"{entry.server} (required by OpenShift)" if entry.is_required else entry.server


def _validity(entry: DescribedEntry) -> str:
    return as_time(entry.expires) or entry.life or _UNKNOWN


def _counts(copies: Sequence[DescribedCopy]) -> str:
    """How many copies there are of each state: `998 up to date, 2 stale`."""
    counts = Counter(copy.state for copy in copies)
    return ", ".join(f"{counts[state]} {state.value}" for state in CopyStanding if counts[state])


def _table(
    title: str, headers: Sequence[str], rows: Sequence[Sequence[str]], *, summary: str = ""
) -> Iterator[Printable]:
    """A list of several columns, with its headers underlined; `Title:  <none>` where it is empty."""
    if not rows:
        yield _fact(title, _NONE)
        return
    yield _fact(title, summary) if summary else Printable(f"{title}:")
    lines = [list(headers), ["-" * len(header) for header in headers]]
    cells = [[Printable(cell, longest=_WIDEST) for cell in row] for row in rows]
    for line in aligned([*lines, *cells]):
        yield Printable(f"{_INDENT}{line}", longest=None)


def _api_keys(keys: Sequence[DescribedKey]) -> Iterator[Printable]:
    """What IBM Cloud says about the API keys, and below it who may pull what; nothing where it was not asked."""
    if not keys:
        return
    rows = [
        (
            f"{key.name} ({key.id})" if key.id else _UNKNOWN,
            key.identity or _UNKNOWN,
            key.state,
            _end(key),
            key.last_used,
        )
        for key in keys
    ]
    yield from _table("API Keys", ("Key", "Identity", "State", "Expires", "Last Used"), rows)
    access = {key.puller: [*key.access, *([f"{_UNKNOWN}: {key.problem}"] if key.problem else [])] for key in keys}
    lines = [(puller or _UNKNOWN, line) for puller, lines in access.items() for line in lines or [_NONE]]
    yield from _table("Access", ("Identity", "Policy"), lines)


def _end(key: DescribedKey) -> str:
    return as_time(key.expires) or ("never" if key.id else _UNKNOWN)


def _list(title: str, words: Iterable[str], *, empty: str) -> Iterator[Printable]:
    lines = [Printable(f"{_INDENT}{word}") for word in words]
    yield Printable(f"{title}:") if lines else _fact(title, empty)
    yield from lines


def _findings(findings: Sequence[Finding], style: CommandStyle) -> Iterator[Printable]:
    """The findings of `check`, each with its fix below it."""
    yield Printable("Findings:") if findings else _fact("Findings", _NONE)
    for finding in findings:
        yield Printable(f"{_INDENT}{finding.severity.value} {finding.code} {finding.subject}{finding.statement}")
        command, advice = typed_fix(finding, style)
        if command or advice:
            yield Printable.of(_INDENT * 2, command or f"to fix: {advice}")
