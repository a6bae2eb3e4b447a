"""kubectl pullsecret doctor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.errors import UsageError
from pullsecret.model.doctor.pod_or_owner import subject_of
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.common import Attachment, DryRun, Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import RegistryAccess

if TYPE_CHECKING:
    from pullsecret.model.doctor.automatic import AutoFix, FixPlan
    from pullsecret.model.doctor.diagnosis import Report
    from pullsecret.model.doctor.fixes import AttachStep, CopyStep
    from pullsecret.pipeline.fix import Planner


def doctor(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[POD | TYPE/NAME]...", help="Pods, or owners of pods; default: every pod that waits."),
        CompletionHint("pods"),
    ] = None,
    *,
    fix: Annotated[bool, Option("--fix", help="Show what mends it, do it, and watch until the pods pull.")] = False,
    yes: Annotated[bool, Option("-y", "--yes", help="With --fix: do not ask first, on a terminal either.")] = False,
    force: Annotated[
        bool,
        Option("--force", help="With --fix: replace secrets that others made, and make bare pods anew, too."),
    ] = False,
    wait: Annotated[
        str, Option("--wait", metavar="DURATION", help="With --fix: how long to watch the pods afterwards.")
    ] = "2m",
    output: Annotated[str, Option("-o", "--output", metavar="wide|name|json|yaml", help="Output format.")] = "",
    dry_run: Annotated[
        str,
        Option("--dry-run", metavar="none|client|server", help="With --fix: only show it, or let the server judge it."),
    ] = "none",
    verify: Annotated[
        bool, Option("--verify", help="Ask the registries about the logins, those of the remedies included.")
    ] = False,
    access: Annotated[RegistryAccess, FlagGroup(flags.registry_access)],
    program: Annotated[str, FlagGroup(flags.program)],
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Say why pods do not pull their images, and the command that mends it.

    Each cause is told once, with all the pods that it holds up: what the runtime's message means, which secrets the
    kubelet reads for the pod and why none serves, whether the pod comes up by itself, and when it tries again. With
    --fix the remedy is carried out where it needs no password: secrets are copied from where they are good and added to
    service accounts, and the pods' owners restarted.

    \b
    Examples:
      # Every pod of the current namespace that waits for an image
      {prog} doctor
      # Of the whole cluster
      {prog} doctor -A
      # The pods of one deployment; then mend it, and see them run
      {prog} doctor deployment/app -n team-a
      {prog} doctor deployment/app -n team-a --fix
      # With what the registries say of each login
      {prog} doctor -n team-a --verify
    """
    from functools import partial

    from pullsecret import pipeline
    from pullsecret.actions import doctor as action
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.doctor import show
    from pullsecret.report.fix import is_confirmed

    form = flags.format_of(output, Format.WIDE, Format.NAME, Format.JSON, Format.YAML)
    mode = flags.dry_run_of(dry_run)
    if not fix and (yes or force or mode is not DryRun.NONE):
        raise UsageError("--yes, --force and --dry-run go with --fix")
    if fix and form not in (Format.LINES, Format.WIDE):
        raise UsageError(f"--fix tells what it does line by line: --output {form.value} cannot be used with it")
    if (access.ca_files or access.insecure) and not verify:
        raise UsageError("--registry-ca and --insecure go with --verify")
    request = action.DoctorRequest(
        subjects=tuple(dict.fromkeys(map(subject_of, names or ()))),
        targets=targets,
        access=replace(access, request_timeout=connection.request_timeout) if verify else None,
        output=Output(format=form, dry_run=mode),
        connection=connection,
    )
    shown = partial(show, style=CommandStyle(connection=connection, program=program))
    seconds = flags.seconds("--wait", wait)
    if not fix:
        return pipeline.run_query(action, request, shown)
    from pullsecret.pipeline.fix import FixOptions
    from pullsecret.pipeline.fix import fix as run_fix

    way = FixOptions(
        show=shown,
        prescribe=_prescribing(request.output, connection, force=force),
        is_agreed=(lambda: True) if yes else is_confirmed,
        wait=seconds,
    )
    return run_fix(action, request, way)


def _prescribing(
    output: Output, connection: ConnectionFlags, *, force: bool
) -> Callable[[Report], tuple[FixPlan, Sequence[Planner]]]:
    """From a report to what is done for it, by the commands that do such things."""
    from pullsecret.model.doctor.automatic import fix_plan_for

    def prescribe(report: Report) -> tuple[FixPlan, Sequence[Planner]]:
        found = fix_plan_for(report.diagnoses, force=force)
        steps = [_step(step, namespace, output, connection) for namespace, step in found.steps]
        return found, [*steps, *(_restart(item, report, output, connection) for item in found.fixes)]

    return prescribe


def _step(step: CopyStep | AttachStep, namespace: str, output: Output, connection: ConnectionFlags) -> Planner:
    """`copy` or `attach`, as their command lines would have it."""
    from pullsecret.actions import attach, copy
    from pullsecret.model.doctor.fixes import AttachStep
    from pullsecret.pipeline.fix import planner

    targets = Targets(names=(namespace,))
    attachment = Attachment(accounts=(step.account,)) if step.account else None
    if isinstance(step, AttachStep):
        naming = attach.AttachRequest(
            names=(step.secret,),
            attachment=attachment or Attachment(),
            targets=targets,
            output=output,
            connection=connection,
        )
        return planner(attach, naming)
    copying = copy.CopyRequest(
        names=(step.secret,),
        from_namespace=step.source,
        name_template=step.name if step.name != step.secret else "",
        replace_policy=ReplacePolicy(overwrite=step.overwrite, force=step.force),
        attachment=attachment,
        targets=targets,
        output=output,
        connection=connection,
    )
    return planner(copy, copying)


def _restart(item: AutoFix, report: Report, output: Output, connection: ConnectionFlags) -> Planner:
    """The owners' new pods, once what they need is there."""
    from pullsecret.actions import restart
    from pullsecret.pipeline.fix import planner

    request = restart.RestartRequest(
        owners=item.owners,
        at=report.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        needs=item.needs,
        output=output,
        connection=connection,
    )
    return planner(restart, request)
