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


def check_file_flags(targets: Targets, refused: dict[str, bool]) -> None:
    """Refuse what cannot be used with --from-file.

    Raises:
        UsageError: one of these flags is given, or namespaces are selected by more than one name.
    """
    if wrong := next((flag for flag, is_given in refused.items() if is_given), ""):
        raise UsageError(f"{wrong} and --from-file cannot be used together")
    if targets.selector or targets.patterns or targets.exclude or len(targets.named) > 1:
        hint = "objects with a namespace of their own are checked in that one"
        raise UsageError("--from-file takes one namespace, for the objects that have none: -n NAMESPACE", hint=hint)


def check(
    names: Annotated[
        list[str] | None,
        Argument(
            metavar="[NAME]...",
            help="Names or patterns of the secrets to check (default: all); with --from-file, more files.",
        ),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    from_file: Annotated[
        list[str] | None,
        Option(
            "--from-file",
            metavar="FILE|DIR",
            help="Check manifests or a .dockerconfigjson file instead of the cluster; repeatable; - reads standard "
            "input. With -n, --context or another flag that selects a cluster, also look up what they reference.",
        ),
        CompletionHint("files"),
    ] = None,
    recursive: Annotated[
        bool, Option("-R", "--recursive", help="With --from-file, also read the folders in a folder.")
    ] = False,
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
      # Manifests before they are applied, without a cluster
      helm template shop ./chart | {prog} check --from-file -
      # Manifests of a folder, and the secrets of namespace shop in the cluster that they reference
      {prog} check --from-file deploy/ -n shop
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
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.check import show

    shown = partial(show, style=CommandStyle(program=program, connection=connection))
    if from_file:
        from pullsecret.actions import check_file as file_action

        check_file_flags(targets, refused={"--ibmcloud": ibmcloud, "--global": is_global})
        in_files = file_action.CheckFileRequest(
            files=(*from_file, *(names or ())),
            is_recursive=recursive,
            needs_private=private,
            targets=targets,
            output=Output(format=form),
            connection=connection,
        )
        if not (targets.is_given or targets.contexts.is_given or connection.names_cluster):
            return pipeline.run_offline(file_action, in_files, shown)
        from pullsecret.actions.composed import check_file_in_cluster

        return pipeline.run_query(check_file_in_cluster, in_files, shown)
    if recursive:
        raise UsageError("--recursive can only be used with --from-file")
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
