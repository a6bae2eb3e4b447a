"""Prints what a command found as one SARIF or JUnit document, for one cluster or for several."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import text_at
from pullsecret.model.request.ci_report import CiError, CiReport
from pullsecret.model.request.command_request import Format
from pullsecret.report.streams import print_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.request.ci_report import CiObject
    from pullsecret.model.request.command_request import Output


def print_ci_report(
    command: str, objects: Iterable[CiObject], output: Output, *, errors: Sequence[str], emptiness: str
) -> None:
    """Print what a command found, or keep it until all clusters have been looked at.

    Args:
        command: the command's name, such as `check`.
        objects: what was looked at; those of a cluster get its context where several are selected.
        output: the format, and the context.
        errors: the lines on stderr that tell what could not be read.
        emptiness: a sentence for a report without any object.
    """
    if output.gathered is None:
        found = tuple(CiError(message=_without_prefix(line)) for line in errors)
        _print_run(CiReport(command=command, objects=tuple(objects), errors=found, emptiness=emptiness), output)
        return
    output.gathered.kind = command
    output.gathered.ci_objects += [replace(item, context=output.context) for item in objects]
    output.gathered.errors += [{"context": output.context, "message": _without_prefix(line)} for line in errors]


def print_gathered_ci_report(output: Output) -> None:
    """Print what was found in all clusters as one document; nothing if no cluster could be read."""
    gathered = output.gathered
    if gathered is not None and gathered.kind:
        errors = (
            CiError(message=text_at(error, "message"), context=text_at(error, "context")) for error in gathered.errors
        )
        _print_run(
            CiReport(
                command=gathered.kind,
                objects=tuple(gathered.ci_objects),
                errors=tuple(errors),
                emptiness="nothing was found in these clusters",
            ),
            output,
        )


def _print_run(run: CiReport, output: Output) -> None:
    if output.format is Format.SARIF:
        from pullsecret.report.pipelines.sarif import sarif_text

        print_block(sarif_text(run))
    else:
        from pullsecret.report.pipelines.junit import junit_text

        print_block(junit_text(run))


def _without_prefix(line: str) -> str:
    return line.removeprefix("error: ")
