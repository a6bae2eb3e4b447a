"""Import an image of a registry into an image stream of OpenShift."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.image_streams import read_stream
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.openshift.image_imports import imported, result_in, tag_of
from pullsecret.model.owners.find_owner import maker_of
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.request.command_request import CommandRequest

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.errors import PullSecretError
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.openshift.image_imports import WantedImport
    from pullsecret.model.request.stream_tag import StreamTag


@dataclass(frozen=True, kw_only=True)
class ImportRequest(CommandRequest):
    """The image, and the tag that it is imported into; `seconds` is how long to wait for the result, 0 not to wait.

    `force_conflicts`: also into a stream that another party has in its manifests. `program` is how the user started
    this one.
    """

    asked: WantedImport
    tag: StreamTag
    seconds: float = 60.0
    force_conflicts: bool = False
    program: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportView:
    """The project, and the image stream; None if there is none."""

    observed: ObservedNamespaces
    stream: Object | None = field(default=None, repr=False)

    @property
    def project(self) -> str:
        """Its name."""
        return self.observed.selection.names[0]


def observe(request: ImportRequest, cluster: Cluster) -> ImportView:
    """Read the project and the image stream.

    Raises:
        PullSecretError: the server does not know image streams.
    """
    namespaces = TargetNamespaces(cluster, request.targets)
    (project,) = namespaces.selection.names
    observed = ObservedNamespaces(selection=namespaces.selection)
    if not observed.selection.usable:
        return ImportView(observed=observed)
    return ImportView(observed=observed, stream=read_stream(cluster, project, request.tag.stream))


def plan(request: ImportRequest, view: ImportView) -> Plan:
    """Let the tag refer to the image, unless it refers to another one; what is imported already stays as it is."""
    if absence := absence_steps(view.project, view.observed):
        return Plan(sequences=(absence,))
    key, tag = (view.project, request.tag.name), request.tag.tag
    is_done = view.stream is not None and bool(result_in(view.stream, tag).digest)
    owner = maker_of(view.stream) if view.stream else None
    change = Change(
        kind=Kind.IMAGE_STREAM_TAG,
        namespace=view.project,
        name=request.tag.name,
        desired=partial(imported, wanted=request.asked, key=key, is_done=is_done),
        current=tag_of(view.stream, tag) if view.stream else None,
    )
    notes: tuple[str, ...] = ()
    if owner is not None and owner.undoes_writes and _is_change(change):
        what = f'imagestreams "{request.tag.stream}" in namespace {view.project}'
        story = f"is owned by {owner.party}: {owner.prediction}; {owner.advice}"
        if not request.force_conflicts:
            refusal = RefusedError(f"{what} {story}, or use --force-conflicts to write it anyway")
            return Plan(sequences=((_refused(change, refusal),),))
        notes = (f"warning: {what} {story}",)
    return Plan(sequences=((change,),), notes=notes)


def _is_change(change: Change) -> bool:
    """Whether anything would be written, as far as that is not refused for another reason."""
    try:
        return change.desired(change.current) is not change.current
    except RefusedError:
        return False


def _refused(change: Change, refusal: PullSecretError) -> Change:
    return Change(kind=change.kind, namespace=change.namespace, name=change.name, refusal=refusal)
