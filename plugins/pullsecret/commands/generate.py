"""kubectl pullsecret generate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.containerd_hosts import HostsFlags, hosts_options
from pullsecret.commands.flags.generating import job_options, role_options, scope_options
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.manifests.admission_policy import policy_documents
from pullsecret.model.manifests.cron_job import JobOptions, cron_job_documents
from pullsecret.model.manifests.document import Document
from pullsecret.model.manifests.external_secrets import external_secrets_documents
from pullsecret.model.manifests.kyverno import kyverno_documents
from pullsecret.model.manifests.roles import RoleOptions
from pullsecret.model.manifests.scope import Scope
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from pullsecret.actions.generate import GenerateRequest

MANIFEST_KINDS = {
    "cronjob": "a job that copies NAME... to namespaces as they appear: cronjob NAME... --image REF --schedule CRON",
    "admission-policy": "an admission policy that attaches NAME to service accounts as they are created",
    "kyverno": "policies with which Kyverno copies NAME and attaches it",
    "external-secrets": "what External Secrets copies NAME with",
    "containerd-hosts": "a DaemonSet for pulls through mirrors: --registry HOST --mirror URL --image REF -n NS",
    "rbac": "the roles that a command of this program needs: rbac -- COMMAND [flags]",
}
"""What can be generated, with a description."""

_FLAGS_OF = {
    "cronjob": "the flags of cronjob",
    "containerd-hosts": "the flags of containerd-hosts",
    "pods": "--image, --image-pull-secret and -n",
    "rbac": "the flags of rbac",
    "scope": "--serviceaccount, --exclude and --from",
}
"""What a message calls the flags of one kind, or of several."""

_HAVE_PODS = frozenset({"cronjob", "containerd-hosts"})
_HAVE_NO_SCOPE = frozenset({"rbac", "containerd-hosts"})

ENGINES: Mapping[str, Callable[[str, Scope], tuple[Document, ...]]] = {
    "admission-policy": policy_documents,
    "kyverno": kyverno_documents,
    "external-secrets": external_secrets_documents,
}
"""What makes the manifests for one secret, of kinds without flags of their own."""


def generate(
    words: Annotated[
        list[str] | None,
        Argument(
            metavar="KIND [NAME]...", help="; ".join(f"{kind}: {text}" for kind, text in MANIFEST_KINDS.items()) + "."
        ),
        CompletionHint(choices=tuple(f"{kind}\t{text}" for kind, text in MANIFEST_KINDS.items())),
    ] = None,
    *,
    output: Annotated[str, Option("-o", "--output", metavar="yaml|json", help="Output format.")] = "yaml",
    scope: Annotated[Scope, FlagGroup(scope_options)],
    job: Annotated[JobOptions, FlagGroup(job_options)],
    hosts: Annotated[HostsFlags, FlagGroup(hosts_options)],
    roles: Annotated[RoleOptions, FlagGroup(role_options)],
    program: Annotated[str, FlagGroup(flags.program)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Print manifests for namespaces that do not exist yet, for nodes, and for RBAC.

    Review them, and apply them with kubectl: nothing is sent to a cluster. Comments say what they do and do not do.

    Examples:
      # A job that copies all-icr-io to each new namespace within 5 minutes, and keeps copies up to date
      {prog} generate cronjob all-icr-io --image REF --schedule '*/5 * * * *' | kubectl apply -f -
      # An admission policy that attaches it to the default service account of each new namespace
      {prog} generate admission-policy all-icr-io | kubectl apply -f -
      # The same with Kyverno, which copies and attaches
      {prog} generate kyverno all-icr-io | kubectl apply -f -
      # With External Secrets, which copies
      {prog} generate external-secrets all-icr-io | kubectl apply -f -
      # On every node, pull images of Docker Hub through a mirror, and then from Docker Hub itself
      {prog} generate containerd-hosts --registry docker.io --mirror https://mirror.example.com --image REF -n nodes
      # What alice needs to copy a secret to team-a: a role in each namespace, and its binding
      {prog} generate rbac --bind-user alice -- copy all-icr-io -n team-a --attach
      # The same for a service account that does it in every namespace
      {prog} generate rbac --bind-serviceaccount ci/deployer -- copy all-icr-io -A | kubectl apply -f -
    """
    from pullsecret import pipeline
    from pullsecret.actions import generate as action
    from pullsecret.report.manifests import show_documents

    form = flags.format_of(output, Format.YAML, Format.JSON)
    kind, rest = kind_in(words or [])
    _check_flags(kind, _given(scope, job, hosts) | {"rbac": roles != RoleOptions()})
    output_as = Output(format=form)
    if kind == "rbac":
        request = _rbac_request(rest, roles, program, output_as, connection)
    else:
        documents = (
            _hosts_documents(rest, hosts, job) if kind == "containerd-hosts" else _documents(kind, rest, scope, job)
        )
        request = action.GenerateRequest(make=lambda _: documents, output=output_as, connection=connection)
    return pipeline.run_offline(action, request, show_documents)


