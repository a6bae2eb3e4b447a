"""kubectl pullsecret copy."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.errors import UsageError
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.names import label_problem
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.common import Attachment, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def copy(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Secrets to copy, or patterns ('default-*-icr-io'); default: all-icr-io."),
        CompletionHint("source-pull-secrets"),
    ] = None,
    *,
    from_namespace: Annotated[
        str,
        Option("--from", metavar="NS", help="Namespace of the source."),
        CompletionHint("source-namespaces"),
    ] = "default",
    from_context: Annotated[
        str,
        Option("--from-context", metavar="CONTEXT", help="Context of the source, if it is another cluster."),
        CompletionHint("source-contexts"),
    ] = "",
    from_kubeconfig: Annotated[
        str,
        Option("--from-kubeconfig", metavar="FILE", help="Kubeconfig of the source, if it is another cluster."),
        CompletionHint("files"),
    ] = "",
    name: Annotated[
        str,
        Option("--name", metavar="NEW", help="The copy's name; may hold {namespace} and, with a pattern, {rest}."),
    ] = "",
    strict: flags.Strict = False,
    attachment: Annotated[Attachment | None, FlagGroup(flags.attach_if_asked)],
    replace_policy: Annotated[ReplacePolicy, FlagGroup(flags.replace_policy)],
    targets: Annotated[Targets, FlagGroup(flags.copy_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Bring a pull secret into namespaces, from another namespace or another cluster.

    Only the type and the data are carried over. A secret of the same name that this command did not make is refused
    unless --overwrite is given; the source is never written to. Running it again after a key rotation updates every
    copy.

    \b
    Examples:
      # Copy all-icr-io from default to team-a, and use it there for every pod
      {prog} copy all-icr-io --to team-a --attach
      # The same for every namespace but the system's
      {prog} copy -A --exclude 'kube-*' --attach
      # From another cluster
      {prog} copy regcred --from tools --from-context prod --to team-a,team-b
      # Name the copies as older IBM Cloud documentation does: team-a-us-icr-io
      {prog} copy default-us-icr-io --name '{{namespace}}-us-icr-io' -n team-a
      # All secrets of the older, regional kind
      {prog} copy 'default-*-icr-io' --name '{{namespace}}-{{rest}}-icr-io' -n team-a
    """
    from pullsecret import pipeline
    from pullsecret.actions import copy as action

    if problem := label_problem(from_namespace):
        raise UsageError(f"invalid namespace {from_namespace[:70]!r}: {problem}")
    patterns = tuple(names or (ALL_ICR_IO,))
    flags.checked_names(pattern.replace("*", "x") for pattern in patterns)
    request = action.CopyRequest(
        names=tuple(dict.fromkeys(patterns)),
        from_namespace=from_namespace,
        from_context=from_context,
        from_kubeconfig=from_kubeconfig,
        name_template=name,
        strict=strict,
        attachment=attachment,
        replace_policy=replace_policy,
        targets=targets,
        output=output,
        connection=connection,
    )
    return pipeline.run_change(action, request)
