"""The flags of `generate`, a group for each kind of manifest."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, checked_names, split
from pullsecret.commands.help_text import kind_flags
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.manifests.cron_job import JobOptions
from pullsecret.model.manifests.cron_schedule import check_schedule
from pullsecret.model.manifests.roles import BoundSubject, RoleOptions
from pullsecret.model.manifests.scope import Scope
from pullsecret.model.objects.objects import label_problem, subdomain_problem
from pullsecret.model.request.targets import Targets

_policies = partial(Option, rich_help_panel=kind_flags("all kinds but containerd-hosts and rbac"))
_job = partial(Option, rich_help_panel=kind_flags("cronjob"))
_pods = partial(Option, rich_help_panel=kind_flags("cronjob and containerd-hosts"))
_rbac = partial(Option, rich_help_panel=kind_flags("rbac"))


def role_options(
    *,
    bind_user: Annotated[str, _rbac("--bind-user", metavar="USER", help="Bind the roles to a user.")] = "",
    bind_group: Annotated[str, _rbac("--bind-group", metavar="GROUP", help="Bind the roles to a group.")] = "",
    bind_serviceaccount: Annotated[
        str, _rbac("--bind-serviceaccount", metavar="NS/SA", help="Bind the roles to a service account.")
    ] = "",
    optional: Annotated[bool, _rbac("--optional", help="Also grant what only improves the output of COMMAND.")] = False,
) -> RoleOptions:
    """Whom the roles are bound to, and whether they grant what is optional.

    Raises:
        UsageError: there are several subjects, or the service account is none.
    """
    named = {"User": bind_user, "Group": bind_group}
    subjects = [BoundSubject(kind=kind, name=name) for kind, name in named.items() if name]
    if bind_serviceaccount:
        subjects.append(_service_account(bind_serviceaccount))
    if len(subjects) > 1:
        raise UsageError("only one of --bind-user, --bind-group and --bind-serviceaccount can be used")
    return RoleOptions(subject=subjects[0] if subjects else None, with_optional=optional)


def _service_account(text: str) -> BoundSubject:
    namespace, _, name = text.partition("/")
    if label_problem(namespace) or subdomain_problem(name):
        raise UsageError(f'invalid --bind-serviceaccount "{printable(text)}": it must be NAMESPACE/NAME')
    return BoundSubject(kind="ServiceAccount", name=name, namespace=namespace)


def scope_options(
    *,
    serviceaccount: Annotated[
        Repeated,
        _policies(
            "--serviceaccount", metavar="SA", help='Service account to attach to (default "default"); repeatable.'
        ),
        CompletionHint("service-accounts"),
    ] = None,
    exclude: Annotated[
        Repeated, _policies("--exclude", metavar="PATTERN", help="Namespaces that take no part; repeatable.")
    ] = None,
    from_namespace: Annotated[
        str, _policies("--from", metavar="NS", help="Namespace of the source."), CompletionHint("source-namespaces")
    ] = "default",
) -> Scope:
    """Which secret goes where: what the manifests for new namespaces have in common.

    Raises:
        UsageError: a name or a pattern is not valid.
    """
    if problem := label_problem(from_namespace):
        raise UsageError(f"invalid namespace {from_namespace[:70]!r}: {problem}")
    excluded = Targets(every=True, exclude=split(exclude)).exclude
    return Scope(
        source=from_namespace, accounts=checked_names(split(serviceaccount)) or ("default",), excluded=excluded
    )


def job_options(
    *,
    image: Annotated[str, _pods("--image", metavar="REF", help="Image of kubectl-pullsecret that pods run.")] = "",
    schedule: Annotated[
        str, _job("--schedule", metavar="CRON", help="When the job runs (for example '*/5 * * * *').")
    ] = "",
    time_zone: Annotated[
        str, _job("--time-zone", metavar="TZ", help="Time zone of the schedule (for example Etc/UTC).")
    ] = "",
    job_namespace: Annotated[
        str,
        _job("--job-namespace", metavar="NS", help="Namespace of the job, which is for it alone."),
        CompletionHint("namespaces"),
    ] = "kubectl-pullsecret",
    image_pull_secret: Annotated[
        str,
        _pods("--image-pull-secret", metavar="NAME", help="Pull secret in the namespace of the pods for this image."),
    ] = "",
    namespace: Annotated[
        Repeated,
        _pods(
            "-n",
            "--namespace",
            metavar="NS",
            help="cronjob: copy to these namespaces only, with a Role in each; repeatable. "
            "containerd-hosts: namespace of the DaemonSet.",
        ),
        CompletionHint("namespaces"),
    ] = None,
    selector: Annotated[
        str, _job("-l", "--namespace-selector", metavar="SELECTOR", help="Copy to namespaces with these labels only.")
    ] = "",
    no_fence: Annotated[
        bool,
        _job("--no-fence", help="With -n: without the admission policy, for servers before Kubernetes 1.30."),
    ] = False,
) -> JobOptions:
    """When and where the job runs, and what it copies to.

    Raises:
        UsageError: a value is not valid.
    """
    named = split(namespace)
    if problem := label_problem(job_namespace):
        raise UsageError(f"invalid namespace {job_namespace[:70]!r}: {problem}")
    if schedule:
        check_schedule(schedule)
    return JobOptions(
        image=image,
        schedule=schedule,
        time_zone=time_zone,
        namespace=job_namespace,
        image_pull_secret=next(iter(checked_names(split([image_pull_secret]))), ""),
        targets=Targets(names=named, every=not (named or selector), selector=selector),
        has_fence=not no_fence,
    )