def kind_in(words: Sequence[str]) -> tuple[str, Sequence[str]]:
    """The kind, and the words after it.

    Raises:
        UsageError: it is missing or unknown.
    """
    if not words or words[0] not in MANIFEST_KINDS:
        what = f'unknown kind "{printable(words[0])}"' if words else "a KIND is required"
        raise UsageError(what, hint=f"valid kinds: {', '.join(MANIFEST_KINDS)}")
    return words[0], words[1:]


def _given(scope: Scope, job: JobOptions, hosts: HostsFlags) -> dict[str, bool]:
    """Which flags are given, by what they are called in _FLAGS_OF."""
    of_pods = (job.image, job.image_pull_secret, job.targets.names)
    own = (job.schedule, job.time_zone, job.namespace, job.targets.selector, job.has_fence)
    default = JobOptions()
    return {
        "pods": any(of_pods),
        "cronjob": own != (default.schedule, default.time_zone, default.namespace, "", default.has_fence),
        "containerd-hosts": hosts != HostsFlags(),
        "scope": scope != Scope(),
    }


def _check_flags(kind: str, given: Mapping[str, bool]) -> None:
    """Refuse the flags of another kind.

    Raises:
        UsageError: there are some.
    """
    fitting = {kind} | ({"pods"} if kind in _HAVE_PODS else set()) | (set() if kind in _HAVE_NO_SCOPE else {"scope"})
    for other, is_given in given.items():
        if is_given and other not in fitting:
            raise UsageError(f"{_FLAGS_OF[other]} cannot be used with {kind}", hint=_hint(kind))


def _hint(kind: str) -> str:
    """Where the right flags are; those of the command that rbac is for are after `--`."""
    if kind == "rbac":
        return "put the command and its flags after --, for example: rbac -- copy all-icr-io -n team-a"
    return "see the flags of each kind in --help"


def _documents(kind: str, names: Sequence[str], scope: Scope, job: JobOptions) -> tuple[Document, ...]:
    """The manifests for new namespaces.

    Raises:
        UsageError: a name or a flag is missing.
    """
    secrets = flags.names_of(list(names), namespace_flag="--from")
    if kind in ENGINES:
        return ENGINES[kind](flags.single_name(list(secrets)), scope)
    for flag, value in {"--image": job.image, "--schedule": job.schedule}.items():
        if not value:
            raise UsageError(f"cronjob requires {flag}")
    return cron_job_documents(secrets, scope, job)


def _hosts_documents(words: Sequence[str], hosts: HostsFlags, job: JobOptions) -> tuple[Document, ...]:
    """The manifests for nodes.

    Raises:
        UsageError: a flag is missing, or there is a NAME.
    """
    from pullsecret.commands.flags.registry_mirrors import parsed_hosts
    from pullsecret.model.manifests.containerd_hosts import NodePod, containerd_hosts_documents

    if words:
        raise UsageError(f"containerd-hosts takes no NAME, got {len(words)}")
    if not job.image:
        raise UsageError("containerd-hosts requires --image")
    if len(job.targets.named) != 1 or job.targets.patterns:
        raise UsageError("containerd-hosts requires -n with the namespace of the DaemonSet, and with no other")
    pod = NodePod(namespace=job.targets.named[0], image=job.image, image_pull_secret=job.image_pull_secret)
    return containerd_hosts_documents(parsed_hosts(hosts), pod)


def _rbac_request(
    words: Sequence[str], options: RoleOptions, program: str, output: Output, connection: ConnectionFlags
) -> GenerateRequest:
    if not words:
        raise UsageError("rbac requires a command", hint=_hint("rbac"))
    from pullsecret.actions.generate import GenerateRequest
    from pullsecret.commands.other_command import usage_in
    from pullsecret.model.manifests.roles import role_documents

    usage, theirs = usage_in(words, program)
    return GenerateRequest(
        make=lambda namespace: role_documents(replace(usage, namespace=namespace), options),
        needs_namespace=not usage.targets.is_given or "" in usage.sources,
        output=output,
        connection=connection if theirs == ConnectionFlags() else theirs,
    )
