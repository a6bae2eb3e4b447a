"""kubectl pullsecret can-pull."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.errors import UsageError
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import RegistryAccess


def can_pull(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[IMAGE | TYPE/NAME]...", help="Images, or workloads whose images to look at."),
        CompletionHint("workloads"),
    ] = None,
    *,
    filename: Annotated[
        flags.Repeated,
        Option(
            "-f",
            "--filename",
            metavar="FILE",
            help="File or folder with manifests, - for standard input; their secrets and service accounts count as if "
            "they were in the cluster; repeatable.",
        ),
        CompletionHint("files"),
    ] = None,
    recursive: Annotated[bool, Option("-R", "--recursive", help="With -f: also read the folders in folders.")] = False,
    offline: Annotated[
        bool, Option("--offline", help="With -f: contact no cluster; what only a cluster has is unknown.")
    ] = False,
    serviceaccount: Annotated[
        str,
        Option("--serviceaccount", metavar="SA", help='Service account that pulls the IMAGE (default "default").'),
        CompletionHint("service-accounts"),
    ] = "",
    verify: Annotated[
        bool, Option("--verify", help="Also ask the registries, with the credentials that the kubelet would send.")
    ] = False,
    fail_on_unknown: Annotated[
        bool, Option("--fail-on-unknown", help="Exit status 1 for unknown, too, not only for no.")
    ] = False,
    access: Annotated[RegistryAccess, FlagGroup(flags.registry_access)],
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml|sarif|junit", help="Output format.")] = "",
    program: Annotated[str, FlagGroup(flags.program)],
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Find out whether an image, a workload or manifests could pull, before a pod exists.

    The answer follows the kubelet's rules: which pull secrets a new pod has, and which of their entries are sent. It is
    yes with the entry, no with the reason and the fix, or unknown where only a registry or a node knows, for example
    whether an image without credentials is public. --verify asks the registries. Manifests are of any kind with a pod
    template, as Helm and Kustomize render them. A custom resource is RESOURCE.VERSION.GROUP/NAME; all other names are
    images. Exit status: 0 unless an answer is no, 1 if one is, 2 if something could not be read.

    Examples:
      # An image, for pods of the default service account
      {prog} can-pull us.icr.io/acme/web:1 -n team-a
      # The images of a deployment
      {prog} can-pull deployment/web -n team-a
      # A chart, before it is installed
      helm template web ./chart | {prog} can-pull -n team-a -f -
      # Ask the registries, too
      {prog} can-pull us.icr.io/acme/web:1 -n team-a --verify
    """
    from functools import partial

    from pullsecret import pipeline
    from pullsecret.actions import can_pull as action
    from pullsecret.model.request.pullable import images_and_workloads
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.can_pull import show

    form = flags.format_of(output, Format.NAME, Format.JSON, Format.YAML, *flags.FOR_PIPELINES)
    files = tuple(dict.fromkeys(filename or ()))
    images, workloads = images_and_workloads(flags.split(names))
    if bool(files) == bool(names):
        raise UsageError("specify IMAGE or TYPE/NAME, or manifests with -f")
    if files and (serviceaccount or targets.is_broad or len(targets.names) > 1):
        raise UsageError("-f takes the service accounts of the manifests, and one -n for objects without a namespace")
    if not all(names or ()):
        raise UsageError('invalid IMAGE "": it is empty')
    if serviceaccount and workloads:
        raise UsageError("--serviceaccount can only be used with IMAGE: workloads have their own")
    if (offline or recursive) and not files:
        raise UsageError(f"{'--offline' if offline else '--recursive'} requires -f")
    if (access.ca_files or access.insecure) and not verify:
        raise UsageError("--registry-ca and --insecure require --verify")
    if offline and (verify or targets.contexts.is_given):
        raise UsageError("--offline cannot be used with --verify, --contexts or --all-contexts")
    request = action.CanPullRequest(
        images=tuple(flags.checked_image("IMAGE", image) for image in images),
        workloads=workloads,
        files=files,
        is_recursive=recursive,
        account=flags.checked_names([serviceaccount])[0] if serviceaccount else "",
        access=replace(access, request_timeout=connection.request_timeout) if verify else None,
        targets=targets,
        output=Output(format=form),
        connection=connection,
    )
    style = CommandStyle(connection=connection, program=program)
    shown = partial(show, style=style, fails_on_unknown=fail_on_unknown)
    if offline:
        from pullsecret.actions.composed import can_pull_offline

        return pipeline.run_offline(can_pull_offline, request, shown)
    return pipeline.run_query(action, request, shown)
