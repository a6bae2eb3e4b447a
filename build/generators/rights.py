"""The RBAC rights that each command needs: plain data, which tests/commands/test_rights.py proves and docs print.

A rule is `resource: verbs`. The rights of the namespaces acted on are needed in each of them: with -n a Role there is
enough; with -A or -l a ClusterRole, and with it the right to list namespaces, by which they are found.
"""

from __future__ import annotations

from typing import TypeAlias

Rules: TypeAlias = dict[str, tuple[str, ...]]
"""From a resource, of the core API group unless it says another, to verbs of RBAC."""

PLACE: Rules = {"secrets": ("get", "create", "patch")}
"""Read what is there, create what is not, patch what differs."""

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
"""By -n, in the namespaces named."""

EVERY_NAMESPACE: dict[str, Rules] = {name: {"namespaces": ("list",), **rules} for name, rules in ONE_NAMESPACE.items()}
"""By -A or -l, in the whole cluster."""

SOURCE: dict[str, Rules] = {"copy": {"secrets": ("get",)}, "copy 'PATTERN*'": {"secrets": ("list",)}}
"""In the namespace copied from."""

WITH_FLAG: dict[str, Rules] = {
    "--force": {"secrets": ("delete",)},
    "--all-serviceaccounts": {"serviceaccounts": ("list",)},
    "--create-namespaces": {"namespaces": ("get", "create")},
    "--fix": {
        **PLACE,
        **ATTACH,
        "deployments.apps, daemonsets.apps, statefulsets.apps, replicasets.apps": ("get", "patch"),
        "pods": ("list", "delete"),
    },
}
"""What a flag needs besides."""

OPTIONAL: dict[str, Rules] = {
    "to tell which waiting pods a secret helps": {"pods": ("list",)},
    "for verify to know the images to try": {"pods": ("list",)},
    "for the SERVICEACCOUNTS of list": {"serviceaccounts": ("list",)},
    "for what check says of service accounts and of running pods": {"serviceaccounts": ("list",), "pods": ("list",)},
    "for check to compare copies with sources in namespaces that it does not act on": {"secrets": ("get",)},
    "to tell of doctor's causes which secret it is, and what mends it": {
        "secrets": ("list",),
        "serviceaccounts": ("list",),
        "deployments.apps, statefulsets.apps, daemonsets.apps, replicasets.apps, jobs.batch": ("list",),
    },
    "to tell of doctor's causes when the next attempt comes, and what the node's runtime does": {
        "events": ("list",),
        "nodes": ("get",),
    },
    "to ask once for all of many namespaces": {"secrets": ("list",), "serviceaccounts": ("list",)},
    "to know a namespace that is not there, or ends, before it is written to": {"namespaces": ("get",)},
}
"""What goes on without, with a note where something is lost."""
