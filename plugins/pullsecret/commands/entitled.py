"""kubectl pullsecret entitled: create, with the registry of entitled IBM software filled in."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import UsageError
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.request.common import Attachment, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets
from pullsecret.model.request.verification import Verification

DEFAULT_NAME = "entitled-cp-icr-io"
PRODUCT_NAME = "ibm-entitlement-key"
SERVER, STAGING_SERVER = "cp.icr.io", "cp.stg.icr.io"
USERNAME = "cp"
"""A fixed word, not somebody's name (IBM Cloud documentation, "Setting up a pull secret for entitled software")."""


def key_source(
    *,
    key_stdin: Annotated[bool, Option("--key-stdin", help="Read the entitlement key from standard input.")] = False,
    key_file: Annotated[
        str,
        Option("--key-file", metavar="FILE", help="Read it from a file, whose first line it is."),
        CompletionHint("files"),
    ] = "",
    key_env: Annotated[
        str,
        Option(
            "--key-env",
            metavar="VAR",
            help="Read it from an environment variable; default: IBM_ENTITLEMENT_KEY, when that is set.",
        ),
    ] = "",
) -> PasswordSource:
    """Where the entitlement key is; without any of these it is asked for on the terminal."""
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
        list[str] | None, Argument(metavar="[NAME]", help=f"The secret's name; default: {DEFAULT_NAME}.")
    ] = None,
    product_name: Annotated[
        bool, Option("--product-name", help=f"Name it {PRODUCT_NAME}: IBM products look it up by that name.")
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
    staging: Annotated[bool, Option("--staging", help=f"For {STAGING_SERVER} instead of {SERVER}.")] = False,
    strict: flags.Strict = False,
    attachment: Annotated[Attachment | None, FlagGroup(flags.attach_if_asked)],
    replace_policy: Annotated[ReplacePolicy, FlagGroup(flags.replace_policy)],
    verification: Annotated[Verification | None, FlagGroup(flags.verification)],
    targets: Annotated[Targets, FlagGroup(flags.making_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Create the pull secret for entitled IBM software (cp.icr.io) from an entitlement key.

    The key is the one from the container software library of My IBM. IBM products find the secret by its name, so give
    it the one that the product's documentation names: --product-name is the usual one.

    \b
    Examples:
      # The key is asked for; every pod of cp4i pulls with it
      {prog} entitled -n cp4i --attach
      # The key from a file, under the name that products look for, in all namespaces of a label
      {prog} entitled --product-name --key-file key.txt -l cloudpak=true
      # Only if the key is good for an image: a login alone proves no entitlement
      {prog} entitled --key-file key.txt -n cp4i --image cp.icr.io/cp/appc/ace-server-prod:TAG
    """
    from pullsecret import pipeline
    from pullsecret.actions import create as action

    request = action.CreateRequest(
        name=name,
        servers=(STAGING_SERVER if staging else SERVER,),
        username=USERNAME,
        password=key,
        is_entitlement=True,
        strict=strict,
        attachment=attachment,
        replace_policy=replace_policy,
        verification=flags.timed(verification, connection),
        targets=targets,
        output=output,
        connection=connection,
    )
    return pipeline.run_change(action, request)
