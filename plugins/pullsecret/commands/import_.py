"""kubectl pullsecret import."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.output import ForceConflicts
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def import_(
    image: Annotated[str, Argument(metavar="IMAGE", help="Image to import.")] = "",
    tag: Annotated[str, Argument(metavar="STREAM:TAG", help="Tag to import it into: [PROJECT/]STREAM:TAG.")] = "",
    *,
    scheduled: Annotated[
        bool,
        Option(
            "--scheduled", help="Import the image again periodically, so that the tag follows that of the registry."
        ),
    ] = False,
    reference_policy: Annotated[
        str,
        Option(
            "--reference-policy",
            metavar="local|source",
            help='Where pods pull the image from: "local" is the internal registry, which needs no pull secret; '
            '"source" is the registry of the image.',
        ),
    ] = "local",
    wait: Annotated[
        str, Option("--wait", metavar="DURATION", help="How long to wait for the result of the import; 0 not to wait.")
    ] = "1m",
    overwrite: Annotated[bool, Option("--overwrite", help="Import into a tag that refers to another image.")] = False,
    force_conflicts: ForceConflicts = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
    program: Annotated[str, FlagGroup(flags.program)],
) -> int:
    """Import an image of a private registry into an OpenShift image stream.

    Writes an ImageStreamTag as `oc tag --source=docker` does, waits for the import, and reports its result. OpenShift
    imports with one entry: the kubelet's first choice among all pull secrets of the project. Pods then pull the image
    from the internal registry, which needs no copy of the pull secret in their project, only permission to pull: see
    `{prog} allow-pull`. A tag that refers to another image is left alone unless you pass --overwrite.

    Examples:
      # Import an image of IBM Cloud Container Registry into project default, whose pull secret all-icr-io may pull it
      {prog} import us.icr.io/acme/web:1 default/web:1
      # Import it again whenever its tag has a new image
      {prog} import us.icr.io/acme/web:1 default/web:1 --scheduled
    """
    from pullsecret.actions.import_image import ImportRequest
    from pullsecret.model.openshift.image_imports import ReferencePolicy, WantedImport
    from pullsecret.model.request.stream_tag import import_targets, parsed_stream_tag
    from pullsecret.pipeline.import_image import import_image

    if not image or not tag:
        raise UsageError("one IMAGE and one [PROJECT/]STREAM:TAG are required")
    stream_tag = parsed_stream_tag(tag)
    _check_image(image)
    if reference_policy.lower() not in {policy.value for policy in ReferencePolicy}:
        raise UsageError(f'invalid --reference-policy "{printable(reference_policy)}": it must be "local" or "source"')
    policy = ReferencePolicy(reference_policy.lower())
    request = ImportRequest(
        asked=WantedImport(image=image, policy=policy, is_scheduled=scheduled, overwrite=overwrite),
        tag=stream_tag,
        seconds=flags.parse_seconds("--wait", wait),
        force_conflicts=force_conflicts,
        program=program,
        targets=import_targets(stream_tag, targets),
        output=output,
        connection=connection,
    )
    return import_image(request)


def _check_image(image: str) -> None:
    """Refuse what is no image reference.

    Raises:
        UsageError: it is none.
    """
    from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference

    try:
        parsed_reference(image)
    except InvalidReferenceError as error:
        raise UsageError(f'invalid image "{printable(image)}": {error}') from error
