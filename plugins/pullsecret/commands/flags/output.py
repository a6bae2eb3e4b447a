"""How a command that writes goes about it, and how it tells what came of it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.common import DryRun, Format, Output

Strict: TypeAlias = Annotated[
    bool, Option("--strict", help="Write nothing when check would warn of the secret; without, its warnings are shown.")
]


def output(
    *,
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml", help="Output format.")] = "",
    dry_run: Annotated[
        str,
        Option(
            "--dry-run",
            metavar="none|client|server",
            help="client: only show what would be written (-o yaml: a manifest); server: let the server judge it.",
        ),
    ] = "none",
    quiet: Annotated[bool, Option("-q", "--quiet", help="Show no progress.")] = False,
) -> Output:
    """How a command that writes tells its outcome, and whether it really writes."""
    form = format_of(output, Format.NAME, Format.JSON, Format.YAML)
    return Output(format=form, dry_run=dry_run_of(dry_run), quiet=quiet)


def dry_run_of(text: str) -> DryRun:
    """The mode of --dry-run.

    Raises:
        UsageError: it is none, in kubectl's words.
    """
    if text not in {mode.value for mode in DryRun}:
        raise UsageError(f'Invalid dry-run value ({printable(text)}). Must be "none", "server", or "client".')
    return DryRun(text)


def format_of(text: str, *allowed: Format) -> Format:
    """The output format of a command that knows these.

    Raises:
        UsageError: it is another one, in kubectl's words.
    """
    known = {form.value: form for form in (Format.LINES, *allowed)}
    if text.lower() in known:
        return known[text.lower()]
    formats = ",".join(sorted(form.value for form in allowed))
    message = (
        f'unable to match a printer suitable for the output format "{printable(text)}", allowed formats are: {formats}'
    )
    raise UsageError(message)


def replace_policy(
    *,
    overwrite: Annotated[
        bool, Option("--overwrite", help="Replace the data of a secret that is there and not made by this command.")
    ] = False,
    force: Annotated[
        bool,
        Option("--force", help="Delete and make anew a secret that is immutable or of another type."),
    ] = False,
) -> ReplacePolicy:
    """What may be done to a secret of the same name."""
    return ReplacePolicy(overwrite=overwrite, force=force)
