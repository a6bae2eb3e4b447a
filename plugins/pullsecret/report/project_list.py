"""The registry secrets of a Code Engine project, as `list` and `describe` show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.results.list import as_time
from pullsecret.report.columns import print_columns
from pullsecret.report.documents import print_document
from pullsecret.report.list import age_of
from pullsecret.report.streams import print_line, print_lines, print_messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.check.project_description import ProjectDescription
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.code_engine import ShownProject
    from pullsecret.model.results.project_list import ProjectListing, ProjectRow

_HEADERS = ("NAME", "REGISTRY", "USEDBY", "AGE")
_WIDE_HEADERS = ("USERNAME", "OWNER", "EXPIRY")
_NONE, _UNKNOWN = "<none>", "<unknown>"
_VALUES_BEGIN = 15


def show_listing(listing: ProjectListing, output: Output, project: ShownProject) -> int:
    """Print a listing; the exit status is 1 if something that was requested is not there."""
    print_messages((*listing.notes, *listing.failures), output)
    if output.is_document:
        _print_document("RegistrySecretList", [row.as_object() for row in listing.rows], listing, output, project)
    elif output.format is Format.NAME:
        for row in listing.rows:
            print_line(Printable(f"secret/{row.name}"))
    elif listing.rows:
        is_wide = output.format is Format.WIDE
        headers = _HEADERS + (_WIDE_HEADERS if is_wide else ())
        print_columns(headers, (_cells(row, is_wide=is_wide) for row in listing.rows), output)
    elif not listing.failures:
        print_messages([f"No registry secrets found in project {project.name}."], output)
    return 1 if listing.failures else 0


def _cells(row: ProjectRow, *, is_wide: bool) -> list[str]:
    cells = [row.name, row.registry or _NONE, _users(row), age_of(row.created)]
    if is_wide:
        cells += [row.username or _NONE, row.owner or _NONE, as_time(row.expires) or _NONE]
    return cells


def _users(row: ProjectRow) -> str:
    return ",".join(row.users) or (_NONE if row.is_all_known else _UNKNOWN)


def show_descriptions(
    found: Sequence[ProjectDescription], listing: ProjectListing, output: Output, project: ShownProject
) -> int:
    """Print descriptions; the exit status is that of `show_listing`."""
    print_messages((*listing.notes, *listing.failures), output)
    if output.is_document:
        items = [one.as_object() for one in found]
        _print_document("RegistrySecretDetailList", items, listing, output, project)
        return 1 if listing.failures else 0
    for position, one in enumerate(found):
        if position:
            print_lines([Printable(""), Printable("")])
        print_lines(_lines(one, project))
    if not found and not listing.failures:
        print_messages(["No registry secrets found."], output)
    return 1 if listing.failures else 0


def _lines(one: ProjectDescription, project: ShownProject) -> Iterator[Printable]:
    for key, value in _facts(one, project):
        yield Printable.of(f"{key}:".ljust(_VALUES_BEGIN), Printable(value))
    yield from _list("Used By", one.row.users, empty=_NONE if one.row.is_all_known else _UNKNOWN)
    yield Printable("Findings:") if one.findings else Printable(f"{'Findings:'.ljust(_VALUES_BEGIN)}{_NONE}")
    for finding in one.findings:
        yield Printable(f"  {finding.severity.value} {finding.code} {finding.subject}{finding.statement}")
        if finding.advice:
            yield Printable(f"    to fix: {finding.advice}")


def _facts(one: ProjectDescription, project: ShownProject) -> Iterator[tuple[str, str]]:
    row = one.row
    yield "Name", row.name
    yield "Project", f"{project.name} ({project.region}, {project.id})"
    yield "Account", project.account
    yield "Created", f"{row.created} ({age_of(row.created)} ago)" if row.created else _UNKNOWN
    yield "Owner", f"{row.owner}: it renews the secret itself" if row.owner else _NONE
    yield "Registry", row.registry or _NONE
    yield "Username", row.username or _NONE
    yield "Credential", one.kind.name
    yield "Expires", as_time(row.expires) or one.kind.life or _UNKNOWN


def _list(title: str, words: Sequence[str], *, empty: str) -> Iterator[Printable]:
    yield Printable(f"{title}:") if words else Printable(f"{f'{title}:'.ljust(_VALUES_BEGIN)}{empty}")
    yield from (Printable(f"  {word}") for word in words)


def _print_document(
    kind: str, items: Sequence[Object], listing: ProjectListing, output: Output, project: ShownProject
) -> None:
    errors = [{"message": line.removeprefix("error: ")} for line in listing.failures]
    print_document(kind, items, output, project=project.as_object(), account=project.account, errors=errors)
