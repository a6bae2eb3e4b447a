"""kubectl pullsecret doctor."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.errors import UsageError
from pullsecret.model.doctor.pod_or_owner import subjects_of
from pullsecret.model.objects.objects import label_problem
from pullsecret.model.objects.sources import is_system_namespace
from pullsecret.model.request.command_request import DryRun, Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import RegistryAccess


def doctor(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[POD | TYPE/NAME]...", help="Pods or workloads (default: all pods waiting for an image)."),
        CompletionHint("pods"),
    ] = None,
    *,
    fix: Annotated[
        bool,
        Option("--fix", help="Show the fixes, apply them, and wait until the pods have pulled their images."),
    ] = False,
    yes: Annotated[bool, Option("-y", "--yes", help="With --fix: do not prompt for confirmation.")] = False,
    overwrite: Annotated[
        bool, Option("--overwrite", help="With --fix: also replace the data of unmanaged secrets.")
    ] = False,
    recreate_pods: Annotated[
        bool,
        Option("--recreate-pods", help="With --fix: also delete and recreate standalone pods that cannot recover."),
    ] = False,
    force_conflicts: Annotated[
        bool,
        Option(
            "--force-conflicts",
            help="With --fix: also write what Helm, Argo CD, Flux or another controller owns and will write again.",
        ),
    ] = False,
    sources: Annotated[
        flags.Repeated,
        Option(
            "--from",
            metavar="NS",
            help="Namespace whose pull secrets may be used for fixes, in addition to the pod's own and default; "
            "repeatable.",
        ),
        CompletionHint("namespaces"),
    ] = None,
    wait: Annotated[
        str, Option("--wait", metavar="DURATION", help="With --fix: how long to wait for the pods.")
    ] = "2m",
    output: Annotated[
        str, Option("-o", "--output", metavar="table|wide|name|json|yaml|sarif|junit", help="Output format.")
    ] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="With -o table: do not print headers.")] = False,
    dry_run: Annotated[
        str,
        Option(
            "--dry-run",
            metavar="none|client|server",
            help='With --fix: "client": print the fixes, without applying them; "server": submit without persisting.',
        ),
    ] = "none",
    diff: Annotated[
        bool,
        Option("--diff", help="With --fix: show what would change, as kubectl diff does, and write nothing."),
    ] = False,
    verify: Annotated[
        bool, Option("--verify", help="Also test the credentials, including those used for fixes, with the registries.")
    ] = False,
    access: Annotated[RegistryAccess, FlagGroup(flags.registry_access)],
    program: Annotated[str, FlagGroup(flags.program)],
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Explain why pods cannot pull their images and how to fix it.

    Pods are grouped by cause. For each cause: what the runtime's error means, which secrets the kubelet reads and why
    none works, whether the pod recovers on its own, and when it retries. --fix applies fixes that need no password: it
    attaches secrets of the pod's own namespace, copies those of the namespaces that --from names and of default, and
    restarts the workloads. A secret elsewhere is used only by you: in a command if its owner shares it with the
    annotation kubectl-pullsecret/share-with, else it is named. Secrets with findings and rejected credentials are not
    used. A container of kubectl debug is a note: its pod runs without it, and nothing is restarted. Exit status: 0 if
    no pod is waiting, 1 if some are, 2 if something could not be read.

    Examples:
      # Every pod in the current namespace that is waiting for an image
      {prog} doctor
      # The same for the whole cluster
      {prog} doctor -A
      # One line for each workload
      {prog} doctor -A -o table
      # Diagnose one deployment, then fix it and watch it recover
      {prog} doctor deployment/app -n team-a
      {prog} doctor deployment/app -n team-a --fix
      # Also take credentials from the namespace tools
      {prog} doctor -n team-a --fix --from tools
      # Also test the credentials with the registries
      {prog} doctor -n team-a --verify
    """
    from functools import partial

    from pullsecret import pipeline
    from pullsecret.actions import doctor as action
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.doctor import show

    form = flags.format_of(
        output, Format.TABLE, Format.WIDE, Format.NAME, Format.JSON, Format.YAML, *flags.FOR_PIPELINES
    )
    mode = flags.dry_run_of(dry_run)
    seconds = flags.parse_seconds("--wait", wait)
    if not fix and (yes or overwrite or recreate_pods or force_conflicts or diff or mode is not DryRun.NONE):
        raise UsageError("--yes, --overwrite, --recreate-pods, --force-conflicts, --dry-run and --diff require --fix")
    if diff and mode is not DryRun.NONE:
        raise UsageError("--diff cannot be used with --dry-run")
    if fix and form not in (Format.LINES, Format.WIDE):
        raise UsageError(f"--fix cannot be used with --output {form.value}")
    if (access.ca_files or access.insecure) and not verify:
        raise UsageError("--registry-ca and --insecure require --verify")
    request = action.DoctorRequest(
        subjects=subjects_of(names or ()),
        targets=targets,
        access=replace(access, request_timeout=connection.request_timeout) if verify else None,
        output=Output(format=form, dry_run=DryRun.SERVER if diff else mode, is_diff=diff, show_headers=not no_headers),
        connection=connection,
        chosen=_chosen(flags.split(sources)),
    )
    shown = partial(show, style=CommandStyle(connection=connection, program=program))
    if not fix:
        return pipeline.run_query(action, request, shown)
    from pullsecret.model.doctor.automatic import FixPermissions
    from pullsecret.pipeline.fix import FixOptions
    from pullsecret.pipeline.fix import fix as run_fix

    permissions = FixPermissions(overwrite=overwrite, recreate_pods=recreate_pods, force_conflicts=force_conflicts)
    options = FixOptions(
        show=shown, permissions=permissions, asks=not (yes or diff) and mode is DryRun.NONE, wait=seconds
    )
    return run_fix(action, request, options)


def _chosen(names: tuple[str, ...]) -> tuple[str, ...]:
    """The namespaces of --from.

    Raises:
        UsageError: one of them is a system namespace, or its name is not valid.
    """
    for name in names:
        if problem := label_problem(name):
            raise UsageError(f"invalid namespace {name[:70]!r}: {problem}")
        if is_system_namespace(name):
            raise UsageError(f"--from={name}: credentials of a system namespace are not used for other namespaces")
    return tuple(dict.fromkeys(names))
