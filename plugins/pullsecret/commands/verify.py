"""kubectl pullsecret verify."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, in_all_namespaces
from pullsecret.errors import UsageError
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import RegistryAccess


def verify(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Names or patterns of the secrets to verify (default: all)."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    image: Annotated[
        list[str] | None,
        Option(
            "--image", metavar="REF", help="Image to test; repeatable (default: the images of the namespace's pods)."
        ),
    ] = None,
    probe: Annotated[
        bool,
        Option(
            "--probe",
            help="Let a node pull the image, with a pod that runs nothing, instead of contacting the registry from "
            "here; takes one NAME, --image and namespace.",
        ),
    ] = False,
    in_cluster: Annotated[
        str | None,
        Option(
            "--in-cluster",
            metavar="IMAGE",
            help="Let OpenShift contact the registry for this image, with the pull secrets of the namespace.",
        ),
    ] = None,
    wait: Annotated[
        str, Option("--wait", metavar="DURATION", help="With --probe: how long to wait for the pull.")
    ] = "2m",
    access: Annotated[RegistryAccess, FlagGroup(flags.registry_access)],
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml", help="Output format.")] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="Do not print headers.")] = False,
    is_global: GlobalSecret = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Check with the registries whether pull secrets can pull the images that pods use.

    Requests are sent from this machine the way a kubelet would send them: matching entries, in the kubelet's order, for
    the image manifest only. Images without a matching entry are tried anonymously; secrets without an image are tested
    by logging in. Credentials are sent only to the registry or its token server, over TLS; rejected credentials are not
    retried. Exit status: 0 if everything works, 1 if something does not, 2 if something could not be tested.

    With --probe, a node pulls the image: with its network, mirrors and CAs, and with credentials of its own, if it has
    any. The pod references the secret and has a command that no image has, so that nothing of the image runs. The
    server validates it first, and it is not created if admission would add a container or change what it does. It is
    deleted in the end; one that is left by a killed run has the label kubectl-pullsecret/role=probe.

    With --in-cluster, OpenShift's API server contacts the registry as for an import that stores nothing: from its own
    network, which need not be that of the nodes, and through the cluster's mirrors. It uses one entry, the kubelet's
    first choice among all pull secrets of the namespace in the order of their names, whatever lists them. If the
    registry says that its username or password is wrong, OpenShift tries again without the secrets: that a public image
    works proves nothing about the secret.

    Examples:
      # All pull secrets of the current namespace, for the images of its pods
      {prog} verify
      # Whether the copies of all-icr-io still work, in all namespaces
      {prog} verify all-icr-io -A
      # Whether an entitlement key can pull an image, before anything is installed
      {prog} verify ibm-entitlement-key --image cp.icr.io/cp/appc/ace-server-prod:TAG -n cp4i
      # Whether registries accept the credentials in OpenShift's global pull secret
      {prog} verify --global
      # A registry with a private CA
      {prog} verify regcred --registry-ca ca.crt -n team-a
      # Whether a node can pull an image with a secret
      {prog} verify all-icr-io --probe --image us.icr.io/acme/web:1 -n team-a
      # Whether OpenShift can import an image into a project
      {prog} verify --in-cluster us.icr.io/acme/web:1 -n team-a
    """
    from pullsecret import pipeline
    from pullsecret.actions import verify as action
    from pullsecret.actions import verify_in_cluster
    from pullsecret.actions.probe import ProbeRequest
    from pullsecret.pipeline.probe import verify_by_probe
    from pullsecret.report.verify import show

    form = flags.format_of(output, Format.NAME, Format.JSON, Format.YAML)
    shown = Output(format=form, show_headers=not no_headers)
    seconds = flags.parse_seconds("--wait", wait)
    if is_global:
        refused = {"--probe": probe, "--in-cluster": in_cluster is not None}
        check_global_target(names or (), targets, refused=refused)
    if in_cluster is not None:
        if names or image or probe or access.ca_files or access.insecure:
            raise UsageError("--in-cluster cannot be used with NAME, --image, --probe, --registry-ca or --insecure")
        if targets.is_broad:
            raise UsageError("--in-cluster uses the credentials of each namespace; specify namespaces with -n")
        inside = verify_in_cluster.InClusterRequest(
            image=flags.checked_image("--in-cluster", in_cluster), targets=targets, output=shown, connection=connection
        )
        return pipeline.run_query(verify_in_cluster, inside, show)
    if probe:
        if len(image or ()) != 1 or targets.may_be_many:
            raise UsageError("--probe requires one NAME, one --image and one namespace")
        if access.ca_files or access.insecure:
            raise UsageError("--registry-ca and --insecure cannot be used with --probe: the node pulls the image")
        asked = ProbeRequest(
            name=flags.single_name(names),
            image=flags.checked_images(image)[0],
            seconds=seconds,
            targets=targets,
            output=shown,
            connection=connection,
        )
        return verify_by_probe(asked, show)
    request = action.VerifyRequest(
        names=flags.checked_patterns(names),
        images=flags.checked_images(image),
        access=replace(access, request_timeout=connection.request_timeout),
        targets=targets,
        output=shown,
        connection=connection,
    )
    if is_global:
        from pullsecret.actions.composed import global_verify

        return pipeline.run_query(global_verify, in_all_namespaces(request), show)
    return pipeline.run_query(action, request, show)
