"""The steps of `import`: observe, plan, apply, wait for the import, and tell what became of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions import import_image as action
from pullsecret.cluster.bulk_read import read_pull_secrets
from pullsecret.cluster.image_streams import TagServer, read_stream, wait_for_import
from pullsecret.errors import ApiError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.openshift.image_imports import refers_to
from pullsecret.model.openshift.import_credential import import_credential
from pullsecret.model.openshift.import_failures import FailedImport, would_use
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.network.redaction import without_passwords
from pullsecret.pipeline.prepared import Prepared
from pullsecret.pipeline.run import apply_prepared, open_cluster
from pullsecret.report.conclusion import Conclusion
from pullsecret.report.image_import import ShownImport, failed_lines, imported_lines, late_lines

if TYPE_CHECKING:
    from pullsecret.actions.import_image import ImportRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_imports import ImportResult


def import_image(request: ImportRequest) -> int:
    """Import an image; the exit status is that of `run_change`, and 1 if the import failed or takes too long.

    Raises:
        PullSecretError: the server does not know image streams.
    """
    with closing(open_cluster(request)) as cluster:
        view = action.observe(request, cluster)
        plan = action.plan(request, view)
        prepared = Prepared(plan=plan, conclude=partial(_conclude, request, cluster, view.project))
        return apply_prepared(prepared, TagServer(cluster), request)


def _conclude(request: ImportRequest, cluster: Cluster, project: str) -> Conclusion:
    """What became of the import; nothing where the tag does not refer to the image, because that failed."""
    stream = read_stream(cluster, project, request.tag.stream)
    if stream is None or not refers_to(stream, request.tag.tag, request.asked.image):
        return Conclusion()
    style = CommandStyle(connection=request.connection, program=request.program)
    shown = ShownImport(asked=request.asked, project=project, tag=request.tag, style=style)
    result = wait_for_import(cluster, stream, request.tag.tag, request.seconds)
    if result.digest:
        return Conclusion(lines=tuple(imported_lines(shown, result)))
    if not result.is_known:
        is_late = request.seconds > 0
        return Conclusion(lines=(*late_lines(shown, is_late=is_late),), is_failure=is_late)
    return Conclusion(lines=tuple(failed_lines(shown, _failure(request, cluster, project, result))), is_failure=True)


def _failure(request: ImportRequest, cluster: Cluster, project: str, result: ImportResult) -> FailedImport:
    """The failure, with the project's pull secret that OpenShift used, if its secrets may be read."""
    image = request.asked.image
    observed = read_pull_secrets(cluster, [project], has_siblings=True)
    if observed.unreadable:
        return FailedImport(project=project, image=image, outcome=result)
    secrets = tuple(observed.present.values())
    entries = (entry for secret in secrets for entry in registries_of(secret).entries)
    shared = _read_shared_secrets(cluster, project, image)
    return FailedImport(
        project=project,
        image=image,
        outcome=replace(result, message=without_passwords(result.message, entries)),
        used=import_credential(secrets, image),
        is_in_shared=any(would_use(secret, secrets, image) for secret in shared),
    )


def _read_shared_secrets(cluster: Cluster, project: str, image: str) -> tuple[Object, ...]:
    """IBM Cloud's own pull secret, if it could be copied for an image of its registry, and may be read."""
    if project == SHARED_NAMESPACE or "icr.io/" not in image:
        return ()
    try:
        return (cluster.read(Kind.SECRET, SHARED_NAMESPACE, ALL_ICR_IO),)
    except ApiError:
        return ()
