"""kubectl pullsecret copy."""

from __future__ import annotations

from dataclasses import replace
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
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, not_for_global
from pullsecret.commands.flags.ibm_cloud import ibm_sign_in
from pullsecret.errors import UsageError
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import label_problem
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.code_engine import ProjectTarget
from pullsecret.model.request.command_request import Attachment, CheckLevel, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.targets import Targets


def copy(
    names: Annotated[
        list[str] | None,
        Argument(
            metavar="[NAME]...",
            help="Names or patterns of the secrets to copy (default for named targets: all-icr-io).",
        ),
        CompletionHint("source-pull-secrets"),
    ] = None,
    *,
    from_namespace: Annotated[
        str,
        Option("--from", metavar="NS", help="Namespace to copy from."),
        CompletionHint("source-namespaces"),
    ] = "default",
    from_context: Annotated[
        str,
        Option("--from-context", metavar="NAME", help="Kubeconfig context of the source cluster, if different."),
        CompletionHint("source-contexts"),
    ] = "",
    from_kubeconfig: Annotated[
        str,
        Option("--from-kubeconfig", metavar="FILE", help="Kubeconfig file of the source cluster, if different."),
        CompletionHint("files"),
    ] = "",
    name: Annotated[
        str,
        Option(
            "--name",
            metavar="NEW",
            help="Name of the copy; may contain {namespace} and, if NAME is a pattern, {rest}. "
            "In a Code Engine project: {name}, {registry} and {rest}.",
        ),
    ] = "",
    registry: Annotated[
        flags.Repeated,
        Option(
            "--registry",
            metavar="HOST",
            help="With --code-engine-project or --global: only the entries for this host (us.icr.io, '*.icr.io'); "
            "repeatable.",
        ),
    ] = None,
    check_level: Annotated[CheckLevel, FlagGroup(flags.check_level)],
    attachment: Annotated[Attachment | None, FlagGroup(flags.attach_if_asked)],
    replace_policy: Annotated[ReplacePolicy, FlagGroup(flags.replace_policy)],
    yes: Yes = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    project: CodeEngineProject = "",
    is_global: GlobalSecret = False,
    targets: Annotated[Targets, FlagGroup(flags.copy_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Copy pull secrets to other namespaces, from another namespace or cluster.

    Only the type and data are copied. An existing secret with the same name is updated if it is a copy of the same
    source. Any other one is left alone unless you pass --overwrite, and one that Helm, Flux, Argo CD or another
    controller owns unless you pass --force-conflicts. The source is never modified. Run it again after rotating the key
    to update every copy.

    Examples:
      # Copy all-icr-io from default to team-a, and use it there for every pod
      {prog} copy all-icr-io --to team-a --attach
      # The same for every namespace except those of the system
      {prog} copy all-icr-io -A --attach
      # From another cluster
      {prog} copy regcred --from tools --from-context prod --to team-a,team-b
      # Use the names from older IBM Cloud documentation: team-a-us-icr-io
      {prog} copy default-us-icr-io --name '{{namespace}}-us-icr-io' -n team-a
      # All legacy, per-region secrets
      {prog} copy 'default-*-icr-io' --name '{{namespace}}-{{rest}}-icr-io' -n team-a
      # For the pods of all namespaces of OpenShift: the entries of a secret, in the global pull secret
      {prog} copy regcred --from tools --global
      # To a Code Engine project, whose secrets have one registry each
      {prog} copy all-icr-io --code-engine-project shop --registry us.icr.io,icr.io --name '{{registry}}'
    """
    from pullsecret import pipeline
    from pullsecret.actions import copy as action

    if problem := label_problem(from_namespace):
        raise UsageError(f"invalid namespace {from_namespace[:70]!r}: {problem}")
    patterns = flags.checked_patterns(names, namespace_flag="--from")
    if is_global:
        refused = {"--name": bool(name), **not_for_global(attachment, replace_policy)}
        check_global_target((), targets, project=project, refused=refused)
        check_sign_in_is_used(sign_in, is_used=False)
        if not patterns:
            raise UsageError("at least one NAME is required with --global: the secrets whose entries are added")
    place = _project(project, sign_in, targets, attachment, replace_policy)
    if registry and place is None and not is_global:
        raise UsageError("--registry requires --code-engine-project or --global")
    if targets.is_broad and not patterns:
        raise UsageError("at least one NAME is required with -A, -l or a pattern of namespaces")
    request = action.CopyRequest(
        names=patterns or (ALL_ICR_IO,),
        from_namespace=from_namespace,
        from_context=from_context,
        from_kubeconfig=from_kubeconfig,
        name_template=name,
        check_level=check_level,
        attachment=attachment,
        replace_policy=replace_policy,
        is_confirmed=yes,
        targets=targets,
        output=output,
        connection=connection,
    )
    if is_global:
        from pullsecret.model.results.list_filter import hosts_of_words
        from pullsecret.pipeline.global_commands import copy_to_global

        without_manifests = replace(request, output=replace(output, has_manifests=False))
        return copy_to_global(without_manifests, hosts_of_words(flags.split(registry)))
    if place is not None:
        from pullsecret.model.results.list_filter import hosts_of_words
        from pullsecret.pipeline.project_commands import copy_to_project

        return copy_to_project(request, hosts_of_words(flags.split(registry)), place)
    return pipeline.run_change(action, request)


def _project(
    name: str,
    sign_in: IbmSignIn,
    targets: Targets,
    attachment: Attachment | None,
    replace_policy: ReplacePolicy,
) -> ProjectTarget | None:
    refused = {
        "--attach": attachment is not None,
        "--recreate": replace_policy.recreate,
        "--force-conflicts": replace_policy.force_conflicts,
        **target_flags(targets),
    }
    found = project_target(name, sign_in, refused)
    check_sign_in_is_used(sign_in, is_used=found is not None)
    return found
