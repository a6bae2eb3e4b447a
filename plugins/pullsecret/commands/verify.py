"""kubectl pullsecret verify."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.common import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import RegistryAccess


def verify(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Secrets to verify; default: all."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    image: Annotated[
        list[str] | None,
        Option("--image", metavar="REF", help="Image to try, repeatable; default: those of the namespace's pods."),
    ] = None,
    access: Annotated[RegistryAccess, FlagGroup(flags.registry_access)],
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml", help="Output format.")] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="Print no column names.")] = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Ask the registries whether pull secrets are good for the images that pods use.

    Each registry is asked from this machine, as a kubelet would ask it: with the entries that match the image, in the
    kubelet's order, for the image's manifest; nothing is pulled. An image for which a pod has no entry is asked for
    without a login. A secret without any image to try it on is tried by logging in. Credentials go to the registry's
    host or to the token server that it names, by TLS; one that is refused is not tried again. Exit status: 0 all good,
    1 not.

    \b
    Examples:
      # All pull secrets of the current namespace, for the images of its pods
      {prog} verify
      # Whether the copies of all-icr-io still work, everywhere
      {prog} verify all-icr-io -A
      # Whether an entitlement key is good for an image before anything is installed
      {prog} verify ibm-entitlement-key --image cp.icr.io/cp/appc/ace-server-prod:TAG -n cp4i
      # A registry with a certificate of an authority of its own
      {prog} verify regcred --registry-ca ca.crt -n team-a
    """
    from pullsecret import pipeline
    from pullsecret.actions import verify as action
    from pullsecret.report.verify import show

    form = flags.format_of(output, Format.NAME, Format.JSON, Format.YAML)
    request = action.VerifyRequest(
        names=flags.checked_names(names or ()),
        images=flags.checked_images(image),
        access=replace(access, request_timeout=connection.request_timeout),
        targets=targets,
        output=Output(format=form, show_headers=not no_headers),
        connection=connection,
    )
    return pipeline.run_query(action, request, show)
