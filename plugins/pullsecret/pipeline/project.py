"""The steps of commands on a Code Engine project: sign in, find the project, observe, plan, ask, apply, report."""

from __future__ import annotations

import os
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.apply.engine import Interruption, handle_signals, stream_outcomes
from pullsecret.errors import PullSecretError, UsageError
from pullsecret.ibmcloud.code_engine import ProjectServer, find_project
from pullsecret.ibmcloud.session import open_session
from pullsecret.model.plan.change import Done
from pullsecret.model.plan.project_secrets import placing_plan
from pullsecret.model.request.code_engine import ShownProject
from pullsecret.model.request.command_request import CommandRequest, DryRun
from pullsecret.network.trace import Trace
from pullsecret.pipeline.prepared import AnyRequest, is_confirmed
from pullsecret.report.differences import report_differences
from pullsecret.report.project_outcomes import project_failures, report_in_project
from pullsecret.report.streams import log
from pullsecret.system.variables import without_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.plan.change import Outcome, Plan
    from pullsecret.model.plan.project_secrets import Wish
    from pullsecret.model.request.code_engine import ProjectTarget
    from pullsecret.pipeline.prepared import Question


@dataclass(frozen=True, kw_only=True)
class OpenProject:
    """A project that a run works on, how the output names it, and the log of -v."""

    session: Session
    server: ProjectServer
    shown: ShownProject
    trace: Trace

    def read_secrets(self, *, has_users: bool = False) -> ProjectSecrets:
        """The project's secrets and, if asked, what names registry secrets."""
        seen = self.server.read_secrets()
        if not has_users:
            return seen
        users, unread = self.server.read_users()
        return replace(seen, users=users, unread_users=unread)


@dataclass(frozen=True, kw_only=True)
class ProjectChanges:
    """What is about to be written, what is asked before, and what is done after it was written and reported."""

    plan: Plan
    question: Question | None = None
    conclude: Callable[[], bool] | None = None


def opened_project(session: Session, name: str, trace: Trace, parallel: int | None = None) -> OpenProject:
    """The project with this ID or name; raises what `find_project` raises."""
    project = find_project(session, name)
    shown = ShownProject(name=project.name, region=project.region, id=project.id, account=session.shown_account)
    return OpenProject(session=session, server=ProjectServer.of(session, project, parallel), shown=shown, trace=trace)


@contextmanager
def open_project(
    request: CommandRequest, target: ProjectTarget, interruption: Interruption | None = None
) -> Iterator[OpenProject]:
    """Sign in and find the project.

    Raises:
        ConfigError, CredentialError, CloudError: there is no identity to sign in as, or IBM Cloud refuses.
        NotFoundError, RefusedError: there is no such project, or more than one.
        UsageError: two things would be read from standard input.
    """
    if target.sign_in.api_key_file == "-" and request.reads_stdin:
        raise UsageError("--ibmcloud-api-key-file=- and the password cannot both be read from standard input")
    trace = Trace(verbosity=request.connection.verbosity, log=log)
    session = open_session(
        target.sign_in,
        request.connection,
        environ=without_variable(os.environ, request.password_variable),
        trace=trace,
        stdin=sys.stdin.buffer,
        stopped=interruption.event if interruption else None,
    )
    with closing(session):
        yield opened_project(session, target.name, trace, request.connection.parallel)


def change_project(
    prepare: Callable[[AnyRequest, OpenProject], ProjectChanges], request: AnyRequest, target: ProjectTarget
) -> int:
    """Run a command that changes secrets of a project; the exit status is that of `run_change`.

    Raises:
        UsageError: --dry-run=server, or it would have to ask, and there is no terminal.
    """
    request, interruption = checked_request(request), Interruption()
    with open_project(request, target, interruption) as project:
        changes = prepare(request, project)
        if not is_confirmed(changes.question, request):
            return 1
        with handle_signals(interruption):
            status, _ = write_in_project(changes.plan, project, request, interruption)
        is_real = request.output.dry_run is DryRun.NONE and not interruption.signal_number
        if changes.conclude and is_real and not changes.conclude():
            status = status or 1
        return interruption.exit_status or status


def checked_request(request: AnyRequest) -> AnyRequest:
    """The request for a project, where --diff is computed here: Code Engine validates nothing without writing it.

    Raises:
        UsageError: --dry-run=server.
    """
    output = request.output
    if output.dry_run is DryRun.SERVER and not output.is_diff:
        raise UsageError("--dry-run=server cannot be used with --code-engine-project; use --dry-run=client")
    mode = DryRun.CLIENT if output.is_diff else output.dry_run
    return replace(request, output=replace(output, dry_run=mode, has_manifests=False))


def write_in_project(
    plan: Plan, project: OpenProject, request: CommandRequest, interruption: Interruption
) -> tuple[int, tuple[Outcome, ...]]:
    """Make the changes and report what became of them; the exit status without signals, and the outcomes."""
    output = replace(request.output, project=project.shown)
    with closing(stream_outcomes(plan, project.server, output, interruption)) as stream:
        if output.is_diff:
            failures = partial(project_failures, project=project.shown.name)
            return report_differences(plan, stream, request, failures), ()
        ended = report_in_project(plan, stream, output, project.shown)
    return 0 if all(outcome.is_good for outcome in ended) else 1, ended


@dataclass(frozen=True, kw_only=True)
class WrittenSecrets:
    """What became of registry secrets with a credential: `holders` are the secrets of the project that hold it now.

    `is_known`: the project could be read afterwards, and no write may still be carried out. Without holders, the
    credential may be taken back only if that is known.
    """

    status: int
    holders: tuple[str, ...]
    is_known: bool


def write_registry_secrets(
    project: OpenProject,
    wishes: Sequence[Wish],
    request: CommandRequest,
    interruption: Interruption,
    *,
    overwrite: bool,
) -> WrittenSecrets:
    """Put secrets that all have one new password into a project, report that, and look who holds it then.

    Before the password is made, `refused_wishes` tells whether they could be written.

    Raises:
        CloudError: the project cannot be read, so nothing was written.
        RefusedError: it has no room for the secrets, so nothing was written.
    """
    plan = placing_plan(project.read_secrets(), wishes, overwrite=overwrite)
    status, ended = write_in_project(plan, project, request, interruption)
    passwords = {wish.entry.password for wish in wishes}
    is_open = any(outcome.done is Done.UNKNOWN for outcome in ended)
    try:
        seen = project.read_secrets()
    except PullSecretError:
        held = tuple(outcome.name for outcome in ended if outcome.is_good)
        return WrittenSecrets(status=status, holders=held, is_known=False)
    held = tuple(dict.fromkeys(name for password in passwords for name in seen.holders_of(password)))
    return WrittenSecrets(status=status, holders=held, is_known=bool(held) or not is_open)
