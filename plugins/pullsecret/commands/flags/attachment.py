"""The service accounts that should reference a secret, or should not any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.output import ForceConflicts
from pullsecret.commands.flags.values import Repeated, checked_names, parse_seconds, split
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.build_config import BuildUse
from pullsecret.model.objects.serviceaccount import FIELDS
from pullsecret.model.request.build_names import BuildNames
from pullsecret.model.request.command_request import Attachment
from pullsecret.model.request.workload_name import WorkloadName, workload_names

Accounts: TypeAlias = Annotated[
    Repeated,
    Option("--serviceaccount", metavar="SA", help='Service account to edit (default "default"); repeatable.'),
    CompletionHint("service-accounts"),
]
EveryAccount: TypeAlias = Annotated[
    bool, Option("--all-serviceaccounts", help="Edit all service accounts in the target namespaces.")
]
Use: TypeAlias = Annotated[
    str | None,
    Option(
        "--for",
        metavar="pull|mount|push",
        help="Which list to edit: imagePullSecrets (pull, the default), secrets (mount), or both (pull,mount); with "
        "--buildconfig, which secret: that to pull with, to push with, or both (push,pull).",
    ),
    CompletionHint(choices=("pull", "mount", "pull,mount", "push", "push,pull")),
]
BuildConfigs: TypeAlias = Annotated[
    Repeated,
    Option(
        "--buildconfig",
        metavar="BC",
        help="Edit the secret of this build config (OpenShift) instead, which its next builds use; repeatable.",
    ),
    CompletionHint("build-configs"),
]
Workloads: TypeAlias = Annotated[
    Repeated,
    Option(
        "--workload",
        metavar="TYPE/NAME",
        help="Edit the list in the pod template of this workload instead, which rolls it out; repeatable.",
    ),
    CompletionHint("workloads"),
]
WaitOption: TypeAlias = Annotated[
    str,
    Option(
        "--wait",
        metavar="DURATION",
        help="How long to wait for the default service account of a new namespace.",
    ),
]


def attach_if_asked(
    *,
    attach: Annotated[
        bool, Option("--attach", help="Also add the secret to imagePullSecrets of the default service account.")
    ] = False,
    serviceaccount: Annotated[
        Repeated,
        Option(
            "--serviceaccount",
            metavar="SA",
            help='Service account to attach to instead of "default"; repeatable; implies --attach.',
        ),
        CompletionHint("service-accounts"),
    ] = None,
    wait: WaitOption = "30s",
) -> Attachment | None:
    """The service accounts for commands that attach only on request; None without --attach."""
    seconds = parse_seconds("--wait", wait)
    if not (attach or serviceaccount):
        return None
    return Attachment(accounts=_accounts(serviceaccount), wait=seconds)


def attachment(
    *,
    serviceaccount: Accounts = None,
    all_serviceaccounts: EveryAccount = False,
    use: Use = None,
    workload: Workloads = None,
    buildconfig: BuildConfigs = None,
    keep_account_secrets: Annotated[
        bool,
        Option(
            "--keep-account-secrets",
            help="With --workload: also add the secrets of its service account, which a list of its own hides.",
        ),
    ] = False,
    wait: WaitOption = "30s",
    overwrite: Annotated[
        bool, Option("--overwrite", help="With --buildconfig: also replace another secret that it has already.")
    ] = False,
    force_conflicts: ForceConflicts = False,
) -> Attachment:
    """The service accounts or workloads to attach to, and which of their lists.

    Raises:
        UsageError: an unknown list, or two ways to name where to attach.
    """
    if keep_account_secrets and not workload:
        raise UsageError("--keep-account-secrets requires --workload")
    if overwrite and not buildconfig:
        raise UsageError("--overwrite requires --buildconfig: a list keeps its other entries")
    seconds = parse_seconds("--wait", wait)
    builds = _builds(buildconfig, use, is_else=bool(serviceaccount or all_serviceaccounts or workload))
    if builds:
        return Attachment(builds=replace(builds, overwrites=overwrite), force_conflicts=force_conflicts)
    found = _attachment(serviceaccount, _list_of(use), seconds, every=all_serviceaccounts)
    workloads = _workloads(workload, found, serviceaccount)
    return replace(
        found, force_conflicts=force_conflicts, workloads=workloads, keep_account_secrets=keep_account_secrets
    )


def detachment(
    *,
    serviceaccount: Accounts = None,
    all_serviceaccounts: EveryAccount = False,
    use: Use = None,
    workload: Workloads = None,
    buildconfig: BuildConfigs = None,
    force_conflicts: ForceConflicts = False,
) -> Attachment:
    """The service accounts or workloads to detach from, which must exist already, and which of their lists.

    Raises:
        UsageError: an unknown list, or two ways to name where to detach.
    """
    builds = _builds(buildconfig, use, is_else=bool(serviceaccount or all_serviceaccounts or workload))
    if builds:
        return Attachment(builds=builds, force_conflicts=force_conflicts)
    found = _attachment(serviceaccount, _list_of(use), 0, every=all_serviceaccounts)
    return replace(found, force_conflicts=force_conflicts, workloads=_workloads(workload, found, serviceaccount))


def _workloads(words: Repeated, found: Attachment, serviceaccount: Repeated) -> tuple[WorkloadName, ...]:
    """The workloads of --workload, which have one list and no service account to choose."""
    if words and (serviceaccount or found.every):
        raise UsageError("--workload cannot be used with --serviceaccount or --all-serviceaccounts")
    if words and found.fields != (FIELDS["pull"],):
        raise UsageError("--workload edits imagePullSecrets only: --for mount cannot be used with it")
    return workload_names(split(words))


def _list_of(use: str | None) -> str:
    return "pull" if use is None else use


def _builds(words: Repeated, use: str | None, *, is_else: bool) -> BuildNames | None:
    """The build configs of --buildconfig, and which of their secrets; None for none. `is_else`: something else, too."""
    if not words:
        return None
    if is_else:
        raise UsageError("--buildconfig cannot be used with --serviceaccount, --all-serviceaccounts or --workload")
    names = tuple(word.removeprefix("buildconfig/").removeprefix("bc/") for word in split(words))
    checked = checked_names(list(names))
    if not checked:
        raise UsageError("the name of a --buildconfig may not be empty")
    uses = tuple(dict.fromkeys(split([use or ""])))
    if not uses or not set(uses) <= {known.value for known in BuildUse}:
        raise UsageError('--buildconfig requires --for "push", "pull", or "push,pull"')
    return BuildNames(names=checked, uses=tuple(map(BuildUse, uses)))


def _accounts(serviceaccount: Repeated) -> tuple[str, ...]:
    names = checked_names(split(serviceaccount))
    if serviceaccount and not names:
        raise UsageError("the name of a --serviceaccount may not be empty")
    return names or ("default",)


def _attachment(serviceaccount: Repeated, use: str, wait: float, *, every: bool) -> Attachment:
    if serviceaccount and every:
        raise UsageError("--serviceaccount and --all-serviceaccounts cannot be used together")
    uses = tuple(dict.fromkeys(split([use])))
    if BuildUse.PUSH.value in uses:
        raise UsageError("--for=push requires --buildconfig")
    if not uses or not set(uses) <= set(FIELDS):
        raise UsageError(f'Invalid --for value ({printable(use)}). Must be "pull", "mount", or "pull,mount".')
    return Attachment(
        accounts=_accounts(serviceaccount),
        every=every,
        fields=tuple(FIELDS[word] for word in uses),
        wait=wait,
    )
