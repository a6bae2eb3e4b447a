"""kubectl pullsecret attach."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completes import Completes
from pullsecret.commands.groups import From
from pullsecret.model.connection import ConnectionFlags
from pullsecret.model.request import Attachment, Output
from pullsecret.model.targets import Targets


def attach(
    names: Annotated[
        list[str] | None, Argument(metavar="NAME...", help="Pull secrets to add."), Completes("pull-secrets")
    ] = None,
    *,
    allow_missing: Annotated[
        bool, Option("--allow-missing", help="Add the name even where there is no such secret yet.")
    ] = False,
    attachment: Annotated[Attachment, From(flags.attachment)],
    targets: Annotated[Targets, From(flags.making_targets)],
    output: Annotated[Output, From(flags.output)],
    connection: Annotated[ConnectionFlags, From(flags.connection)],
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
    from pullsecret import journey
    from pullsecret.actions import attach as action

    request = action.AttachRequest(
        names=flags.some_names(names),
        allow_missing=allow_missing,
        attachment=attachment,
        targets=targets,
        output=output,
        connection=connection,
    )
    return journey.travel(action, request)
