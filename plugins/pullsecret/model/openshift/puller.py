"""The account whose tokens clients outside a cluster pull with, and the one role that it has.

ClusterRole system:image-puller allows to get imagestreams/layers, which is what the internal registry asks for before a
pull (OpenShift documentation: "Allowing pods to reference images across projects").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, mapping_at, mappings_at, name_of, text_at
from pullsecret.model.objects.pullsecret import MANAGED_LABELS, is_marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.objects.objects import Object

PULLER: Final = "pullsecret-puller"
"""The name of the account and of its role binding."""

PULLER_ROLE: Final = "system:image-puller"
_RBAC: Final = "rbac.authorization.k8s.io"


def puller_account(current: Object | None, project: str) -> Object:
    """The desired state of the account: created where it is missing, and otherwise as it is.

    Raises:
        RefusedError: it is not managed by this program, so that it may be for something else.
    """
    if current is None:
        return {
            "apiVersion": Kind.SERVICE_ACCOUNT.group,
            "kind": Kind.SERVICE_ACCOUNT.title,
            "metadata": {"name": PULLER, "namespace": project, "labels": dict(MANAGED_LABELS)},
            "automountServiceAccountToken": False,
        }
    if not is_marked(current):
        raise RefusedError(
            f'serviceaccounts "{PULLER}" in namespace {project} is not managed by kubectl-pullsecret; use '
            f"--token-serviceaccount {PULLER} for a token with all that it may do"
        )
    return current


def puller_binding(current: Object | None, project: str) -> Object:
    """The desired state of the account's role binding: created where it is missing, and otherwise as it is.

    Raises:
        RefusedError: it is not managed by this program, or binds another role or other subjects.
    """
    new = _binding(project)
    if current is None:
        return new
    is_same = mapping_at(current, "roleRef") == new["roleRef"] and _subjects(current) == _subjects(new)
    if not (is_marked(current) and is_same):
        raise RefusedError(
            f'rolebindings "{PULLER}" in namespace {project} was not made by kubectl-pullsecret for '
            f"serviceaccount/{PULLER} and ClusterRole {PULLER_ROLE}; delete it first"
        )
    return current


def check_other_roles(bindings: Iterable[Object], project: str) -> None:
    """Refuse to make a token of the account when role bindings of its project give it more than pulls.

    Raises:
        RefusedError: one does.
    """
    for binding in bindings:
        role = mapping_at(binding, "roleRef")
        if not _is_puller_role(role) and any(
            _is_account(subject, project) for subject in mappings_at(binding, "subjects")
        ):
            raise RefusedError(
                f"rolebinding/{printable(name_of(binding))} gives serviceaccount/{PULLER} in namespace {project} the "
                f"role {printable(text_at(role, 'name'))}, too; remove that, or use --token-serviceaccount {PULLER} "
                "for a token with all that it may do"
            )


def shared_role_warnings(bindings: Iterable[Object], project: str) -> Iterator[str]:
    """A warning for each role binding that gives all accounts of the project more than pulls, and so its token."""
    everyone = f"system:serviceaccounts:{project}"
    for binding in bindings:
        role = mapping_at(binding, "roleRef")
        groups = (text_at(subject, "name") for subject in mappings_at(binding, "subjects") if _is_group(subject))
        if everyone in groups and not _is_puller_role(role):
            yield (
                f"warning: rolebinding/{printable(name_of(binding))} in namespace {project} gives all its service "
                f"accounts the role {printable(text_at(role, 'name'))}: who can read the secret can use that, too"
            )


def _is_puller_role(role: Object) -> bool:
    return (role.get("kind"), role.get("name")) == ("ClusterRole", PULLER_ROLE)


def _is_group(subject: Object) -> bool:
    return text_at(subject, "kind") == "Group"


def _binding(project: str) -> Object:
    return {
        "apiVersion": Kind.ROLE_BINDING.group,
        "kind": Kind.ROLE_BINDING.title,
        "metadata": {"name": PULLER, "namespace": project, "labels": dict(MANAGED_LABELS)},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": PULLER_ROLE},
        "subjects": [{"kind": "ServiceAccount", "name": PULLER, "namespace": project}],
    }


def _subjects(binding: Object) -> list[tuple[object, ...]]:
    return [
        (subject.get("kind"), subject.get("name"), subject.get("namespace"))
        for subject in mappings_at(binding, "subjects")
    ]


def _is_account(subject: Object, project: str) -> bool:
    """Whether a subject is the account itself; `shared_role_warnings` is about groups."""
    kind, name = subject.get("kind"), subject.get("name")
    is_named = (kind, name, subject.get("namespace")) == ("ServiceAccount", PULLER, project)
    return is_named or (kind, name) == ("User", f"system:serviceaccount:{project}:{PULLER}")
