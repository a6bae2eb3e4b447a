"""kubectl's own flags: which cluster, as which user, with which timeout."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from typer import Context, Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import AUTO, Repeated, parse_bool, parse_int, parse_parallel
from pullsecret.commands.help_text import GLOBAL_FLAGS
from pullsecret.model.request.connection import ConnectionFlags

_option = partial(Option, rich_help_panel=GLOBAL_FLAGS)


def connection(
    *,
    kubeconfig: Annotated[
        str,
        _option("--kubeconfig", metavar="FILE", help="Path to the kubeconfig file to use for CLI requests."),
        CompletionHint("files"),
    ] = "",
    context: Annotated[
        str,
        _option("--context", metavar="NAME", help="The name of the kubeconfig context to use."),
        CompletionHint("contexts"),
    ] = "",
    cluster: Annotated[
        str,
        _option("--cluster", metavar="NAME", help="The name of the kubeconfig cluster to use."),
        CompletionHint("clusters"),
    ] = "",
    user: Annotated[
        str, _option("--user", metavar="NAME", help="The name of the kubeconfig user to use."), CompletionHint("users")
    ] = "",
    api_server: Annotated[
        str, _option("-s", "--server", metavar="URL", help="The address and port of the Kubernetes API server.")
    ] = "",
    token: Annotated[
        str, _option("--token", metavar="TOKEN", help="Bearer token for authentication to the API server.")
    ] = "",
    as_user: Annotated[str, _option("--as", metavar="USER", help="Username to impersonate.")] = "",
    as_group: Annotated[
        Repeated, _option("--as-group", metavar="GROUP", help="Group to impersonate; repeatable.")
    ] = None,
    as_uid: Annotated[str, _option("--as-uid", metavar="UID", help="UID to impersonate.")] = "",
    certificate_authority: Annotated[
        str,
        _option("--certificate-authority", metavar="FILE", help="Path to a cert file for the certificate authority."),
        CompletionHint("files"),
    ] = "",
    client_certificate: Annotated[
        str,
        _option("--client-certificate", metavar="FILE", help="Path to a client certificate file for TLS."),
        CompletionHint("files"),
    ] = "",
    client_key: Annotated[
        str,
        _option("--client-key", metavar="FILE", help="Path to a client key file for TLS."),
        CompletionHint("files"),
    ] = "",
    insecure_skip_tls_verify: Annotated[
        str | None,
        _option(
            "--insecure-skip-tls-verify",
            metavar="true|false",
            help="Skip verification of the API server's certificate (insecure).",
        ),
    ] = None,
    tls_server_name: Annotated[
        str,
        _option("--tls-server-name", metavar="NAME", help="Server name to use for server certificate validation."),
    ] = "",
    request_timeout: Annotated[
        str,
        _option(
            "--request-timeout",
            metavar="DURATION",
            help="Timeout for a single request (for example 5s, 2m); 0 means the default.",
        ),
    ] = "0",
    disable_compression: Annotated[
        bool, _option("--disable-compression", help="Opt out of response compression.")
    ] = False,
    parallel: Annotated[
        str,
        _option(
            "--parallel",
            metavar="N|auto",
            help="Number of namespaces to process concurrently (1-256); auto follows the server's answers.",
        ),
    ] = AUTO,
    verbosity: Annotated[
        str,
        _option("-v", "--v", metavar="LEVEL", help="Log level; 6 and above log each request, never bodies."),
    ] = "0",
) -> ConnectionFlags:
    """Which cluster, as which user, with which timeout: kubectl's own flags."""
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
            None
            if insecure_skip_tls_verify is None
            else parse_bool("--insecure-skip-tls-verify", insecure_skip_tls_verify)
        ),
        tls_server_name=tls_server_name,
        request_timeout=request_timeout,
        disable_compression=disable_compression,
        parallel=parse_parallel(parallel),
        verbosity=parse_int("-v, --v", verbosity),
    )


def program(*, command_line: Context) -> str:
    """The words before the command: `kubectl pullsecret`."""
    path = command_line.info_name or ""
    return path.rpartition(" ")[0]
