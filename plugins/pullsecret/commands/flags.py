"""The flags that verbs share, in kubectl's spelling, and the values that they make."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, TypeAlias

from typer import Option

from pullsecret.commands.completes import Completes
from pullsecret.errors import FlagError, UsageError
from pullsecret.model.connection import ConnectionFlags
from pullsecret.model.duration import seconds_of
from pullsecret.model.names import subdomain_problem
from pullsecret.model.pullsecret import Leave
from pullsecret.model.request import Attachment, DryRun, Format, Output
from pullsecret.model.serviceaccount import FIELDS
from pullsecret.model.shown import shown
from pullsecret.model.targets import Targets

WITHOUT_VALUE = {"--dry-run": "client", "--insecure-skip-tls-verify": "true", "--from-docker-config": ""}
"""What a flag means that stands without its value, which only `=` gives (pflag: NoOptDefVal)."""

TRUE = frozenset({"1", "t", "T", "true", "TRUE", "True"})
FALSE = frozenset({"0", "f", "F", "false", "FALSE", "False"})

MOST_PARALLEL = 256
_DIGITS = 4000  # Python refuses to read more

Words: TypeAlias = list[str] | None
"""A repeatable flag; each of its values may be a comma-separated list."""


def split(values: Words) -> tuple[str, ...]:
    """The words of a repeatable flag: `-n a,b -n c` is a, b, c."""
    return tuple(word for value in values or () for word in value.split(",") if word)


def checked_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of secrets or service accounts, each once.

    Raises:
        UsageError: one of them is no name that an object can have.
    """
    unique = tuple(dict.fromkeys(names))
    for name in unique:
        if problem := subdomain_problem(name):
            raise UsageError(f"invalid resource name {name[:70]!r}: {problem}")
    return unique


def connection(
    *,
    kubeconfig: Annotated[
        str, Option("--kubeconfig", metavar="FILE", help="Path to the kubeconfig file to use."), Completes("files")
    ] = "",
    context: Annotated[str, Option("--context", help="The kubeconfig context to use."), Completes("contexts")] = "",
    cluster: Annotated[str, Option("--cluster", help="The kubeconfig cluster to use."), Completes("clusters")] = "",
    user: Annotated[str, Option("--user", help="The kubeconfig user to use."), Completes("users")] = "",
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
        Completes("files"),
    ] = "",
    client_certificate: Annotated[
        str,
        Option("--client-certificate", metavar="FILE", help="Client certificate file for TLS."),
        Completes("files"),
    ] = "",
    client_key: Annotated[
        str, Option("--client-key", metavar="FILE", help="Client key file for TLS."), Completes("files")
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


Namespaces: TypeAlias = Annotated[
    Words,
    Option("-n", "--namespace", metavar="NS", help="Namespace to act on; repeatable, and a,b is two."),
    Completes("namespaces"),
]
Every: TypeAlias = Annotated[bool, Option("-A", "--all-namespaces", help="Act on every namespace.")]
Selector: TypeAlias = Annotated[
    str, Option("-l", "--selector", metavar="SELECTOR", help="Act on namespaces whose labels match (team=a,env!=x).")
]
Exclude: TypeAlias = Annotated[
    Words,
    Option("--exclude", metavar="PATTERN", help="Leave out namespaces of this name (kube-*); repeatable."),
    Completes("namespaces"),
]
CreateNamespaces: TypeAlias = Annotated[
    bool, Option("--create-namespaces", help="Make the namespaces named that are not there yet.")
]


def targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
) -> Targets:
    """The namespaces to act on, for verbs that make none."""
    return Targets(names=split(namespace), every=all_namespaces, selector=selector, exclude=split(exclude))


def making_targets(
    *,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    create_namespaces: CreateNamespaces = False,
) -> Targets:
    """The namespaces to act on, made first where they are missing, if asked for."""
    return Targets(
        names=split(namespace),
        every=all_namespaces,
        selector=selector,
        exclude=split(exclude),
        create_missing=create_namespaces,
    )


def copy_targets(
    *,
    to: Annotated[
        Words,
        Option("--to", metavar="NS", help="Namespace to copy to; the same as --namespace."),
        Completes("namespaces"),
    ] = None,
    namespace: Namespaces = None,
    all_namespaces: Every = False,
    selector: Selector = "",
    exclude: Exclude = None,
    create_namespaces: CreateNamespaces = False,
) -> Targets:
    """The same, with --to for -n: `copy NAME --from default --to team-a` is how people say it.

    Raises:
        UsageError: both were given, so -n was meant as the source.
    """
    if to and namespace:
        raise UsageError("--to and --namespace both name the target namespaces; for the source's namespace use --from")
    return making_targets(
        namespace=to or namespace,
        all_namespaces=all_namespaces,
        selector=selector,
        exclude=exclude,
        create_namespaces=create_namespaces,
    )


