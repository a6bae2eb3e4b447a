"""A token for OpenShift's internal registry: of which account, and for the images of which project."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.lifetime import parsed_lifetime
from pullsecret.commands.help_text import OPENSHIFT_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.objects.objects import label_problem, subdomain_problem
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.token_wish import LONGEST_LIFE, TokenWish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.actions.create import CreateRequest
    from pullsecret.commands.flags.credentials import Username
    from pullsecret.model.request.key_wish import KeyWish

_option = partial(Option, rich_help_panel=OPENSHIFT_FLAGS)


def token_wish(
    *,
    internal_registry: Annotated[
        bool,
        _option(
            "--internal-registry",
            help="Create a token for the internal registry and use it as the password, for clients outside the "
            "cluster.",
        ),
    ] = False,
    from_namespace: Annotated[
        str,
        _option(
            "--from",
            metavar="NS",
            help="With --internal-registry: the project whose images are pulled (default: the current one).",
        ),
        CompletionHint("source-namespaces"),
    ] = "",
    from_context: Annotated[
        str,
        _option(
            "--from-context",
            metavar="NAME",
            help="With --internal-registry and --from: kubeconfig context of the registry's cluster, if it is another "
            "one.",
        ),
        CompletionHint("source-contexts"),
    ] = "",
    token_serviceaccount: Annotated[
        str,
        _option(
            "--token-serviceaccount",
            metavar="SA",
            help="With --internal-registry: create the token for this service account of the project, and with all "
            "its permissions, instead of creating an account that may only pull.",
        ),
        CompletionHint("source-service-accounts"),
    ] = "",
) -> TokenWish | None:
    """The token to make; None without --internal-registry.

    Raises:
        UsageError: a flag that needs --internal-registry, or what no project or account can be called.
    """
    given = {"--from": from_namespace, "--from-context": from_context, "--token-serviceaccount": token_serviceaccount}
    if not internal_registry:
        if alone := next((flag for flag, value in given.items() if value), ""):
            raise UsageError(f"{alone} requires --internal-registry")
        return None
    if from_context and not from_namespace:
        raise UsageError("--from-context requires --from with --internal-registry")
    if from_namespace and (problem := label_problem(from_namespace)):
        raise UsageError(f"invalid --from {from_namespace[:70]!r}: {problem}")
    if token_serviceaccount and (problem := subdomain_problem(token_serviceaccount)):
        raise UsageError(f"invalid --token-serviceaccount {token_serviceaccount[:70]!r}: {problem}")
    return TokenWish(project=from_namespace, account=token_serviceaccount, from_context=from_context)


def with_lifetime(
    wish: KeyWish | None, token: TokenWish | None, expires_in: str
) -> tuple[KeyWish | None, TokenWish | None]:
    """What is to be made, with the lifetime of --expires-in.

    Raises:
        UsageError: nothing is made, or the lifetime is too short.
    """
    if not expires_in:
        return wish, token
    if wish is None and token is None:
        raise UsageError("--expires-in requires --service-id or --internal-registry")
    life = parsed_lifetime(expires_in)
    if token is not None and life > LONGEST_LIFE:
        raise UsageError(f"--expires-in must be {LONGEST_LIFE.days}d or less with --internal-registry")
    return wish and replace(wish, expires_in=life), token and replace(token, lifetime=life)


def check_token_flags(
    request: CreateRequest, servers: tuple[str, ...], user: Username, sign_in: IbmSignIn, used: Mapping[str, bool]
) -> None:
    """Refuse what cannot be used with --internal-registry; `used` tells by flag whether other ones are given.

    Raises:
        UsageError: one of them is.
    """
    refused = {
        "--registry or --icr": bool(servers),
        "--username": bool(user.username),
        "--profile-id": bool(user.profile_id),
        "a password flag": bool(request.password.given),
        "--email": bool(request.email),
        "--from-docker-config": request.login_file is not None,
        "--from-file": bool(request.secret_file),
        **used,
        "--ibmcloud-api-key-file or --ibmcloud-private": sign_in != IbmSignIn(),
        "--append-hash": request.append_hash,
        "--verify": request.verification is not None,
        "--diff": request.output.is_diff,
    }
    if wrong := next((flag for flag, is_given in refused.items() if is_given), ""):
        raise UsageError(f"--internal-registry cannot be used together with {wrong}")
    if request.targets.contexts.is_given:
        raise UsageError("--internal-registry creates a token for one cluster", hint="run the command for each context")
    if request.output.shows_manifests:
        raise UsageError("--internal-registry has no manifest to print: the token does not exist before it is written")
