"""kubectl pullsecret check."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.errors import UsageError
from pullsecret.model.check.catalogue import CODES
from pullsecret.model.go.printable import printable
from pullsecret.model.request.common import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def known_code(text: str) -> str:
    """A code as the table has it, in capitals; "" for none.

    Raises:
        UsageError: there is no such code.
    """
    if text and text.upper() not in CODES:
        raise UsageError(f'no finding has the code "{printable(text)}"', hint=f"the codes are {', '.join(CODES)}")
    return text.upper()


def check(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Secrets to check; default: all pull secrets."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    from_file: Annotated[
        str,
        Option("--from-file", metavar="FILE", help="Check a .dockerconfigjson, or a manifest; no cluster is asked."),
        CompletionHint("files"),
    ] = "",
    private: Annotated[
        bool, Option("--private", help="Also find registries of IBM Cloud without their private. names.")
    ] = False,
    explain: Annotated[
        str,
        Option("--explain", metavar="CODE", help="Tell what a finding's code means, and nothing else."),
        CompletionHint(choices=tuple(f"{rule.code}\t{rule.title}" for rule in CODES.values())),
    ] = "",
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml", help="Output format.")] = "",
    program: Annotated[str, FlagGroup(flags.program)],
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Find what is wrong with pull secrets, and with what names them; no registry is asked.

    It reads secrets as the kubelet does: what it cannot parse, keys that match no image, user names and passwords that
    do not fit, expired tokens, stale copies, names that point at nothing, running pods whose secret is gone. Each
    finding has the command that mends it. Ends with 0 when nothing is wrong, 1 with findings, 2 when it could not look.

    \b
    Examples:
      # The current namespace
      {prog} check
      # The whole cluster
      {prog} check -A
      # A login file before it becomes a secret
      {prog} check --from-file config.json
      # What a finding means
      {prog} check --explain PS203
    """
    form = flags.format_of(output, Format.NAME, Format.JSON, Format.YAML)
    if explain:
        from pullsecret.report.explanations import put_explanation

        put_explanation(known_code(explain))
        return 0
    from functools import partial

    from pullsecret import pipeline
    from pullsecret.actions import check as action
    from pullsecret.actions import check_file as file_action
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.check import show

    shown = partial(show, style=CommandStyle(program=program, connection=connection))
    if from_file:
        if names:
            raise UsageError("NAME and --from-file cannot be used together")
        request = file_action.CheckFileRequest(file=from_file, needs_private=private, output=Output(format=form))
        return pipeline.run_offline(file_action, request, shown)
    return pipeline.run_query(
        action,
        action.CheckRequest(
            names=flags.checked_names(names or ()),
            needs_private=private,
            targets=targets,
            output=Output(format=form),
            connection=connection,
        ),
        shown,
    )
