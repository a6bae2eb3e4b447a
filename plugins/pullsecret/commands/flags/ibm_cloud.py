"""How a command signs in to IBM Cloud."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.help_text import IBM_CLOUD_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.request.ibm_sign_in import IbmSignIn

_option = partial(Option, rich_help_panel=IBM_CLOUD_FLAGS)


def ibm_sign_in(
    *,
    ibmcloud_api_key_file: Annotated[
        str,
        _option(
            "--ibmcloud-api-key-file",
            metavar="FILE",
            help="Sign in to IBM Cloud with the API key in this file instead of the IBM Cloud CLI's session.",
        ),
        CompletionHint("files"),
    ] = "",
    ibmcloud_private: Annotated[
        bool, _option("--ibmcloud-private", help="Use IBM Cloud's private service endpoints.")
    ] = False,
) -> IbmSignIn:
    """How to sign in; what fits which command is for the command to say."""
    return IbmSignIn(api_key_file=ibmcloud_api_key_file, is_private=ibmcloud_private)


def asked_sign_in(sign_in: IbmSignIn, *, is_asked: bool) -> IbmSignIn | None:
    """How to sign in for --ibmcloud; None without that flag.

    Raises:
        UsageError: it is not given, but flags that are for it.
    """
    if not is_asked and sign_in != IbmSignIn():
        raise UsageError("--ibmcloud-api-key-file and --ibmcloud-private require --ibmcloud")
    return sign_in if is_asked else None
