"""kubectl pullsecret check."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, in_all_namespaces
from pullsecret.commands.flags.ibm_cloud import asked_sign_in, ibm_sign_in
from pullsecret.commands.help_text import IBM_CLOUD_FLAGS
from pullsecret.errors import UsageError
from pullsecret.model.check.catalogue import RULES
from pullsecret.model.go.printable import printable
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.targets import Targets


def known_code(text: str) -> str:
    """A code as the table has it, in capitals; "" for none.

    Raises:
        UsageError: there is no such code.
    """
    if text and text.upper() not in RULES:
        raise UsageError(f'unknown code "{printable(text)}"', hint=f"valid codes: {', '.join(RULES)}")
    return text.upper()


def check(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Names or patterns of the secrets to check (default: all)."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    from_file: Annotated[
        str,
        Option(
            "--from-file",
            metavar="FILE",
            help="Check a local .dockerconfigjson file or manifest instead of the cluster; - reads standard input.",
        ),
        CompletionHint("files"),
    ] = "",
    private: Annotated[
        bool, Option("--private", help="Also report IBM Cloud registries that lack a private.* entry.")
    ] = False,
    ibmcloud: Annotated[
        bool,
        Option(
            "--ibmcloud",
            help="Also ask IBM Cloud about the API keys under icr.io registries: whose they are, whether they are "
            "disabled, expiring or locked, and whether access policies allow the pods' images.",
            rich_help_panel=IBM_CLOUD_FLAGS,
        ),
    ] = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    explain: Annotated[
        str,
        Option("--explain", metavar="CODE", help="Explain a finding code and exit."),
        CompletionHint(choices=tuple(f"{rule.code}\t{rule.title}" for rule in RULES.values())),
    ] = "",
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml|sarif|junit", help="Output format.")] = "",
    program: Annotated[str, FlagGroup(flags.program)],
    is_global: GlobalSecret = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Find problems with pull secrets and the objects that reference them, without contacting a registry.

    Secrets are read the way the kubelet reads them. Reports unparsable entries, registry keys that match no image,
    mismatched usernames and passwords, expired tokens, stale copies, dangling references, and running pods whose secret
    is gone. Each finding comes with a command that fixes it. Exit status: 0 no findings, 1 findings, 2 error.

    Examples:
      # The current namespace
      {prog} check
      # The whole cluster
      {prog} check -A
      # Also what IBM Cloud says about the API keys for its registry
      {prog} check -A --ibmcloud
      # OpenShift's global pull secret, and copies of it in namespaces
      {prog} check --global
      # A .dockerconfigjson file before it becomes a secret
      {prog} check --from-file config.json
      # What a finding means
      {prog} check --explain PS203
    """
    form = flags.format_of(output, Format.NAME, Format.JSON, Format.YAML, *flags.FOR_PIPELINES)
    if explain:
        from pullsecret.report.explanations import print_explanation

        print_explanation(known_code(explain))
        return 0
    from functools import partial

    from pullsecret import pipeline
    from pullsecret.actions import check as action
    from pullsecret.actions import check_file as file_action
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.check import show

    shown = partial(show, style=CommandStyle(program=program, connection=connection))
    if from_file:
        if names:
            raise UsageError("NAME and --from-file cannot be used together")
        if ibmcloud:
            raise UsageError("--ibmcloud and --from-file cannot be used together")
        if is_global:
            raise UsageError("--from-file cannot be used with --global")
        offline = file_action.CheckFileRequest(file=from_file, needs_private=private, output=Output(format=form))
        return pipeline.run_offline(file_action, offline, shown)
    request = action.CheckRequest(
        names=flags.checked_patterns(names),
        needs_private=private,
        sign_in=asked_sign_in(sign_in, is_asked=ibmcloud),
        targets=targets,
        output=Output(format=form),
        connection=connection,
    )
    if is_global:
        from pullsecret.actions.composed import global_check

        check_global_target(request.names, targets, refused={"--ibmcloud": ibmcloud, "--private": private})
        return pipeline.run_query(global_check, in_all_namespaces(request), shown)
    return pipeline.run_query(action, request, shown)
