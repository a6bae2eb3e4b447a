"""The flags of `generate`, a group for each kind of manifest."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from typer import Option

from pullsecret.commands.help_text import kind_flags
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.manifests.roles import BoundSubject, RoleOptions
from pullsecret.model.objects.objects import label_problem, subdomain_problem

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
