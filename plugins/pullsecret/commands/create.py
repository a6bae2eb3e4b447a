"""kubectl pullsecret create."""

from __future__ import annotations

from collections.abc import Sequence
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
from pullsecret.commands.flags.credentials import DOCKER_HUB, Username, identity, password_source, registries
from pullsecret.commands.flags.edited_entries import EditFlags, edited_entries
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, not_for_global
from pullsecret.commands.flags.ibm_cloud import ibm_sign_in
from pullsecret.commands.flags.internal_registry import check_token_flags, token_wish, with_lifetime
from pullsecret.commands.flags.lifetime import ExpiresIn
from pullsecret.commands.flags.service_id import key_wish, with_account
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import UsageError
from pullsecret.model.ibmcloud.identity import PROFILE_PREFIX
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.code_engine import ProjectTarget
from pullsecret.model.request.command_request import Attachment, CheckLevel, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.key_wish import READER, KeyWish
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.token_wish import TokenWish
from pullsecret.model.request.verification import Verification

if TYPE_CHECKING:
    from pullsecret.actions.create import CreateRequest


def check_sources(request: CreateRequest, servers: tuple[str, ...]) -> None:
    """Refuse sources that exclude each other, and credentials without a username.

    Raises:
        UsageError: several kinds of sources, or a password without a username.
    """
    typed = bool(request.password.given or request.email)
    if not request.reads_credentials:
        sources = typed or servers or request.username or request.secret_file or request.login_file is not None
        if sources or request.verification is not None:
            raise UsageError("--remove-registry with new credentials requires --add")
        return
    if request.secret_file and (typed or servers or request.username or request.login_file is not None):
        raise UsageError(
            "--from-file cannot be combined with --registry, --username, a password flag or --from-docker-config"
        )
    if request.login_file is not None and (typed or request.username):
        raise UsageError("--from-docker-config can only be combined with --registry")
    if not (request.secret_file or request.username or request.login_file is not None):
        raise UsageError("--username is required unless --from-docker-config or --from-file is given")


def after_kubectls_words(names: Sequence[str]) -> list[str]:
    """The names without the words of `kubectl create secret docker-registry NAME`, in either form."""
    for words in (["secret", "docker-registry"], ["docker-registry"]):
        if list(names[: len(words)]) == words and len(names) > 1:
            return list(names[len(words) :])
    return list(names)


