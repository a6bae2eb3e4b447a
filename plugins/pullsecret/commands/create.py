"""kubectl pullsecret create."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.credentials import DOCKER_HUB, UserName, identity, password_source, registries
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import UsageError
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.common import Attachment, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import Verification

if TYPE_CHECKING:
    from pullsecret.actions.create import CreateRequest


def check_sources(request: CreateRequest, servers: tuple[str, ...]) -> None:
    """Refuse what cannot be meant together, and what is too little.

    Raises:
        UsageError: several kinds of sources, or a password without a user name.
    """
    typed = bool(request.password.given or request.email)
    if request.secret_file and (typed or servers or request.username or request.login_file is not None):
        raise UsageError("--from-file holds everything: it goes with no server, user name, password or login file")
    if request.login_file is not None and (typed or request.username):
        raise UsageError("--from-docker-config holds user names and passwords: give only --server with it")
    if not (request.secret_file or request.username or request.login_file is not None):
        raise UsageError("--username is required", hint="or take a login with --from-docker-config or --from-file")


def create(
    names: Annotated[list[str] | None, Argument(metavar="NAME", help="The secret's name.")] = None,
    *,
    servers: Annotated[tuple[str, ...], FlagGroup(registries)],
    user: Annotated[UserName, FlagGroup(identity)],
    password: Annotated[PasswordSource, FlagGroup(password_source)],
    email: Annotated[
        str, Option("--email", "--docker-email", metavar="ADDRESS", help="Mail address; no registry needs it.")
    ] = "",
    from_docker_config: Annotated[
        str | None,
        Option(
            "--from-docker-config",
            metavar="[=FILE]",
            help="Take the entries of --server (all without one) from the docker or podman login on this machine.",
        ),
        CompletionHint("files"),
    ] = None,
    from_file: Annotated[
        str,
        Option("--from-file", metavar="FILE", help="Take a whole .dockerconfigjson as it is."),
        CompletionHint("files"),
    ] = "",
    append_hash: Annotated[bool, Option("--append-hash", help="Append a hash of the secret to its name.")] = False,
    strict: flags.Strict = False,
    attachment: Annotated[Attachment | None, FlagGroup(flags.attach_if_asked)],
    replace_policy: Annotated[ReplacePolicy, FlagGroup(flags.replace_policy)],
    verification: Annotated[Verification | None, FlagGroup(flags.verification)],
    targets: Annotated[Targets, FlagGroup(flags.making_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection, without=("--server",))],
) -> int:
    """Build a pull secret from registry credentials, for one or many registries.

    kubectl's own `create secret docker-registry` line works when only its first words are replaced; the secret's data
    is the same, byte for byte. Without a source for the password it is asked for, unseen.

    \b
    Examples:
      # An API key for two registries of IBM Cloud, from a pipe, used by every pod of team-a
      get-key | {prog} create icr --icr us,global --password-stdin -n team-a --attach
      # The key file that ibmcloud iam service-api-key-create wrote
      {prog} create icr --icr all --private --password-file key.json -n team-a
      # Any other registry; the password is asked for
      {prog} create regcred --server registry.example.com --username robot
      # Only if the registry takes the login, and lets it pull the image
      {prog} create regcred --server registry.example.com --username robot --image registry.example.com/team/app:1
      # What docker login or podman login left on this machine
      {prog} create regcred --server registry.example.com --from-docker-config
    """
    from pullsecret import pipeline
    from pullsecret.actions import create as action

    is_typed = not (from_file or from_docker_config is not None)
    request = action.CreateRequest(
        name=flags.single_name(names),
        servers=servers or ((DOCKER_HUB,) if is_typed else ()),
        username=user.for_servers(servers if is_typed else ()),
        email=email,
        password=password,
        login_file=from_docker_config,
        secret_file=from_file,
        append_hash=append_hash,
        strict=strict,
        attachment=attachment,
        replace_policy=replace_policy,
        verification=flags.timed(verification, connection),
        targets=targets,
        output=output,
        connection=connection,
    )
    check_sources(request, servers)
    return pipeline.run_change(action, request)
