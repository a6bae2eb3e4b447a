"""What each command needs: the one table of permissions, for `generate rbac`, the documentation and the tests.

`create` cannot be limited to names, because the request has none; `list` can, because the program selects by
`metadata.name` (Kubernetes documentation, "Referring to resources").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.rbac.account_token_table import ACCOUNT_TOKEN
from pullsecret.model.rbac.global_table import CHECK_GLOBAL, NODE_SECRETS, READ_GLOBAL, WRITE_GLOBAL
from pullsecret.model.rbac.grants_table import ALLOW_PULL, OTHER_PROJECTS, SHOW_GRANTS
from pullsecret.model.rbac.permission import MIRRORS, WORKLOADS, Limit, Place, When, to

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.rbac.permission import NeededPermission

_SELECT = (
    *to("list", "namespaces", Limit.NONE, When.BROAD, place=Place.CLUSTER),
    *to(
        "get",
        "namespaces",
        Limit.NAMESPACES,
        When.NAMED,
        purpose="reports a namespace that does not exist or is terminating before writing",
    ),
)
"""Find the target namespaces."""

_CREATE_NAMESPACES = (
    *to("get", "namespaces", Limit.NAMESPACES, When.CREATE_NAMESPACES, place=Place.CLUSTER),
    *to("create", "namespaces", Limit.NONE, When.CREATE_NAMESPACES, place=Place.CLUSTER),
)

_PLACE = (
    *to("get", "secrets", Limit.SIBLINGS),
    *to("patch", "secrets", Limit.SECRETS),
    *to("create", "secrets"),
    *to("list", "secrets", Limit.SIBLINGS, When.BROAD),
    *to("delete", "secrets", Limit.SIBLINGS, When.RECREATE),
)
"""Read existing secrets, and what --recreate kept of them, create missing ones, patch those that differ."""


_BUILDS = "buildconfigs.build.openshift.io"


def _edit_accounts(*when: When) -> tuple[NeededPermission, ...]:
    """Read service accounts, and patch their lists."""
    return (
        *to("get patch", "serviceaccounts", Limit.ACCOUNTS, *when),
        *to("list", "serviceaccounts", Limit.ACCOUNTS, *when, When.BROAD),
    )


_EDIT_WORKLOADS = (
    *to("get patch", WORKLOADS, Limit.WORKLOADS, When.WORKLOADS),
    *to("list", WORKLOADS, Limit.WORKLOADS, When.WORKLOADS, When.BROAD),
)
_EDIT_BUILDS = (
    *to("get patch", _BUILDS, Limit.BUILDS, When.BUILDS),
    *to("list", _BUILDS, Limit.BUILDS, When.BUILDS, When.BROAD),
)
_EVERY_ACCOUNT = to("list", "serviceaccounts", Limit.NONE, When.EVERY_ACCOUNT)
_WAITING_PODS = to("list", "pods", purpose="reports which waiting pods recover")
_MARKED_KEYS = (
    *to(
        "get",
        "namespaces",
        Limit.NONE,
        When.SERVICE_ID,
        place=Place.CLUSTER,
        purpose="marks the API key with the UID of kube-system, so that a later run knows for which cluster it is",
    ),
    *to(
        "list",
        "secrets",
        Limit.NONE,
        When.SERVICE_ID,
        place=Place.CLUSTER,
        purpose="finds API keys that an interrupted run left and that no secret holds",
    ),
)
_CREATE = (*_PLACE, *_edit_accounts(When.ATTACH), *_SELECT, *_CREATE_NAMESPACES, *_WAITING_PODS)
_WORKLOADS = "deployments.apps daemonsets.apps statefulsets.apps replicasets.apps"
_TEMPLATES = f"{_WORKLOADS} replicationcontrollers jobs.batch cronjobs.batch"

_BUILD_USERS = "in OpenShift: deletes nothing that build configs use, and refuses where it cannot list them"
_OF_NODES = "in OpenShift: knows the credentials of the nodes"
_GOES_ON = "notes what proves the copies, so that a run that is killed can go on"

NEEDED: Mapping[str, tuple[NeededPermission, ...]] = {
    "copy": (
        *_CREATE,
        *WRITE_GLOBAL,
        *to("get", "secrets", Limit.SECRETS, When.EXACT, place=Place.SOURCE),
        *to("list", "secrets", Limit.NONE, When.PATTERN, place=Place.SOURCE),
    ),
    "create": (
        *_CREATE,
        *WRITE_GLOBAL,
        *_MARKED_KEYS,
        *ACCOUNT_TOKEN,
    ),
    "attach": (
        *to("get", "secrets", Limit.SECRETS),
        *to("list", "secrets", Limit.SECRETS, When.BROAD),
        *_edit_accounts(When.ACCOUNTS),
        *_EVERY_ACCOUNT,
        *_EDIT_WORKLOADS,
        *_EDIT_BUILDS,
        *to("get", "serviceaccounts", Limit.NONE, When.ACCOUNT_SECRETS),
        *to("list", "serviceaccounts", Limit.NONE, When.ACCOUNT_SECRETS, When.BROAD),
        *to("get list", "serviceaccounts", Limit.NONE, When.WORKLOADS, purpose="shows which secrets a list hides"),
        *_SELECT,
        *_CREATE_NAMESPACES,
        *_WAITING_PODS,
    ),
    "detach": (*_edit_accounts(When.ACCOUNTS), *_EVERY_ACCOUNT, *_EDIT_WORKLOADS, *_EDIT_BUILDS, *_SELECT),
    "entitled": (*_CREATE, *WRITE_GLOBAL),
    "delete": (
        *to("get delete", "secrets", Limit.SECRETS, When.EXACT),
        *to("list", "secrets", Limit.SECRETS, When.EXACT, When.BROAD),
        *to("get list delete", "secrets", Limit.NONE, When.PATTERN),
        *to("get list patch", "serviceaccounts"),
        *to("list", f"pods {_TEMPLATES}", Limit.NONE, When.UNLESS_IN_USE),
        *to("list", _BUILDS, Limit.NONE, When.UNLESS_IN_USE, purpose=_BUILD_USERS),
        *_SELECT,
    ),
    "rotate": (
        *to("get", "secrets", Limit.SECRETS, place=Place.SOURCE),
        *to("get", "secrets", Limit.PREVIOUS, When.CREDENTIAL, place=Place.SOURCE),
        *to("create", "secrets", Limit.NONE, When.ROTATE, place=Place.SOURCE),
        *to("patch", "secrets", Limit.SECRETS, When.ROTATE_OR_UNDO, place=Place.SOURCE),
        *to("patch", "secrets", Limit.PREVIOUS, When.UNDO, place=Place.SOURCE),
        *to("patch", "secrets", Limit.PREVIOUS, When.SERVICE_ID, place=Place.SOURCE),
        *to("patch", "secrets", Limit.PREVIOUS, When.KEY_END, place=Place.SOURCE),
        *to("delete", "secrets", Limit.PREVIOUS, When.FINISH, place=Place.SOURCE),
        *to("get patch delete", "secrets", Limit.RENEWAL, When.RENEW, place=Place.SYSTEM, purpose=_GOES_ON),
        *to("create", "secrets", Limit.NONE, When.RENEW, place=Place.SYSTEM, purpose=_GOES_ON),
        *to("list", "secrets"),
        *to("get patch", "secrets", Limit.NONE, When.ROTATE_OR_UNDO),
        *to("get patch", "secrets", Limit.NONE, When.RENEW),
        *to("get list create delete", "pods", Limit.NONE, When.PROBE, place=Place.CANARY),
        *_SELECT,
        *to("list", "secrets", place=Place.CLUSTER, purpose="finds who else holds the old credential"),
        *_MARKED_KEYS,
        *to("list", "secrets", Limit.NONE, When.KEY_END, place=Place.CLUSTER),
        *to("get", "namespaces", Limit.NONE, When.KEY_END, place=Place.CLUSTER),
        *to("list", "pods", Limit.NONE, When.ROTATE, purpose="discovers the images to verify"),
        *WRITE_GLOBAL,
    ),
    "sync": (
        *to("list", "secrets"),
        *to("get patch", "secrets", Limit.SECRETS),
        *to("get list", "secrets", place=Place.SOURCE),
        *to("get create delete", "secrets", Limit.SIBLINGS, When.RECREATE),
        *to("delete", "secrets", Limit.SECRETS, When.PRUNE),
        *to("get list patch", "serviceaccounts", Limit.NONE, When.PRUNE),
        *to("list", f"pods {_TEMPLATES}", Limit.NONE, When.PRUNE),
        *to("list", _BUILDS, Limit.NONE, When.PRUNE, purpose=_BUILD_USERS),
        *_SELECT,
    ),
    "list": (
        *to("list", "secrets"),
        *_SELECT,
        *to("list", "serviceaccounts", purpose="fills the SERVICEACCOUNTS column"),
        *SHOW_GRANTS,
        *to("list", f"serviceaccounts pods {_TEMPLATES}", Limit.NONE, When.UNUSED, purpose="tells what is unused"),
        *to("list", _BUILDS, Limit.NONE, When.UNUSED, purpose="in OpenShift: finds what no build config uses"),
        *to("get", "secrets", Limit.NONE, When.STALE, place=Place.CLUSTER, purpose="reads sources in other namespaces"),
        *READ_GLOBAL,
    ),
    "describe": (
        *to("list", "secrets"),
        *_SELECT,
        *to("list", f"serviceaccounts pods {_TEMPLATES}", purpose="shows who uses the secret"),
        *to("list", _BUILDS, purpose="in OpenShift: shows which build configs use the secret"),
        *to("list", "secrets", place=Place.CLUSTER, purpose="finds copies in all namespaces"),
        *SHOW_GRANTS,
        *READ_GLOBAL,
    ),
    "check": (
        *to("list", "secrets"),
        *_SELECT,
        *to("list", "serviceaccounts pods", purpose="reports on service accounts and running pods"),
        *to("get", "secrets", place=Place.CLUSTER, purpose="compares copies with sources in other namespaces"),
        *CHECK_GLOBAL,
        *to("list", MIRRORS, place=Place.CLUSTER, purpose="in OpenShift: finds the mirrors of images"),
        *to("get", "serviceaccounts", place=Place.CLUSTER, purpose="suggests how to renew tokens of other namespaces"),
    ),
    "verify": (
        *to("get", "secrets", Limit.SECRETS, When.EXACT),
        *to("list", "secrets", Limit.SECRETS, When.EXACT, When.BROAD),
        *to("list", "secrets", Limit.NONE, When.PATTERN, When.NOT_IN_CLUSTER),
        *to("create", "imagestreamimports.image.openshift.io", Limit.NONE, When.IN_CLUSTER),
        *_SELECT,
        *to("get create delete", "pods", Limit.NONE, When.PROBE),
        *to("list", "secrets", Limit.NONE, When.IN_CLUSTER, purpose="reports which secret OpenShift uses"),
        *to("list", "pods", Limit.NONE, When.NOT_IN_CLUSTER, purpose="discovers the images to try"),
        *to("list", "pods", Limit.NONE, When.PROBE, purpose="deletes the pods of runs that were killed"),
        *READ_GLOBAL,
    ),
    "can-pull": (
        *to("get", "secrets"),
        *to("list", "secrets", Limit.NONE, When.BROAD),
        *to("get", "serviceaccounts", Limit.ACCOUNTS),
        *to("list", "serviceaccounts", Limit.ACCOUNTS, When.BROAD),
        *to("get", WORKLOADS, Limit.WORKLOADS, When.NAMED_WORKLOADS),
        *to("list", WORKLOADS, Limit.WORKLOADS, When.NAMED_WORKLOADS, When.BROAD),
        *_SELECT,
        *to("list", "secrets", purpose="finds a secret of the namespace that can be attached"),
        *to("get", "secrets", Limit.GLOBAL, place=Place.OPENSHIFT_CONFIG, purpose=_OF_NODES),
        *to("get", "secrets", Limit.MERGED, place=Place.SYSTEM, purpose=_OF_NODES),
        *to("get", "secrets", Limit.ORIGINAL, place=Place.SYSTEM, purpose=_OF_NODES),
        *to("get", "secrets", Limit.ADDITIONAL, place=Place.SYSTEM, purpose=_OF_NODES),
        *to("list", "pods", Limit.NONE, When.NAMED_WORKLOADS, purpose="compares new pods with existing ones"),
        *to("list", "secrets", place=Place.SHARED, purpose="finds secrets that can be copied"),
        *OTHER_PROJECTS,
        *to("list", MIRRORS, place=Place.CLUSTER, purpose="in OpenShift: finds the mirrors of images"),
    ),
    "import": (
        *to("get", "imagestreams.image.openshift.io"),
        *to("create patch", "imagestreamtags.image.openshift.io"),
        *to(
            "get",
            "namespaces",
            Limit.NAMESPACES,
            purpose="reports a namespace that does not exist or is terminating before writing",
        ),
        *to("list", "secrets", purpose="names the pull secrets that a failed import has tried"),
        *to("get", "secrets", place=Place.SHARED, purpose="finds a secret that can be copied after a failed import"),
    ),
    "doctor": (
        *to("list", "pods"),
        *_SELECT,
        *to("get list create patch", "secrets", Limit.NONE, When.FIX),
        *to("get list patch", "serviceaccounts", Limit.NONE, When.FIX),
        *to("get list patch", _WORKLOADS, Limit.NONE, When.FIX),
        *to("list", "jobs.batch", Limit.NONE, When.FIX),
        *to("delete", "pods", Limit.NONE, When.FIX),
        *to("get create", "pods", Limit.NONE, When.RECREATE_PODS),
        *to("list", "secrets", Limit.NONE, When.FROM, place=Place.SOURCE),
        *to("get", "secrets", Limit.NONE, When.FROM, When.FIX, place=Place.SOURCE),
        *to("get list", "secrets", Limit.NONE, When.FIX, place=Place.SHARED),
        *to("list", "secrets serviceaccounts", purpose="finds the secret and the fix"),
        *to("list", f"{_WORKLOADS} jobs.batch", purpose="finds the secret and the fix"),
        *to("list", "secrets", place=Place.SHARED, purpose="finds secrets that can be copied"),
        *to("list", "events", purpose="reports the next attempt"),
        *OTHER_PROJECTS,
        *to("get", "nodes", place=Place.CLUSTER, purpose="reports the node's runtime"),
        *to("list", MIRRORS, place=Place.CLUSTER, purpose="in OpenShift: finds the mirrors of images"),
    ),
    "report": (
        *to("list", "secrets"),
        *_SELECT,
        *to("list", f"serviceaccounts pods {_TEMPLATES}", purpose="finds which images are pulled with which secrets"),
        *to("list", _BUILDS, purpose="in OpenShift: shows which build configs use a secret"),
        *to("get", "secrets", place=Place.CLUSTER, purpose="compares copies with sources in other namespaces"),
        *to("get", "serviceaccounts", place=Place.CLUSTER, purpose="suggests how to renew tokens of other namespaces"),
        *to("list", MIRRORS, place=Place.CLUSTER, purpose="in OpenShift: finds the mirrors of images"),
        *NODE_SECRETS,
        *to("get", "namespaces", place=Place.CLUSTER, purpose="with several clusters: tells them apart by kube-system"),
    ),
    "allow-pull": (*ALLOW_PULL, *_SELECT),
}
"""The permissions of each command that contacts the cluster, in the order of the help."""
