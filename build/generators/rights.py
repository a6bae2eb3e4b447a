"""The RBAC permissions that each command needs: plain data, proved by tests/commands/test_rights.py, printed in docs.

A rule is `resource: verbs`. With -n, a Role in each target namespace is enough; -A and -l need a ClusterRole, which
also allows listing namespaces.
"""

from __future__ import annotations

from typing import TypeAlias

Rules: TypeAlias = dict[str, tuple[str, ...]]
"""From a resource, in the core API group unless it has a suffix, to RBAC verbs."""

PLACE: Rules = {"secrets": ("get", "create", "patch")}
"""Read existing secrets, create missing ones, patch those that differ."""

ATTACH: Rules = {"serviceaccounts": ("get", "patch")}

ONE_NAMESPACE: dict[str, Rules] = {
    "copy": PLACE,
    "copy --attach": {**PLACE, **ATTACH},
    "create": PLACE,
    "create --attach": {**PLACE, **ATTACH},
    "attach": {"secrets": ("get",), **ATTACH},
    "detach": ATTACH,
    "entitled": PLACE,
    "entitled --attach": {**PLACE, **ATTACH},
    "list": {"secrets": ("list",)},
    "check": {"secrets": ("list",)},
    "verify": {"secrets": ("list",)},
    "verify NAME": {"secrets": ("get",)},
    "doctor": {"pods": ("list",)},
}
"""With -n, in the target namespaces."""

EVERY_NAMESPACE: dict[str, Rules] = {name: {"namespaces": ("list",), **rules} for name, rules in ONE_NAMESPACE.items()}
"""With -A or -l, in the whole cluster."""

SOURCE: dict[str, Rules] = {"copy": {"secrets": ("get",)}, "copy 'PATTERN*'": {"secrets": ("list",)}}
"""In the source namespace."""

WITH_FLAG: dict[str, Rules] = {
    "--recreate": {"secrets": ("delete",)},
    "--all-serviceaccounts": {"serviceaccounts": ("list",)},
    "--create-namespaces": {"namespaces": ("get", "create")},
    "--fix": {
        **PLACE,
        **ATTACH,
        "deployments.apps, daemonsets.apps, statefulsets.apps, replicasets.apps": ("get", "patch"),
        "pods": ("list", "delete"),
    },
}
"""What a flag needs in addition."""

OPTIONAL: dict[str, Rules] = {
    "reports which waiting pods recover": {"pods": ("list",)},
    "lets verify discover images": {"pods": ("list",)},
    "fills the SERVICEACCOUNTS column of list": {"serviceaccounts": ("list",)},
    "lets check report on service accounts and running pods": {"serviceaccounts": ("list",), "pods": ("list",)},
    "lets check compare copies with sources in other namespaces": {"secrets": ("get",)},
    "lets doctor find the secret and the fix": {
        "secrets": ("list",),
        "serviceaccounts": ("list",),
        "deployments.apps, statefulsets.apps, daemonsets.apps, replicasets.apps, jobs.batch": ("list",),
    },
    "lets doctor report the next attempt and the node's runtime": {"events": ("list",), "nodes": ("get",)},
    "reads many namespaces with one request": {"secrets": ("list",), "serviceaccounts": ("list",)},
    "reports a namespace that does not exist or is terminating before writing": {"namespaces": ("get",)},
}
"""Optional permissions; without them the command continues, with a note if something is missing."""