def output(
    *,
    output: Annotated[str, Option("-o", "--output", metavar="name|json|yaml", help="Output format.")] = "",
    dry_run: Annotated[
        str,
        Option(
            "--dry-run",
            metavar="none|client|server",
            help="client: only show what would be written (-o yaml: a manifest); server: let the server judge it.",
        ),
    ] = "none",
    quiet: Annotated[bool, Option("-q", "--quiet", help="Show no progress.")] = False,
) -> Output:
    """How a verb that writes tells its outcome, and whether it really writes."""
    if dry_run not in {mode.value for mode in DryRun}:
        raise UsageError(f'Invalid dry-run value ({shown(dry_run)}). Must be "none", "server", or "client".')
    return Output(format=format_of(output, Format.NAME, Format.JSON, Format.YAML), dry_run=DryRun(dry_run), quiet=quiet)


def format_of(text: str, *allowed: Format) -> Format:
    """The output format of a command that knows these.

    Raises:
        UsageError: it is another one, in kubectl's words.
    """
    known = {form.value: form for form in (Format.LINES, *allowed)}
    if text.lower() in known:
        return known[text.lower()]
    formats = ",".join(sorted(form.value for form in allowed))
    message = (
        f'unable to match a printer suitable for the output format "{shown(text)}", allowed formats are: {formats}'
    )
    raise UsageError(message)


def leave(
    *,
    overwrite: Annotated[
        bool, Option("--overwrite", help="Replace the data of a secret that is there and not made by this command.")
    ] = False,
    force: Annotated[
        bool,
        Option("--force", help="Delete and make anew a secret that is immutable or of another type."),
    ] = False,
) -> Leave:
    """What may be done to a secret of the same name."""
    return Leave(overwrite=overwrite, force=force)


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
        Completes("service-accounts"),
    ] = None,
    wait: Wait = "30s",
) -> Attachment | None:
    """The service accounts for verbs that attach only when asked; None when they are not."""
    if not (attach or serviceaccount):
        return None
    return Attachment(accounts=checked_names(split(serviceaccount)) or ("default",), wait=seconds("--wait", wait))


def attachment(
    *,
    serviceaccount: Annotated[
        Words,
        Option("--serviceaccount", metavar="SA", help="Service account, default: default; repeatable."),
        Completes("service-accounts"),
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
        raise UsageError(f'Invalid --for value ({shown(use)}). Must be "pull", "mount", or "pull,mount".')
    return Attachment(
        accounts=checked_names(split(serviceaccount)) or ("default",),
        every=all_serviceaccounts,
        fields=tuple(FIELDS[word] for word in uses),
        wait=seconds("--wait", wait),
    )


def truth(flag: str, text: str) -> bool:
    """A boolean flag's value as Go reads it (Go: strconv.ParseBool).

    Raises:
        FlagError: it is neither true nor false.
    """
    if text in TRUE:
        return True
    if text in FALSE:
        return False
    raise _invalid(flag, text, f'strconv.ParseBool: parsing "{shown(text)}": invalid syntax')


def whole(flag: str, text: str) -> int:
    """A whole number of 32 bits as Go reads it (Go: strconv.ParseInt).

    Raises:
        FlagError: it is none.
    """
    if not re.fullmatch(r"[-+]?[0-9]+", text):
        raise _invalid(flag, text, f'strconv.ParseInt: parsing "{shown(text)}": invalid syntax')
    if len(text) > _DIGITS or not -(2**31) <= int(text) < 2**31:
        raise _invalid(flag, text, f'strconv.ParseInt: parsing "{shown(text)}": value out of range')
    return int(text)


def parallel_requests(text: str) -> int:
    """The number of `--parallel`.

    Raises:
        FlagError: it is no number.
        UsageError: it is out of bounds.
    """
    number = whole("--parallel", text)
    if not 1 <= number <= MOST_PARALLEL:
        raise UsageError(f"--parallel must be from 1 to {MOST_PARALLEL}, not {number}")
    return number


def _invalid(flag: str, text: str, reason: str) -> FlagError:
    return FlagError(f'invalid argument "{shown(text)}" for "{flag}" flag: {reason}')


def seconds(flag: str, text: str) -> float:
    """The seconds of a duration that must not be negative.

    Raises:
        FlagError: it is no duration.
    """
    value = seconds_of(text)
    if value is None or value < 0:
        raise _invalid(flag, text, f'time: invalid duration "{shown(text)}"')
    return value


def some_names(names: Words) -> tuple[str, ...]:
    """The names given to a verb that needs at least one.

    Raises:
        UsageError: none was given, or one is no name that an object can have.
    """
    if not names:
        raise UsageError("at least one NAME is required")
    return checked_names(names)


def one_name(names: Words, *, default: str = "") -> str:
    """The name given to a verb that makes one secret.

    Raises:
        UsageError: not exactly one, in kubectl's words, or one that no object can have.
    """
    given = names or ([default] if default else [])
    if len(given) != 1:
        raise UsageError(f"exactly one NAME is required, got {len(given)}")
    return checked_names(given)[0]
