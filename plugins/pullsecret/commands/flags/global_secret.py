"""OpenShift's global pull secret as the target, and the flags that make no sense there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

from typer import Option

from pullsecret.commands.flags.code_engine import target_flags
from pullsecret.commands.help_text import TARGET_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.objects.pullsecret import ReplacePolicy
    from pullsecret.model.request.command_request import Attachment

AnyGlobalRequest = TypeVar("AnyGlobalRequest", bound=CommandRequest)

GlobalSecret: TypeAlias = Annotated[
    bool,
    Option(
        "--global",
        help="Act on OpenShift's global pull secret, whose credentials the nodes send for the pods of all namespaces, "
        "instead of namespaces.",
        rich_help_panel=TARGET_FLAGS,
    ),
]


def check_global_target(
    names: Sequence[str], targets: Targets, *, project: str = "", refused: Mapping[str, bool] | None = None
) -> None:
    """Refuse what cannot be used with --global.

    Args:
        names: the NAMEs that are given.
        targets: where the command would act without --global.
        project: --code-engine-project.
        refused: further flags that cannot be used with it, and whether they are given: `{"--attach": True}`.

    Raises:
        UsageError: one of them is given.
    """
    if names:
        raise UsageError("NAME cannot be used with --global; the cluster has one global pull secret")
    given = {**target_flags(targets), "--code-engine-project": bool(project), **(refused or {})}
    if flag := next((flag for flag, is_given in given.items() if is_given), ""):
        raise UsageError(f"{flag} cannot be used with --global")


def in_all_namespaces(request: AnyGlobalRequest) -> AnyGlobalRequest:
    """The request without a namespace of its own: the secrets are in OpenShift's, which the output then names."""
    return replace(request, targets=Targets(every=True))


def not_for_global(attachment: Attachment | None, policy: ReplacePolicy) -> dict[str, bool]:
    """The flags of commands that write secrets in namespaces, and whether they are given."""
    return {
        "--attach": attachment is not None,
        "--overwrite": policy.overwrite,
        "--recreate": policy.recreate,
    }
