"""Which service accounts may pull a project's images from the internal registry: the RoleBindings of allow-pull.

The registry asks the API server whether the user of a token may `get` `imagestreams/layers` of an image's project
(openshift/image-registry: pkg/dockerregistry/server/auth.go). ClusterRole system:image-puller allows just that
(openshift-apiserver: pkg/bootstrappolicy/policy.go), so a RoleBinding to it in the images' project takes the place of
a secret in every other project, and does not end with a token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Kind, mapping_at, mappings_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import MANAGED_LABELS, is_marked
from pullsecret.model.openshift.puller import PULLER_ROLE
from pullsecret.model.owners.find_owner import is_controlled, maker_of
from pullsecret.model.request.suggested_command import Flag, pullsecret

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand

_PULLING_ROLES: Final = frozenset(
    {
        PULLER_ROLE,
        *("system:image-pusher", "system:image-builder", "system:image-signer"),
        *("registry-admin", "registry-editor", "registry-viewer"),
        *("admin", "edit", "cluster-admin", "cluster-reader"),
    }
)
"""OpenShift's cluster roles that allow to get imagestreams/layers
(openshift-apiserver: test/testdata/bootstrappolicy/bootstrap_cluster_roles.yaml)."""

_RBAC: Final = "rbac.authorization.k8s.io"
_PREFIX: Final = "pullsecret-image-puller-"
_ACCOUNTS: Final = "system:serviceaccounts"
_EVERYONE: Final = frozenset({_ACCOUNTS, "system:authenticated"})
"""The groups that have the service accounts of all projects (kubernetes: apiserver pkg/authentication/user/user.go)."""


@dataclass(frozen=True, kw_only=True)
class Puller:
    """A service account of a project; with the name "" all of its accounts, also those to come."""

    project: str
    account: str = ""

    def __str__(self) -> str:
        """`serviceaccount/app of project team-a`, `all service accounts of project team-a`."""
        what = f"serviceaccount/{self.account}" if self.account else "all service accounts"
        return f"{what} of project {self.project}"

    @property
    def subject(self) -> Object:
        """The subject of a RoleBinding."""
        if self.account:
            return {"kind": Kind.SERVICE_ACCOUNT.title, "name": self.account, "namespace": self.project}
        return {"apiGroup": _RBAC, "kind": "Group", "name": f"{_ACCOUNTS}:{self.project}"}

    def is_in(self, subject: Object) -> bool:
        """Whether a subject is the account, or a group that it belongs to."""
        kind, name = text_at(subject, "kind"), text_at(subject, "name")
        if kind == "Group":
            return name in _EVERYONE or name == f"{_ACCOUNTS}:{self.project}"
        if kind == "User":
            return bool(self.account) and name == f"system:serviceaccount:{self.project}:{self.account}"
        return bool(self.account) and _is_account_of(subject, self.project) and name == self.account


@dataclass(frozen=True, kw_only=True)
class ImageGrant:
    """A RoleBinding of this program, by its project and name, and the accounts of one project that it lets pull.

    `accounts` are their names, none for all of the project; `created` is an RFC 3339 time.
    """

    images: str
    name: str
    project: str
    accounts: tuple[str, ...]
    created: str

    def has(self, project: str, account: str) -> bool:
        """Whether an account of a project can pull by it."""
        return self.project == project and (not self.accounts or account in self.accounts)

    def as_object(self) -> Object:
        """The grant in JSON output."""
        return {
            "namespace": self.images,
            "roleBinding": self.name,
            "project": self.project,
            "serviceAccounts": list(self.accounts),
            "created": self.created,
        }


def grants_in(bindings: Iterable[Object], namespaces: Container[str]) -> tuple[ImageGrant, ...]:
    """What bindings of this program allow, of images or to accounts in these namespaces, by project and name."""
    found = [grant for binding in bindings if is_grant(binding) for grant in _grants_of(binding)]
    concerned = (grant for grant in found if grant.images in namespaces or grant.project in namespaces)
    return tuple(sorted(concerned, key=lambda grant: (grant.images, grant.project, grant.name)))


def _grants_of(binding: Object) -> Iterator[ImageGrant]:
    """One grant for each project whose accounts are subjects of a binding."""
    by_project: dict[str, list[str]] = {}
    for puller in pullers_in(binding):
        by_project.setdefault(puller.project, []).append(puller.account)
    for project, accounts in by_project.items():
        yield ImageGrant(
            images=namespace_of(binding),
            name=name_of(binding),
            project=project,
            accounts=() if "" in accounts else tuple(accounts),
            created=text_at(binding, "metadata", "creationTimestamp"),
        )


def pullers_of(project: str, accounts: Iterable[str]) -> tuple[Puller, ...]:
    """The accounts with these names, or, without any, all of the project."""
    return tuple(Puller(project=project, account=name) for name in accounts) or (Puller(project=project),)


def binding_name(project: str) -> str:
    """The name of the binding for the accounts of a project, which has 63 characters at most."""
    return f"{_PREFIX}{project}"


def project_of_binding(binding: Object) -> str:
    """The project that a binding of this program is for, by its name; "" for another binding."""
    name = name_of(binding)
    return name.removeprefix(_PREFIX) if name.startswith(_PREFIX) and is_grant(binding) else ""


def is_grant(binding: Object) -> bool:
    """Whether a binding is one that allow-pull makes: marked as ours, of no other party, and to the one role.

    The label alone can be copied, and a subject added to a binding of another role would get that role.
    """
    is_of_others = is_controlled(binding) or maker_of(binding) is not None
    return is_marked(binding) and _role_of(binding) == PULLER_ROLE and not is_of_others


def allows(binding: Object, puller: Puller) -> bool:
    """Whether a binding to system:image-puller lets an account pull the images of the binding's project."""
    return _role_of(binding) == PULLER_ROLE and _has(binding, puller)


