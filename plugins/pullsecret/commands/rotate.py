"""kubectl pullsecret rotate."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.code_engine import (
    CodeEngineProject,
    check_sign_in_is_used,
    cluster_flags,
    project_target,
    target_flags,
)
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.commands.flags.credentials import password_source
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target
from pullsecret.commands.flags.ibm_cloud import ibm_sign_in
from pullsecret.commands.flags.rotated_key import KeyFlags, key_flags, key_work
from pullsecret.commands.flags.rotation import MAX_FAILURES, max_failures, rotation_step
from pullsecret.commands.flags.values import Repeated, split
from pullsecret.commands.help_text import IBM_CLOUD_FLAGS
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import UsageError
from pullsecret.model.images.icr import ALL_ICR_IO
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.request.command_request import CheckLevel, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.rotated_key import KeyEnd
from pullsecret.model.request.rotation import RotationStep
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import Verification

if TYPE_CHECKING:
    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.model.request.rotated_key import NewKeyWish


def rotate(
    names: Annotated[
        list[str] | None,
        Argument(metavar="NAME...", help="Names of the secrets whose credential is replaced."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    from_namespace: Annotated[
        str,
        Option("--from", metavar="NS", help="Namespace of the source secrets."),
        CompletionHint("namespaces"),
    ] = "default",
    password: Annotated[PasswordSource, FlagGroup(password_source)],
    username: Annotated[
        str, Option("--username", "--docker-username", metavar="NAME", help="New username, if it changes as well.")
    ] = "",
    registry: Annotated[
        Repeated,
        Option(
            "--registry",
            "--docker-server",
            metavar="HOST",
            help="Replace the credential for this registry, if the secret has several; repeatable.",
        ),
    ] = None,
    ibm_cluster: Annotated[
        str,
        Option(
            "--ibm-cluster",
            metavar="NAME|ID",
            help="Have IBM Cloud create all-icr-io in this cluster again, which must be the context's, and bring its "
            "proven copies up to date. There is no way back: IBM Cloud may revoke the previous key at once.",
            rich_help_panel=IBM_CLOUD_FLAGS,
        ),
    ] = "",
    step: Annotated[RotationStep, FlagGroup(rotation_step)],
    key: Annotated[KeyFlags, FlagGroup(key_flags)],
    canary: Annotated[
        str,
        Option("--canary", metavar="NS", help="Change the copies in this namespace first, and go on if that succeeds."),
        CompletionHint("namespaces"),
    ] = "",
    probe: Annotated[
        bool,
        Option(
            "--probe",
            help="With --canary: go on only if a node pulls an image there with the new credentials, for a pod that "
            "runs nothing.",
        ),
    ] = False,
    limit: Annotated[float, FlagGroup(max_failures)],
    overwrite: Annotated[
        bool,
        Option(
            "--overwrite",
            help="In namespaces named with -n, also change pull secrets with the same credential that are not copies.",
        ),
    ] = False,
    check_level: Annotated[CheckLevel, FlagGroup(flags.check_level)],
    verification: Annotated[Verification | None, FlagGroup(flags.replacement_verification)],
    yes: Yes = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    project: CodeEngineProject = "",
    is_global: GlobalSecret = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Replace a credential in a pull secret and in all its copies.

    Replaces a username and password by new ones in the source and in its proven copies, under the registries that the
    source has them for; everything else stays as it is. The new credentials are verified first, with the images in use.
    The previous ones are kept in NAME-previous beside the source until --finish. An interrupted rotation goes on when
    the same command is run again. Finally, lists all secrets that still hold the previous credentials.

    Examples:
      # A new API key from a pipe for all-icr-io and all its copies, in team-a first
      get-key | {prog} rotate all-icr-io -A --canary team-a --password-stdin --yes
      # How far it is, and back to the previous key
      {prog} rotate all-icr-io -A --status
      {prog} rotate all-icr-io -A --undo
      # Delete the previous key, once nothing holds it anymore
      {prog} rotate all-icr-io -A --finish
      # Also in a secret of team-a that was created by hand
      {prog} rotate regcred --from tools -n team-a --overwrite --password-file key.txt
      # A new API key of the same service ID of IBM Cloud; and in the end, the old one is deleted there
      {prog} rotate icr -A --service-id --yes
      {prog} rotate icr -A --finish --delete-old-key
      # IBM Cloud's own secret, made again by IBM Cloud itself, and its copies in all namespaces
      {prog} rotate all-icr-io -A --ibm-cluster prod
      # In OpenShift's global pull secret, with one write and no NAME-previous
      get-key | {prog} rotate --global --registry registry.example.com --password-stdin --yes
      # In a Code Engine project: icr, and every registry secret that holds the same credential
      get-key | {prog} rotate icr --code-engine-project shop --password-stdin --yes
    """
    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.pipeline import rotate as pipeline

    if ":" in username:
        raise UsageError("the username must not contain a colon", hint="pass the password with --password-stdin")
    if probe and not canary:
        raise UsageError("--probe requires --canary")
    if step is not RotationStep.ROTATE and (password.given or username):
        raise UsageError(f"{step.value} needs no credentials")
    request = RotateRequest(
        names=tuple(names or ()) if is_global else flags.names_of(names, namespace_flag="--from"),
        from_namespace=from_namespace,
        registries=split(registry),
        username=username,
        password=password,
        check_level=check_level,
        verification=flags.with_timeout(verification, connection),
        overwrite=overwrite,
        canary=canary,
        probes=probe,
        max_failures=limit,
        step=step,
        is_confirmed=yes,
        targets=targets,
        output=replace(output, has_manifests=False),
        connection=connection,
    )
    if is_global:
        return _in_global(request, {**key.given, "--ibm-cluster": bool(ibm_cluster)}, project, sign_in)
    if (ibm_cluster or project) and (alone := next((flag for flag, is_given in key.given.items() if is_given), "")):
        raise UsageError(f"{alone} cannot be used with {'--ibm-cluster' if ibm_cluster else '--code-engine-project'}")
    if work := key_work(key, step, sign_in):
        return _with_key(request, work)
    if ibm_cluster:
        return _renew(request, ibm_cluster, sign_in, project)
    place = project_target(project, sign_in, _refused_with_project(request))
    check_sign_in_is_used(sign_in, is_used=place is not None, others="--service-id, --ibm-cluster or ")
    if place is not None:
        from pullsecret.pipeline.project_commands import rotate_in_project

        return rotate_in_project(request, place)
    return pipeline.run_step(request)


