"""The service accounts that shall name a secret, or shall no more."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Words, checked_names, seconds, split
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.serviceaccount import FIELDS
from pullsecret.model.request.common import Attachment

Wait: TypeAlias = Annotated[
    str,
    Option("--wait", metavar="DURATION", help="How long the default service account of a new namespace may take."),
]


def attach_if_asked(
    *,
    attach: Annotated[
        bool, Option("--attach", help="Then add the secret to the imagePullSecrets of service accounts.")
    ] = False,
    serviceaccount: Annotated[
        Words,
        Option("--serviceaccount", metavar="SA", help="Service account to attach to, not default; implies --attach."),
        CompletionHint("service-accounts"),
    ] = None,
    wait: Wait = "30s",
) -> Attachment | None:
    """The service accounts for commands that attach only when asked; None when they are not."""
    if not (attach or serviceaccount):
        return None
    return Attachment(accounts=checked_names(split(serviceaccount)) or ("default",), wait=seconds("--wait", wait))


def attachment(
    *,
    serviceaccount: Annotated[
        Words,
        Option("--serviceaccount", metavar="SA", help="Service account, default: default; repeatable."),
        CompletionHint("service-accounts"),
    ] = None,
    all_serviceaccounts: Annotated[
        bool, Option("--all-serviceaccounts", help="Every service account of the namespaces.")
    ] = False,
    use: Annotated[
        str, Option("--for", metavar="pull|mount|pull,mount", help="Edit imagePullSecrets, secrets, or both.")
    ] = "pull",
    wait: Wait = "30s",
) -> Attachment:
    """The service accounts, and which of their lists.

    Raises:
        UsageError: a list that is not there to edit, or two ways to name the service accounts.
    """
    if serviceaccount and all_serviceaccounts:
        raise UsageError("--serviceaccount and --all-serviceaccounts cannot be used together")
    uses = tuple(dict.fromkeys(split([use])))
    if not uses or not set(uses) <= set(FIELDS):
        raise UsageError(f'Invalid --for value ({printable(use)}). Must be "pull", "mount", or "pull,mount".')
    return Attachment(
        accounts=checked_names(split(serviceaccount)) or ("default",),
        every=all_serviceaccounts,
        fields=tuple(FIELDS[word] for word in uses),
        wait=seconds("--wait", wait),
    )
