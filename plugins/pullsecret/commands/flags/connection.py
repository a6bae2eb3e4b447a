"""kubectl's own flags: which cluster, as whom, for how long."""

from __future__ import annotations

from typing import Annotated

from typer import Context, Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Words, parallel_requests, truth, whole
from pullsecret.model.request.connection import ConnectionFlags


def connection(
    *,
    kubeconfig: Annotated[
        str, Option("--kubeconfig", metavar="FILE", help="Path to the kubeconfig file to use."), CompletionHint("files")
    ] = "",
    context: Annotated[
        str, Option("--context", help="The kubeconfig context to use."), CompletionHint("contexts")
    ] = "",
    cluster: Annotated[
        str, Option("--cluster", help="The kubeconfig cluster to use."), CompletionHint("clusters")
    ] = "",
    user: Annotated[str, Option("--user", help="The kubeconfig user to use."), CompletionHint("users")] = "",
    api_server: Annotated[
        str, Option("-s", "--server", metavar="URL", help="The address of the Kubernetes API server.")
    ] = "",
    token: Annotated[str, Option("--token", help="Bearer token for authentication to the API server.")] = "",
    as_user: Annotated[str, Option("--as", metavar="USER", help="Username to impersonate.")] = "",
    as_group: Annotated[Words, Option("--as-group", metavar="GROUP", help="Group to impersonate; repeatable.")] = None,
    as_uid: Annotated[str, Option("--as-uid", metavar="UID", help="UID to impersonate.")] = "",
    certificate_authority: Annotated[
        str,
        Option("--certificate-authority", metavar="FILE", help="Certificate file of the API server's authority."),
        CompletionHint("files"),
    ] = "",
    client_certificate: Annotated[
        str,
        Option("--client-certificate", metavar="FILE", help="Client certificate file for TLS."),
        CompletionHint("files"),
    ] = "",
    client_key: Annotated[
        str, Option("--client-key", metavar="FILE", help="Client key file for TLS."), CompletionHint("files")
    ] = "",
    insecure_skip_tls_verify: Annotated[
        str | None,
        Option(
            "--insecure-skip-tls-verify",
            metavar="true|false",
            help="Do not check the API server's certificate: insecure.",
        ),
    ] = None,
    tls_server_name: Annotated[
        str, Option("--tls-server-name", metavar="NAME", help="Server name to check the API server's certificate for.")
    ] = "",
    request_timeout: Annotated[
        str,
        Option("--request-timeout", metavar="DURATION", help="How long one request may take: 5, 5s, 2m; 0: default."),
    ] = "0",
    disable_compression: Annotated[
        bool, Option("--disable-compression", help="Do not ask for compressed responses.")
    ] = False,
    parallel: Annotated[
        str, Option("--parallel", metavar="N", help="How many namespaces to work on at a time: 1 to 256.")
    ] = "16",
    verbosity: Annotated[
        str, Option("-v", "--v", metavar="LEVEL", help="Log level: from 6 on, each request; never a body.")
    ] = "0",
) -> ConnectionFlags:
    """Which cluster, as whom, for how long: kubectl's own flags."""
    return ConnectionFlags(
        kubeconfig=kubeconfig,
        context=context,
        cluster=cluster,
        user=user,
        server=api_server,
        token=token,
        as_user=as_user,
        as_groups=tuple(as_group or ()),
        as_uid=as_uid,
        certificate_authority=certificate_authority,
        client_certificate=client_certificate,
        client_key=client_key,
        insecure_skip_tls_verify=(
            None if insecure_skip_tls_verify is None else truth("--insecure-skip-tls-verify", insecure_skip_tls_verify)
        ),
        tls_server_name=tls_server_name,
        request_timeout=request_timeout,
        disable_compression=disable_compression,
        parallel=parallel_requests(parallel),
        verbosity=whole("-v, --v", verbosity),
    )


def program(*, command_line: Context) -> str:
    """The words before the command: `kubectl pullsecret`."""
    path = command_line.info_name or ""
    return path.rpartition(" ")[0]
