"""kubectl pullsecret entitled: create, with the registry of entitled IBM software filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, not_for_global
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import UsageError
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.command_request import Attachment, CheckLevel, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import Verification

DEFAULT_NAME = "entitled-cp-icr-io"
PRODUCT_NAME = "ibm-entitlement-key"
SERVER, STAGING_SERVER = "cp.icr.io", "cp.stg.icr.io"
USERNAME = "cp"
"""The same for everybody (IBM Cloud documentation, "Setting up a pull secret for entitled software")."""


def key_source(
    *,
    key_stdin: Annotated[bool, Option("--key-stdin", help="Read the entitlement key from standard input.")] = False,
    key_file: Annotated[
        str,
        Option("--key-file", metavar="FILE", help="Read the key from the first line of a file."),
        CompletionHint("files"),
    ] = "",
    key_env: Annotated[
        str,
        Option(
            "--key-env",
            metavar="VAR",
            help="Read the key from an environment variable (default IBM_ENTITLEMENT_KEY, if set).",
        ),
    ] = "",
) -> PasswordSource:
    """Where the entitlement key comes from; without any of these, a prompt on the terminal."""
    return PasswordSource(
        stdin=key_stdin,
        file=key_file,
        env=key_env,
        word="key",
        default_env="IBM_ENTITLEMENT_KEY",
        label="Entitlement key",
    )


def secret_name(
    *,
    names: Annotated[
        list[str] | None, Argument(metavar="[NAME]", help=f"Name of the secret (default: {DEFAULT_NAME}).")
    ] = None,
    product_name: Annotated[
        bool, Option("--product-name", help=f"Name the secret {PRODUCT_NAME}, as most IBM products expect.")
    ] = False,
) -> str:
    """The secret's name.

    Raises:
        UsageError: two names.
    """
    if names and product_name:
        raise UsageError("NAME and --product-name cannot be used together")
    return flags.single_name(names, default=PRODUCT_NAME if product_name else DEFAULT_NAME)


def entitled(
    *,
    name: Annotated[str, FlagGroup(secret_name)],
    key: Annotated[PasswordSource, FlagGroup(key_source)],
    staging: Annotated[bool, Option("--staging", help=f"Use {STAGING_SERVER} instead of {SERVER}.")] = False,
    check_level: Annotated[CheckLevel, FlagGroup(flags.check_level)],
    attachment: Annotated[Attachment | None, FlagGroup(flags.attach_if_asked)],
    replace_policy: Annotated[ReplacePolicy, FlagGroup(flags.replace_policy)],
    verification: Annotated[Verification | None, FlagGroup(flags.verification)],
    yes: Yes = False,
    is_global: GlobalSecret = False,
    targets: Annotated[Targets, FlagGroup(flags.creating_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Create the pull secret for entitled IBM software (cp.icr.io) from an entitlement key.

    Get the key from the My IBM container software library. IBM products look the secret up by name: use the name from
    the product's documentation; --product-name sets the usual one.

    Examples:
      # Prompt for the key and use it for every pod in cp4i
      {prog} entitled -n cp4i --attach
      # Read the key from a file and use the name that most products expect, in all namespaces with a label
      {prog} entitled --product-name --key-file key.txt -l cloudpak=true
      # Verify the key against an image first: a successful login alone does not prove entitlement
      {prog} entitled --key-file key.txt -n cp4i --image cp.icr.io/cp/appc/ace-server-prod:TAG
      # For the pods of all namespaces of OpenShift, in the global pull secret
      {prog} entitled --key-file key.txt --global
    """
    from pullsecret import pipeline
    from pullsecret.actions import create as action

    request = action.CreateRequest(
        name=name,
        servers=(STAGING_SERVER if staging else SERVER,),
        username=USERNAME,
        password=key,
        is_entitlement=True,
        check_level=check_level,
        attachment=attachment,
        replace_policy=replace_policy,
        verification=flags.with_timeout(verification, connection),
        is_confirmed=yes,
        targets=targets,
        output=output,
        connection=connection,
    )
    if is_global:
        from pullsecret.pipeline.global_commands import create_in_global

        names = () if name in (DEFAULT_NAME, PRODUCT_NAME) else (name,)
        refused = {"--product-name": name == PRODUCT_NAME, **not_for_global(attachment, replace_policy)}
        check_global_target(names, targets, refused=refused)
        return create_in_global(replace(request, output=replace(output, has_manifests=False)))
    return pipeline.run_change(action, request)