def create(
    names: Annotated[list[str] | None, Argument(metavar="NAME", help="Name of the secret.")] = None,
    *,
    servers: Annotated[tuple[str, ...], FlagGroup(registries)],
    user: Annotated[Username, FlagGroup(identity)],
    password: Annotated[PasswordSource, FlagGroup(password_source)],
    email: Annotated[
        str,
        Option("--email", "--docker-email", metavar="ADDRESS", help="Email address (optional; ignored by registries)."),
    ] = "",
    from_docker_config: Annotated[
        str | None,
        Option(
            "--from-docker-config",
            metavar="FILE",
            help="Use the local docker or podman credentials for --registry (or all of them); - reads standard input.",
        ),
        CompletionHint("files"),
    ] = None,
    from_file: Annotated[
        str,
        Option(
            "--from-file",
            metavar="FILE",
            help="Use a .dockerconfigjson file unchanged; - reads standard input.",
        ),
        CompletionHint("files"),
    ] = "",
    expires_in: ExpiresIn = "",
    wish: Annotated[KeyWish | None, FlagGroup(key_wish)],
    token: Annotated[TokenWish | None, FlagGroup(token_wish)],
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    edits: Annotated[EditFlags, FlagGroup(edited_entries)],
    append_hash: Annotated[bool, Option("--append-hash", help="Append a hash of the secret to its name.")] = False,
    check_level: Annotated[CheckLevel, FlagGroup(flags.check_level)],
    attachment: Annotated[Attachment | None, FlagGroup(flags.attach_if_asked)],
    replace_policy: Annotated[ReplacePolicy, FlagGroup(flags.replace_policy)],
    verification: Annotated[Verification | None, FlagGroup(flags.verification)],
    yes: Yes = False,
    project: CodeEngineProject = "",
    is_global: GlobalSecret = False,
    targets: Annotated[Targets, FlagGroup(flags.creating_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Create a pull secret from registry credentials, for one or more registries.

    Accepts the flags of `kubectl create secret docker-registry` and produces identical data. If no password source is
    given, prompts for it without echo.

    Examples:
      # An API key from a pipe, for two registries of IBM Cloud, used by every pod in team-a
      get-key | {prog} create icr --icr us,global --password-stdin -n team-a --attach
      # The key file written by ibmcloud iam service-api-key-create
      {prog} create icr --icr all --private --password-file key.json -n team-a
      # An API key of a service ID that may pull from registry namespace team-a in us-south, made and written at once
      {prog} create icr --icr us --service-id team-a-puller --create-service-id --registry-namespace team-a -n team-a
      # Any other registry; prompts for the password
      {prog} create regcred --registry registry.example.com --username puller
      # Verify first that the registry accepts the credentials and allows the image to be pulled
      {prog} create regcred --registry registry.example.com --username puller --image registry.example.com/team/app:1
      # Reuse the credentials of docker login or podman login
      {prog} create regcred --registry registry.example.com --from-docker-config
      # OpenShift: a token with which another cluster pulls the images of project shop by the registry's route
      {prog} create shop-images --internal-registry --from-context prod --from shop --context edge -n web --attach
      # Another registry in the same secret; and one less
      {prog} create regcred --add --registry registry.example.net --username puller
      {prog} create regcred --remove-registry registry.example.net
      # For the pods of all namespaces of OpenShift, in the global pull secret
      {prog} create --global --registry registry.example.com --username puller
      # Registry secrets of a Code Engine project, one for each registry
      get-key | {prog} create 'icr-{{registry}}' --icr us,de --password-stdin --code-engine-project shop
      # With an API key of a service ID, made and written at once, and the policies that Code Engine needs
      {prog} create icr --icr us --service-id shop-puller --create-service-id --code-engine-project shop
    """
    from pullsecret import pipeline
    from pullsecret.actions import create as action

    is_typed = not (from_file or from_docker_config is not None)
    words = after_kubectls_words(names or [])
    request = action.CreateRequest(
        name="" if is_global else _name(words, in_project=bool(project)),
        servers=servers or ((DOCKER_HUB,) if is_typed else ()),
        username=user.for_servers(servers if is_typed else ()),
        email=email,
        password=password,
        login_file=from_docker_config,
        secret_file=from_file,
        append_hash=append_hash,
        is_added=edits.is_added,
        removed=edits.removed,
        check_level=check_level,
        attachment=attachment,
        replace_policy=replace_policy,
        verification=flags.with_timeout(verification, connection),
        is_confirmed=yes,
        targets=targets,
        output=output,
        connection=connection,
    )
    wish, token = with_lifetime(wish, token, expires_in)
    if is_global:
        check_sign_in_is_used(sign_in, is_used=False, others="--service-id or ")
        made = {"--service-id": wish is not None, "--internal-registry": token is not None}
        return _create_in_global(request, servers, words, project, made)
    edits.check({"--append-hash": append_hash, "--service-id": wish is not None})
    if token is not None:
        used = {"--service-id": wish is not None, "--code-engine-project": bool(project)}
        used |= {"--add": request.is_added, "--remove-registry": bool(request.removed)}
        check_token_flags(request, servers, user, sign_in, used)
        return _create_with_token(request, token)
    place = project_target(project, sign_in, _refused_with_project(request))
    wish = with_account(wish, IbmSignIn() if place and wish is None else sign_in, servers)
    if place is not None:
        return _create_in_project(request, servers, wish, place)
    if wish is not None:
        return _create_with_key(request, wish)
    check_sources(request, servers)
    return pipeline.run_change(action, request)


def _create_in_global(
    request: CreateRequest, servers: tuple[str, ...], words: Sequence[str], project: str, made: dict[str, bool]
) -> int:
    """Put the entries into OpenShift's global pull secret."""
    from pullsecret.pipeline.global_commands import create_in_global

    refused = {
        **made,
        "--append-hash": request.append_hash,
        **not_for_global(request.attachment, request.replace_policy),
    }
    check_global_target(words, request.targets, project=project, refused=refused)
    check_sources(request, servers)
    return create_in_global(replace(request, output=replace(request.output, has_manifests=False)))


def _name(words: Sequence[str], *, in_project: bool) -> str:
    """The secret's name; in a Code Engine project it may have placeholders, and is checked when these are replaced."""
    if in_project and len(words) == 1 and "{" in words[0]:
        return words[0]
    return flags.single_name(list(words))


def _refused_with_project(request: CreateRequest) -> dict[str, bool]:
    """What cannot be used with --code-engine-project, and whether it is given."""
    return {
        "--attach": request.attachment is not None,
        "--add": request.is_added,
        "--remove-registry": bool(request.removed),
        "--append-hash": request.append_hash,
        "--recreate": request.replace_policy.recreate,
        "--force-conflicts": request.replace_policy.force_conflicts,
        **target_flags(request.targets),
        **cluster_flags(request.connection),
    }


def _create_with_token(request: CreateRequest, token: TokenWish) -> int:
    from pullsecret.actions.composed.account_token import AccountTokenRequest
    from pullsecret.pipeline.account_token import create_with_account_token

    own = {field.name: getattr(request, field.name) for field in fields(request)}
    return create_with_account_token(AccountTokenRequest(**own, wish=token))


def _create_in_project(
    request: CreateRequest, servers: tuple[str, ...], wish: KeyWish | None, place: ProjectTarget
) -> int:
    if wish is not None:
        return _create_with_key(request, wish, place)
    from pullsecret.pipeline.project_commands import create_in_project

    check_sources(request, servers)
    return create_in_project(request, place)


def _create_with_key(request: CreateRequest, wish: KeyWish, place: ProjectTarget | None = None) -> int:
    """Create the secret with an API key that is made for it.

    Raises:
        UsageError: flags that do not go together with --service-id.
    """
    from pullsecret.actions.composed.service_id import ServiceIdRequest
    from pullsecret.pipeline.service_id import create_with_service_id

    check_key_flags(request, wish)
    own = {field.name: getattr(request, field.name) for field in fields(request)}
    if place is not None:
        from pullsecret.pipeline.project_service_id import create_in_project_with_service_id

        if wish.is_per_namespace:
            raise UsageError("--key-per-namespace cannot be used with --code-engine-project")
        return create_in_project_with_service_id(ServiceIdRequest(**own, wish=wish), place)
    return create_with_service_id(ServiceIdRequest(**own, wish=wish))


def check_key_flags(request: CreateRequest, wish: KeyWish) -> None:
    """Refuse what cannot be used with --service-id.

    Raises:
        UsageError: another source for the password, or what would show the key or have it in several clusters.
    """
    others = {
        "a password flag": bool(request.password.given),
        "--from-file": bool(request.secret_file),
        "--from-docker-config": request.login_file is not None,
        "--append-hash": request.append_hash,
        "--diff": request.output.is_diff,
    }
    if wrong := next((flag for flag, is_given in others.items() if is_given), ""):
        raise UsageError(f"--service-id cannot be used together with {wrong}")
    is_limited = wish.registry_namespaces or wish.roles != (READER,)
    if request.username.startswith(PROFILE_PREFIX) and is_limited:
        raise UsageError(
            "--role and --registry-namespace have no effect with --profile-id: the profile's policies decide"
        )
    if request.targets.contexts.is_given:
        raise UsageError("--service-id creates an API key for one cluster", hint="run the command for each context")
    if request.output.shows_manifests:
        raise UsageError("--service-id has no manifest to print: the API key does not exist before it is written")
