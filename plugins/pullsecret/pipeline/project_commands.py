"""Each command on a Code Engine project: what it reads, and what it is about to write."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.composed import project_copy, project_create, project_rotate, project_sync
from pullsecret.actions.copy import read_sources_from
from pullsecret.actions.create import read_entries
from pullsecret.errors import PullSecretError
from pullsecret.model.check.project_description import project_description
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.plan.project_rotation import still_holding
from pullsecret.model.plan.project_secrets import deleting_plan
from pullsecret.model.results.list_filter import ListFilter
from pullsecret.model.results.project_list import project_listing
from pullsecret.pipeline.prepared import Question
from pullsecret.pipeline.project import OpenProject, ProjectChanges, change_project, open_project
from pullsecret.pipeline.run import open_cluster
from pullsecret.report.project_list import show_descriptions, show_listing
from pullsecret.report.streams import print_error, print_message

if TYPE_CHECKING:
    from pullsecret.actions.composed.describe import DescribeRequest
    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.actions.copy import CopyRequest
    from pullsecret.actions.create import CreateRequest
    from pullsecret.actions.delete import DeleteRequest
    from pullsecret.actions.list import ListRequest
    from pullsecret.actions.sync import SyncRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.project_rotation import ProjectRotation
    from pullsecret.model.request.code_engine import ProjectTarget
    from pullsecret.model.request.command_request import CommandRequest, Output


def create_in_project(request: CreateRequest, target: ProjectTarget) -> int:
    """Create registry secrets from credentials; the exit status is that of `change_project`."""

    def prepare(asked: CreateRequest, project: OpenProject) -> ProjectChanges:
        entries, notes = read_entries(asked, project.trace)
        return ProjectChanges(plan=project_create.plan(asked, entries, project.read_secrets(), notes))

    return change_project(prepare, request, target)


def copy_to_project(request: CopyRequest, hosts: tuple[str, ...], target: ProjectTarget) -> int:
    """Copy pull secrets of a cluster to a project; the exit status is that of `change_project`."""

    def prepare(asked: CopyRequest, project: OpenProject) -> ProjectChanges:
        with closing(_open_sources(asked)) as cluster:
            sources = read_sources_from(cluster, asked, cluster)
        return ProjectChanges(plan=project_copy.plan(asked, hosts, sources, project.read_secrets()))

    return change_project(prepare, request, target)


def sync_project(request: SyncRequest, target: ProjectTarget) -> int:
    """Bring copies in a project up to date; the exit status is that of `change_project`."""

    def prepare(asked: SyncRequest, project: OpenProject) -> ProjectChanges:
        with closing(_open_sources(asked)) as cluster:
            sources = project_sync.read_sync_sources(asked, cluster)
        return ProjectChanges(plan=project_sync.plan(asked, sources, project.read_secrets()))

    return change_project(prepare, request, target)


def _open_sources(request: CopyRequest | SyncRequest) -> Cluster:
    """Connect to the cluster of the sources."""
    return open_cluster(replace(request, connection=request.source_connection or request.connection))


def delete_in_project(request: DeleteRequest, target: ProjectTarget) -> int:
    """Delete registry secrets; the exit status is that of `change_project`."""

    def prepare(asked: DeleteRequest, project: OpenProject) -> ProjectChanges:
        seen = project.read_secrets(has_users=not asked.options.in_use)
        plan = deleting_plan(seen, asked.names, in_use=asked.options.in_use, ignore_not_found=asked.ignore_not_found)
        names = [change.name for steps in plan.sequences for change in steps if change.refusal is None]
        title = f"These secrets of {project.shown.title} will be deleted:"
        question = Question(what="deleting more than one secret", show=partial(_show_names, title, names))
        return ProjectChanges(plan=plan, question=question if len(names) > 1 else None)

    return change_project(prepare, request, target)


def rotate_in_project(request: RotateRequest, target: ProjectTarget) -> int:
    """Replace a credential in the secrets of a project; the exit status is that of `change_project`."""

    def prepare(asked: RotateRequest, project: OpenProject) -> ProjectChanges:
        seen = project.read_secrets(has_users=asked.verification is not None)
        rotation, notes = project_rotate.read_rotation(asked, seen, project.trace)
        plan = rotation.plan
        title = f"These secrets of {project.shown.title} hold the same credential and are changed, too:"
        question = Question(
            what="rotating secrets that are not named", show=partial(_show_names, title, rotation.unnamed)
        )
        return ProjectChanges(
            plan=replace(plan, notes=(*notes, *plan.notes)),
            question=question if rotation.unnamed else None,
            conclude=partial(_conclude, rotation, project) if rotation.changed else None,
        )

    return change_project(prepare, request, target)


def _conclude(rotation: ProjectRotation, project: OpenProject) -> bool:
    """Read the project again, and say who still holds what was replaced; returns whether that could be read."""
    try:
        left = still_holding(project.read_secrets(), rotation)
    except PullSecretError as error:
        print_error(error)
        return False
    place = f"project {printable(project.shown.name)}"
    for name in left:
        print_message(Printable(f"warning: secret/{name} in {place} still holds the old credential"))
    if not left:
        print_message(
            Printable(
                f"note: no registry secret of {place} holds the old credential anymore; other projects and clusters "
                "were not looked at"
            )
        )
    return True


def _show_names(title: str, names: list[str] | tuple[str, ...]) -> None:
    print_message(Printable(title))
    for name in names:
        print_message(Printable(f"  secret/{name}"))


def list_project(request: ListRequest, target: ProjectTarget) -> int:
    """List the registry secrets of a project; the exit status is 1 if one that is named is not there."""
    with open_project(request, target) as project:
        listing = project_listing(project.read_secrets(has_users=True), request.names, request.only)
    return show_listing(listing, _output_in(request, project), project.shown)


def describe_in_project(request: DescribeRequest, target: ProjectTarget) -> int:
    """Describe registry secrets of a project; the exit status is 1 if one that is named is not there."""
    with open_project(request, target) as project:
        listing = project_listing(project.read_secrets(has_users=True), request.names, ListFilter())
    found = [project_description(row, request.now) for row in listing.rows]
    return show_descriptions(found, listing, _output_in(request, project), project.shown)


def _output_in(request: CommandRequest, project: OpenProject) -> Output:
    return replace(request.output, project=project.shown)
