"""kubectl pullsecret detach."""

from __future__ import annotations

from typing import Annotated

from typer import Argument

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.common import Attachment, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def detach(
    names: Annotated[
        list[str] | None, Argument(metavar="NAME...", help="Pull secrets to take off."), CompletionHint("pull-secrets")
    ] = None,
    *,
    attachment: Annotated[Attachment, FlagGroup(flags.attachment)],
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Take pull secrets off service accounts; the secrets themselves stay, and so does every other entry.

    \b
    Examples:
      # Take all-icr-io off the default service account of team-a
      {prog} detach all-icr-io -n team-a
      # Take a retired secret off every service account of the cluster
      {prog} detach bluemix-default-secret --all-serviceaccounts -A
    """
    from pullsecret import pipeline
    from pullsecret.actions import detach as action

    request = action.DetachRequest(
        names=flags.names_of(names),
        attachment=attachment,
        targets=targets,
        output=output,
        connection=connection,
    )
    return pipeline.run_change(action, request)