def still_allows(binding: Object, puller: Puller) -> bool:
    """Whether a binding to any of OpenShift's roles that include it lets an account, or one of all accounts, pull."""
    subjects = mappings_at(binding, "subjects")
    return _role_of(binding) in _PULLING_ROLES and any(_reaches(subject, puller) for subject in subjects)


def pullers_in(binding: Object) -> tuple[Puller, ...]:
    """The accounts that a binding of this program names, each with its project; other subjects are left out."""
    found = []
    for subject in mappings_at(binding, "subjects"):
        name, namespace = text_at(subject, "name"), text_at(subject, "namespace")
        if text_at(subject, "kind") == Kind.SERVICE_ACCOUNT.title and name and namespace:
            found.append(Puller(project=namespace, account=name))
        elif text_at(subject, "kind") == "Group" and name.startswith(f"{_ACCOUNTS}:"):
            found.append(Puller(project=name.removeprefix(f"{_ACCOUNTS}:")))
    return tuple(found)


def allowed(current: Object | None, pullers: Iterable[Puller], project: str, name: str) -> Object:
    """The binding with the pullers among its subjects; all other subjects stay as they are.

    Args:
        current: the binding of this name as it is, None if there is none.
        pullers: the accounts to add.
        project: the project of the images.
        name: the binding's name.

    Raises:
        RefusedError: a binding of this name is not one that allow-pull made.
    """
    base = _new_binding(project, name) if current is None else current
    _check_ours(base)
    subjects = mappings_at(base, "subjects")
    missing = [puller.subject for puller in pullers if not any(map(puller.is_in, subjects))]
    return {**base, "subjects": [*subjects, *missing]} if missing else base


def revoked(current: Object, pullers: Iterable[Puller]) -> Object | None:
    """The binding without the pullers; None when no subject is left. All of a project takes its accounts along.

    Raises:
        RefusedError: a binding of this name is not one that allow-pull made.
    """
    _check_ours(current)
    subjects = mappings_at(current, "subjects")
    gone = tuple(pullers)
    kept = [subject for subject in subjects if not any(_is_revoked(subject, puller) for puller in gone)]
    if not kept:
        return None
    return {**current, "subjects": kept} if len(kept) < len(subjects) else current


def granting_command(project: str, selecting: Iterable[Flag], accounts: Sequence[str]) -> SuggestedCommand:
    """The command with which an administrator of the images' project allows the pulls.

    Args:
        project: the images' project.
        selecting: the flags that select the projects of the accounts.
        accounts: the names of the accounts; none for all.
    """
    named = (Flag("--serviceaccount", ",".join(accounts)),) if accounts else ()
    return pullsecret("allow-pull", Flag("--from", project), *selecting, *named)


def _check_ours(binding: Object) -> None:
    """Refuse a binding that allow-pull did not make.

    Raises:
        RefusedError: it did not, or the binding is not to system:image-puller any more.
    """
    if is_grant(binding):
        return
    owner = maker_of(binding)
    if _role_of(binding) != PULLER_ROLE:
        reason = f"is not for clusterrole/{PULLER_ROLE}"
    else:
        reason = f"is owned by {owner.party}" if owner else "is not managed by kubectl-pullsecret"
    what = f'rolebindings "{name_of(binding)}" in namespace {namespace_of(binding)}'
    raise RefusedError(f"{what} {reason} and is left unchanged; rename or delete it first")


def _is_account_of(subject: Object, project: str) -> bool:
    """Whether a subject is a service account of a project."""
    is_account = text_at(subject, "kind") == Kind.SERVICE_ACCOUNT.title
    return is_account and text_at(subject, "namespace") == project


def _is_revoked(subject: Object, puller: Puller) -> bool:
    """Whether a subject is the puller itself, or one of its accounts."""
    if puller.account:
        return _is_account_of(subject, puller.project) and text_at(subject, "name") == puller.account
    is_group = text_at(subject, "kind") == "Group" and text_at(subject, "name") == f"{_ACCOUNTS}:{puller.project}"
    return is_group or _is_account_of(subject, puller.project)


def _reaches(subject: Object, puller: Puller) -> bool:
    """Whether a subject is or has the account; for all accounts of a project, any of them."""
    is_user = text_at(subject, "kind") == "User" and not puller.account
    user = f"system:serviceaccount:{puller.project}:"
    of_project = is_user and text_at(subject, "name").startswith(user)
    return puller.is_in(subject) or of_project or (not puller.account and _is_account_of(subject, puller.project))


def _new_binding(project: str, name: str) -> Object:
    return {
        "apiVersion": Kind.ROLE_BINDING.group,
        "kind": Kind.ROLE_BINDING.title,
        "metadata": {"name": name, "namespace": project, "labels": dict(MANAGED_LABELS)},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": PULLER_ROLE},
        "subjects": [],
    }


def _role_of(binding: Object) -> str:
    """The cluster role of a binding; "" for a role of its namespace."""
    role = mapping_at(binding, "roleRef")
    return text_at(role, "name") if text_at(role, "kind") == "ClusterRole" else ""


def _has(binding: Object, puller: Puller) -> bool:
    return any(map(puller.is_in, mappings_at(binding, "subjects")))
