"""A Code Engine project as the target, and the flags that make no sense there."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, TypeAlias

from typer import Option

from pullsecret.commands.help_text import TARGET_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.request.code_engine import ProjectTarget
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.request.targets import Targets

CodeEngineProject: TypeAlias = Annotated[
    str,
    Option(
        "--code-engine-project",
        metavar="NAME",
        help="Act on the registry secrets of this IBM Cloud Code Engine project (name or ID), instead of namespaces.",
        rich_help_panel=TARGET_FLAGS,
    ),
]

_ANYWHERE = frozenset({"request_timeout", "verbosity", "parallel"})
"""The connection flags that are not about a cluster."""


def project_target(name: str, sign_in: IbmSignIn, refused: Mapping[str, bool]) -> ProjectTarget | None:
    """The project; None without --code-engine-project.

    Args:
        name: the project's name or ID, "" for none.
        sign_in: how to sign in.
        refused: by flag, whether one is given that cannot be used with a project.

    Raises:
        UsageError: one of them is.
    """
    if not name:
        return None
    if flag := next((flag for flag, is_given in refused.items() if is_given), ""):
        raise UsageError(f"{flag} cannot be used with --code-engine-project")
    return ProjectTarget(name=name, sign_in=sign_in)


def check_sign_in_is_used(sign_in: IbmSignIn, *, is_used: bool, others: str = "") -> None:
    """Refuse flags for signing in where nothing signs in; `others` are flags beside the project's that do, with "or".

    Raises:
        UsageError: they are given.
    """
    if sign_in != IbmSignIn() and not is_used:
        raise UsageError(f"--ibmcloud-api-key-file and --ibmcloud-private require {others}--code-engine-project")


def target_flags(targets: Targets) -> dict[str, bool]:
    """The flags that select namespaces and contexts, and whether they are given."""
    return {
        "--namespace": bool(targets.names),
        "--all-namespaces": targets.every,
        "--namespace-selector": bool(targets.selector),
        "--exclude": bool(targets.exclude),
        "--create-namespaces": targets.create_missing,
        "--include-system": targets.include_system,
        "--contexts": targets.contexts.is_given,
    }


def cluster_flags(connection: ConnectionFlags) -> dict[str, bool]:
    """The flags that select a cluster and a user, and whether they are given."""
    plain = ConnectionFlags()
    words = {"as_user": "--as", "as_groups": "--as-group", "as_uid": "--as-uid"}
    names = (each.name for each in fields(ConnectionFlags) if each.name not in _ANYWHERE)
    return {
        words.get(name, f"--{name.replace('_', '-')}"): getattr(connection, name) != getattr(plain, name)
        for name in names
    }
