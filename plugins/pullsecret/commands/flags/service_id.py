"""Which service ID of IBM Cloud a pull secret gets an API key of, and what this may do."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, parse_seconds, split
from pullsecret.commands.help_text import IBM_CLOUD_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.images.icr import REGIONS, locations_of
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.key_wish import READER, KeyWish

if TYPE_CHECKING:
    from collections.abc import Sequence

_option = partial(Option, rich_help_panel=IBM_CLOUD_FLAGS)

_REGISTRY_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
"""What a registry namespace can be called (IBM Cloud documentation, Registry: "Planning namespaces")."""


KeyTimeout: TypeAlias = Annotated[
    str,
    _option(
        "--key-timeout",
        metavar="DURATION",
        help='How long registries may take to accept the API key. (default "2m")',
    ),
]


def longest_wait_of(text: str) -> float:
    """The seconds of --key-timeout; raises FlagError if it is no duration."""
    return parse_seconds("--key-timeout", text or "2m")


def key_wish(
    *,
    service_id: Annotated[
        str | None,
        _option(
            "--service-id",
            metavar="NAME|ID",
            help="With --icr: create an API key of this IBM Cloud service ID and use it as the password.",
        ),
    ] = None,
    create_service_id: Annotated[
        bool, _option("--create-service-id", help="Create the service ID if it does not exist.")
    ] = False,
    role: Annotated[
        Repeated,
        _option("--role", metavar="ROLE", help=f'Role of the service ID; repeatable. (default "{READER}")'),
        CompletionHint(choices=(READER, "Writer", "Manager")),
    ] = None,
    registry_namespace: Annotated[
        Repeated,
        _option(
            "--registry-namespace",
            metavar="REGISTRY-NS",
            help="Registry namespace that the service ID may access; repeatable (default: all).",
        ),
    ] = None,
    registry_region: Annotated[
        Repeated,
        _option(
            "--registry-region",
            metavar="REGION",
            help="Registry region that the service ID may access; repeatable (default: those of --icr).",
        ),
        CompletionHint(choices=tuple(f"{region.location}\t{region.host}" for region in REGIONS)),
    ] = None,
    key_timeout: KeyTimeout = "",
    key_per_namespace: Annotated[
        bool, _option("--key-per-namespace", help="Create an API key for each namespace instead of one for all.")
    ] = False,
) -> KeyWish | None:
    """The key to make; None without --service-id.

    Raises:
        UsageError: a flag that needs --service-id, an unknown region, or no name of a registry namespace.
        FlagError: an invalid duration.
    """
    given = {
        "--create-service-id": create_service_id,
        "--role": bool(role),
        "--registry-namespace": bool(registry_namespace),
        "--registry-region": bool(registry_region),
        "--key-timeout": bool(key_timeout),
        "--key-per-namespace": key_per_namespace,
    }
    if service_id is None:
        if alone := next((flag for flag, is_given in given.items() if is_given), ""):
            raise UsageError(f"{alone} requires --service-id")
        return None
    names = tuple(dict.fromkeys(split(registry_namespace)))
    if wrong := next((name for name in names if not _REGISTRY_NAMESPACE.fullmatch(name)), ""):
        raise UsageError(
            f'invalid --registry-namespace "{printable(wrong)}": it must be the name of one, such as team-a'
        )
    return KeyWish(
        service_id=service_id,
        creates_service_id=create_service_id,
        roles=tuple(dict.fromkeys(split(role))) or (READER,),
        regions=locations_of(split(registry_region)),
        registry_namespaces=names,
        is_per_namespace=key_per_namespace,
        longest_wait=longest_wait_of(key_timeout),
    )


def with_account(wish: KeyWish | None, sign_in: IbmSignIn, servers: Sequence[str]) -> KeyWish | None:
    """The wish with how to sign in, and with the regions of the registries, unless some are given.

    Raises:
        UsageError: flags for signing in without a reason to, or a registry that is not IBM Cloud's.
    """
    if wish is None:
        if sign_in != IbmSignIn():
            raise UsageError(
                "--ibmcloud-api-key-file and --ibmcloud-private require --service-id or --code-engine-project"
            )
        return None
    known = {region.host: region.location for region in REGIONS} | {
        region.private_host: region.location for region in REGIONS
    }
    if not servers or any(server not in known for server in servers):
        raise UsageError("--service-id requires --icr, and no other registry")
    if wish.regions or {known[server] for server in servers} == set(known.values()):
        return replace(wish, sign_in=sign_in)
    return replace(wish, sign_in=sign_in, regions=tuple(dict.fromkeys(known[server] for server in servers)))
