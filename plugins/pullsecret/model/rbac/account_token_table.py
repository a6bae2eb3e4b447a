"""What `create --internal-registry` needs: rows of the table of permissions."""

from __future__ import annotations

from pullsecret.model.rbac.permission import Limit, Place, When, to

_BINDINGS = "rolebindings.rbac.authorization.k8s.io"
ACCOUNT_TOKEN = (
    *to("get", "serviceaccounts", Limit.TOKEN_ACCOUNT, When.INTERNAL_REGISTRY, place=Place.SOURCE),
    *to("create", "serviceaccounts/token", Limit.TOKEN_ACCOUNT, When.INTERNAL_REGISTRY, place=Place.SOURCE),
    *to("create", f"serviceaccounts {_BINDINGS}", Limit.NONE, When.PULLER, place=Place.SOURCE),
    *to("get", _BINDINGS, Limit.TOKEN_ACCOUNT, When.PULLER, place=Place.SOURCE),
    *to("bind", "clusterroles.rbac.authorization.k8s.io", Limit.PULLER_ROLE, When.PULLER, place=Place.SOURCE),
    *to("list", _BINDINGS, Limit.NONE, When.PULLER, place=Place.SOURCE, purpose="finds other roles of the account"),
    *to(
        "get",
        "namespaces",
        Limit.NONE,
        When.INTERNAL_REGISTRY,
        place=Place.SOURCE,
        purpose="reports a project that does not exist before writing",
    ),
    *to(
        "get",
        "images.config.openshift.io",
        Limit.NONE,
        When.INTERNAL_REGISTRY,
        place=Place.SOURCE_CLUSTER,
        purpose="finds the names of the internal registry",
    ),
    *to(
        "list",
        "imagestreams.image.openshift.io",
        Limit.NONE,
        When.INTERNAL_REGISTRY,
        place=Place.SOURCE,
        purpose="finds these names without the former permission",
    ),
    *to(
        "list",
        "routes.route.openshift.io",
        Limit.NONE,
        When.INTERNAL_REGISTRY,
        place=Place.REGISTRY,
        purpose="finds the route of the internal registry",
    ),
)
"""Make a token of an account in the images' project, which is created there with its one role."""
