"""How a command writes, and how it prints the result."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.command_request import CheckLevel, DryRun, Format, Output

FOR_PIPELINES = (Format.SARIF, Format.JUNIT)
"""The formats for CI systems, of the commands that look for problems."""


def check_level(
    *,
    check: Annotated[
        str,
        Option(
            "--check",
            metavar="strict|errors|off",
            help='Which findings of `check` prevent the write: "strict" errors and warnings, "errors" only errors, '
            '"off" none. The others are printed as warnings.',
        ),
    ] = "errors",
) -> CheckLevel:
    """Which findings about a secret prevent that it is written or attached.

    Raises:
        UsageError: there is no such level.
    """
    if check not in {level.value for level in CheckLevel}:
        raise UsageError(f'Invalid --check value ({printable(check)}). Must be "strict", "errors", or "off".')
    return CheckLevel(check)


def output(
    *,
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml", help="Output format.")] = "",
    dry_run: Annotated[
        str,
        Option(
            "--dry-run",
            metavar="none|client|server",
            help='"client": print what would be written, without sending it; "server": submit it without persisting.',
        ),
    ] = "none",
    diff: Annotated[
        bool,
        Option("--diff", help="Show what would change, as kubectl diff does, and write nothing. Exit status: 0, 1, 2."),
    ] = False,
    quiet: Annotated[bool, Option("-q", "--quiet", help="Do not show progress.")] = False,
) -> Output:
    """How a command that writes prints its outcome, and whether it really writes.

    Raises:
        UsageError: --diff is combined with another form of output, or a value is unknown.
    """
    form = format_of(output, Format.NAME, Format.JSON, Format.YAML)
    mode = dry_run_of(dry_run)
    if diff and (form is not Format.LINES or mode is not DryRun.NONE):
        raise UsageError("--diff cannot be used with --output or --dry-run")
    return Output(format=form, dry_run=DryRun.SERVER if diff else mode, is_diff=diff, quiet=quiet)


def dry_run_of(text: str) -> DryRun:
    """The mode of --dry-run.

    Raises:
        UsageError: there is no such mode, in kubectl's words.
    """
    if text not in {mode.value for mode in DryRun}:
        raise UsageError(f'Invalid dry-run value ({printable(text)}). Must be "none", "server", or "client".')
    return DryRun(text)


def format_of(text: str, *allowed: Format) -> Format:
    """The output format of a command that supports these.

    Raises:
        UsageError: it does not support this one, in kubectl's words.
    """
    known = {form.value: form for form in (Format.LINES, *allowed)}
    if text.lower() in known:
        return known[text.lower()]
    formats = ",".join(sorted(form.value for form in allowed))
    message = (
        f'unable to match a printer suitable for the output format "{printable(text)}", allowed formats are: {formats}'
    )
    raise UsageError(message)


ForceConflicts: TypeAlias = Annotated[
    bool,
    Option(
        "--force-conflicts",
        help="Also write what Helm, Argo CD, Flux or another controller owns, even if its next run undoes that.",
    ),
]


def replace_policy(
    *,
    overwrite: Annotated[
        bool,
        Option("--overwrite", help="Replace the data of an existing secret that kubectl-pullsecret does not manage."),
    ] = False,
    recreate: Annotated[
        bool,
        Option(
            "--recreate",
            help="Delete and recreate an existing pull secret that is immutable or has the other pull secret type.",
        ),
    ] = False,
    force_conflicts: ForceConflicts = False,
) -> ReplacePolicy:
    """What may be done to an existing secret of the same name."""
    return ReplacePolicy(overwrite=overwrite, recreate=recreate, force_conflicts=force_conflicts)
