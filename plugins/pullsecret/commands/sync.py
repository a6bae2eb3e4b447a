"""kubectl pullsecret sync."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.code_engine import (
    CodeEngineProject,
    check_sign_in_is_used,
    project_target,
    target_flags,
)
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.commands.flags.ibm_cloud import ibm_sign_in
from pullsecret.errors import UsageError
from pullsecret.model.objects.objects import label_problem
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.command_request import CheckLevel, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.targets import Targets


def sync(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Names or patterns of the copies (default: all copies)."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    from_namespace: Annotated[
        list[str] | None,
        Option(
            "--from", metavar="NS", help="Namespace whose secrets may be sources, in addition to default; repeatable."
        ),
        CompletionHint("namespaces"),
    ] = None,
    from_context: Annotated[
        str,
        Option("--from-context", metavar="NAME", help="Kubeconfig context of the sources' cluster, if different."),
        CompletionHint("source-contexts"),
    ] = "",
    from_kubeconfig: Annotated[
        str,
        Option("--from-kubeconfig", metavar="FILE", help="Kubeconfig file of the sources' cluster, if different."),
        CompletionHint("files"),
    ] = "",
    prune: Annotated[
        bool, Option("--prune", help="Also delete copies whose source no longer exists, as delete does.")
    ] = False,
    yes: Yes = False,
    check_level: Annotated[CheckLevel, FlagGroup(flags.check_level)],
    overwrite: Annotated[bool, Option("--overwrite", help="Restore copies that were edited.")] = False,
    recreate: Annotated[bool, Option("--recreate", help="Delete and recreate copies that are immutable.")] = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    project: CodeEngineProject = "",
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Bring copies of pull secrets up to date with their sources. Nothing is created.

    A source is in the namespace default, in one of --from, or shared with the copy's namespace by its annotation
    kubectl-pullsecret/share-with. Only copies that prove to be made from their source are written; all others, and
    copies whose source no longer exists, are reported.

    Examples:
      # What has drifted?
      {prog} sync -A --diff
      # Bring all copies up to date
      {prog} sync -A
      # Delete copies whose source is gone, unless pods or workloads use them
      {prog} sync -A --prune --dry-run
      {prog} sync -A --prune --yes
      # Copies that came from another cluster
      {prog} sync regcred -A --from tools --from-context prod
      # Copies in a Code Engine project that hold what their source held before its rotation, until rotate --finish
      {prog} sync --code-engine-project shop
    """
    from pullsecret.actions.sync import SyncRequest
    from pullsecret.pipeline import removal

    chosen = flags.split(from_namespace)
    for namespace in chosen:
        if problem := label_problem(namespace):
            raise UsageError(f"invalid namespace {namespace[:70]!r}: {problem}")
    request = SyncRequest(
        names=flags.checked_patterns(names),
        from_namespaces=chosen,
        from_context=from_context,
        from_kubeconfig=from_kubeconfig,
        prunes=prune,
        is_confirmed=yes,
        replace_policy=ReplacePolicy(overwrite=overwrite, recreate=recreate),
        check_level=check_level,
        targets=targets,
        output=output,
        connection=connection,
    )
    refused = {
        "--prune": prune,
        "--overwrite": overwrite,
        "--recreate": recreate,
        **target_flags(targets),
    }
    place = project_target(project, sign_in, refused)
    check_sign_in_is_used(sign_in, is_used=place is not None)
    if place is not None:
        from pullsecret.pipeline.project_commands import sync_project

        return sync_project(request, place)
    return removal.sync_copies(request)