def _in_global(request: RotateRequest, refused: dict[str, bool], project: str, sign_in: IbmSignIn) -> int:
    """Replace a credential in OpenShift's global pull secret.

    Raises:
        UsageError: flags that do not go together with --global, or no registry is named.
    """
    from pullsecret.pipeline.global_commands import rotate_in_global

    has_step = request.step is not RotationStep.ROTATE
    given = {**refused, **({request.step.value: True} if has_step else {}), **_beyond_one_secret(request)}
    check_global_target(request.names, request.targets, project=project, refused=given)
    check_sign_in_is_used(sign_in, is_used=False, others="--service-id, --ibm-cluster or ")
    if not request.registries:
        raise UsageError("--registry is required with --global: it names the credential to replace")
    return rotate_in_global(request)


def _beyond_one_secret(request: RotateRequest) -> dict[str, bool]:
    """The flags about the source and its copies, and whether they are given."""
    return {
        "--from": request.from_namespace != "default",
        "--canary": bool(request.canary),
        "--max-failures": request.max_failures != MAX_FAILURES,
        "--overwrite": request.overwrite,
    }


def _with_key(request: RotateRequest, work: NewKeyWish | KeyEnd) -> int:
    """Rotate to a key that is made for it, or finish with the old one's end.

    Raises:
        UsageError: flags that do not go together with --service-id.
    """
    from pullsecret.actions.composed.rotate_key import EndKeyRequest, RotateKeyRequest

    own = {field.name: getattr(request, field.name) for field in fields(request)}
    if isinstance(work, KeyEnd):
        from pullsecret.pipeline.end_key import finish_with_key

        return finish_with_key(EndKeyRequest(**own, end=work))
    from pullsecret.pipeline.rotate_key import rotate_to_new_key

    refused = {
        "a password flag": bool(request.password.given),
        "--username": bool(request.username),
        "--diff": request.output.is_diff,
    }
    if wrong := next((flag for flag, is_given in refused.items() if is_given), ""):
        raise UsageError(f"--service-id cannot be used together with {wrong}")
    if len(request.names) > 1:
        hint = "to name the service ID, use --service-id=NAME"
        raise UsageError("--service-id rotates one secret at a time", hint=hint)
    if request.targets.contexts.is_given:
        raise UsageError("--service-id creates an API key for one cluster", hint="run the command for each context")
    return rotate_to_new_key(RotateKeyRequest(**own, wish=work))


def _refused_with_project(request: RotateRequest) -> dict[str, bool]:
    """What cannot be used with --code-engine-project, and whether it is given.

    Code Engine keeps no previous credential beside a secret, so there is no way back but another rotation.
    """
    return {
        request.step.value: request.step is not RotationStep.ROTATE,
        **_beyond_one_secret(request),
        "--registry": bool(request.registries),
        **target_flags(request.targets),
        **cluster_flags(request.connection),
    }


def _renew(request: RotateRequest, ibm_cluster: str, sign_in: IbmSignIn, project: str) -> int:
    """Have IBM Cloud renew its own secret, and bring the copies up to date.

    Raises:
        UsageError: flags that do not go together with --ibm-cluster.
    """
    from pullsecret.actions.composed.renew import RenewRequest
    from pullsecret.pipeline.renewal import run_renewal

    if request.names != (ALL_ICR_IO,) or request.from_namespace != SHARED_NAMESPACE:
        raise UsageError(f"--ibm-cluster renews {ALL_ICR_IO} in namespace {SHARED_NAMESPACE} only")
    refused = {**_refused_with_cluster(request), "--code-engine-project": bool(project)}
    if wrong := next((flag for flag, is_given in refused.items() if is_given), ""):
        raise UsageError(f"--ibm-cluster cannot be used together with {wrong}")
    renewal = RenewRequest(
        ibm_cluster=ibm_cluster,
        sign_in=sign_in,
        check_level=request.check_level,
        is_confirmed=request.is_confirmed,
        targets=request.targets,
        output=request.output,
        connection=request.connection,
    )
    return run_renewal(renewal)


def _refused_with_cluster(request: RotateRequest) -> dict[str, bool]:
    """What cannot be used with --ibm-cluster, and whether it is given.

    IBM Cloud makes the new key, and may revoke the previous one at once: nothing can be verified before, and there is
    no way back.
    """
    verified = request.verification
    is_set = verified is None or verified.is_lenient or verified.images or verified.access.ca_files
    return {
        "a password flag": bool(request.password.given),
        "--username": bool(request.username),
        "--registry": bool(request.registries),
        request.step.value: request.step is not RotationStep.ROTATE,
        "--canary": bool(request.canary),
        "--max-failures": request.max_failures != MAX_FAILURES,
        "--overwrite": request.overwrite,
        "--verify and its flags": bool(is_set),
        "--diff": request.output.is_diff,
        "--contexts": request.targets.contexts.is_given,
    }
