"""What commands need to allow pulls from OpenShift's internal registry, and to tell who is allowed what."""

from __future__ import annotations

from pullsecret.model.rbac.permission import Limit, Place, When, to

_BINDINGS = "rolebindings.rbac.authorization.k8s.io"
_ROLES = "clusterroles.rbac.authorization.k8s.io"
_NAMED = (When.ALLOW, When.NAMED_ACCOUNTS)
_ABSENT = "reports service accounts that do not exist"
_HOSTS = "in OpenShift: finds the hosts of the internal registry"
_ALLOWED = "in OpenShift: tells whether a role is there already"

ALLOW_PULL = (
    *to("list", _BINDINGS, place=Place.SOURCE),
    *to("create", _BINDINGS, Limit.NONE, When.ALLOW, place=Place.SOURCE),
    *to("get patch", _BINDINGS, Limit.BINDINGS, place=Place.SOURCE),
    *to("delete", _BINDINGS, Limit.BINDINGS, When.REVOKE, place=Place.SOURCE),
    *to("bind", _ROLES, Limit.PULLER_ROLE, place=Place.SOURCE),
    *to(
        "get", _ROLES, Limit.PULLER_ROLE, When.ALLOW, place=Place.CLUSTER, purpose="reports if the role does not exist"
    ),
    *to("get", "serviceaccounts", Limit.ACCOUNTS, *_NAMED, purpose=_ABSENT),
    *to("list", "serviceaccounts", Limit.ACCOUNTS, *_NAMED, When.BROAD, purpose=_ABSENT),
)
"""Write the RoleBindings in the project of the images; a write needs the right to bind the role, or the role itself."""

SHOW_GRANTS = to("list", _BINDINGS, purpose="in OpenShift: shows what allow-pull allows")
"""Read what allow-pull wrote."""

OTHER_PROJECTS = (
    *to("get", "images.config.openshift.io", Limit.CLUSTER, place=Place.CLUSTER, purpose=_HOSTS),
    *to("list", "routes.route.openshift.io", place=Place.REGISTRY, purpose=_HOSTS),
    *to("list", _BINDINGS, place=Place.CLUSTER, purpose=_ALLOWED),
)
"""Tell why an image of another project cannot be pulled."""
