"""kubectl pullsecret attach."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.common import Attachment, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def attach(
    names: Annotated[
        list[str] | None, Argument(metavar="NAME...", help="Pull secrets to add."), CompletionHint("pull-secrets")
    ] = None,
    *,
    allow_missing: Annotated[
        bool, Option("--allow-missing", help="Add the name even where there is no such secret yet.")
    ] = False,
    attachment: Annotated[Attachment, FlagGroup(flags.attachment)],
    targets: Annotated[Targets, FlagGroup(flags.making_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Add pull secrets to service accounts, and lose no entry that is there.

    Pods made from then on use the secret. Afterwards it is told which waiting pods come up by themselves, and which
    have to be made anew, with the command for it.

    \b
    Examples:
      # Use all-icr-io for every pod of team-a that names no service account
      {prog} attach all-icr-io -n team-a
      # For two service accounts, in all namespaces of a team
      {prog} attach all-icr-io --serviceaccount build,deploy -l team=payments
    """
    from pullsecret import pipeline
    from pullsecret.actions import attach as action

    request = action.AttachRequest(
        names=flags.names_of(names),
        allow_missing=allow_missing,
        attachment=attachment,
        targets=targets,
        output=output,
        connection=connection,
    )
    return pipeline.run_change(action, request)
