"""kubectl pullsecret detach."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from pullsecret.commands import flags
from pullsecret.commands.completes import Completes
from pullsecret.commands.groups import From
from pullsecret.model.connection import ConnectionFlags
from pullsecret.model.request import Attachment, Output
from pullsecret.model.targets import Targets


def detach(
    names: Annotated[
        list[str] | None, Argument(metavar="NAME...", help="Pull secrets to take off."), Completes("pull-secrets")
    ] = None,
    *,
    attachment: Annotated[Attachment, From(flags.attachment)],
    targets: Annotated[Targets, From(flags.targets)],
    output: Annotated[Output, From(flags.output)],
    connection: Annotated[ConnectionFlags, From(flags.connection)],
) -> int:
    """Take pull secrets off service accounts; the secrets themselves stay, and so does every other entry.

    \b
    Examples:
      # Take all-icr-io off the default service account of team-a
      {prog} detach all-icr-io -n team-a
      # Take a retired secret off every service account of the cluster
      {prog} detach bluemix-default-secret --all-serviceaccounts -A
    """
    from pullsecret import journey
    from pullsecret.actions import detach as action

    request = action.DetachRequest(
        names=flags.some_names(names),
        attachment=attachment,
        targets=targets,
        output=output,
        connection=connection,
    )
    return journey.travel(action, request)
