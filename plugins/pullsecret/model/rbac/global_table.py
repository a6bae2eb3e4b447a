"""What commands need with --global: permissions on OpenShift's global pull secret, and on what tells which it is."""

from __future__ import annotations

from pullsecret.model.rbac.permission import MIRRORS, Limit, Place, When, to

_HOSTED = "in a cluster with a hosted control plane: reads and writes additional-pull-secret"
_NODES = "reports what the nodes do, and which waiting pods it helps"
_CONFIG = "config.openshift.io"
WRITE_GLOBAL = (
    *to("get", f"infrastructures.{_CONFIG}", Limit.CLUSTER, When.GLOBAL, place=Place.CLUSTER),
    *to("get patch", "secrets", Limit.GLOBAL, When.GLOBAL, place=Place.OPENSHIFT_CONFIG),
    *to("get", "secrets", Limit.ORIGINAL, When.GLOBAL, place=Place.SYSTEM, purpose=_HOSTED),
    *to("get patch", "secrets", Limit.ADDITIONAL, When.GLOBAL, place=Place.SYSTEM, purpose=_HOSTED),
    *to("create", "secrets", Limit.NONE, When.GLOBAL, place=Place.SYSTEM, purpose=_HOSTED),
    *to("list", f"nodes pods {MIRRORS}", Limit.NONE, When.GLOBAL, place=Place.CLUSTER, purpose=_NODES),
    *to("get", f"clusterversions.{_CONFIG}", Limit.NONE, When.GLOBAL, place=Place.CLUSTER, purpose=_NODES),
    *to(
        "get list",
        "machineconfigurations.operator.openshift.io machineconfigpools.machineconfiguration.openshift.io",
        Limit.NONE,
        When.GLOBAL,
        place=Place.CLUSTER,
        purpose=_NODES,
    ),
)
"""Find out which secret is the global pull secret, and change its entries."""

_PARTS = "in a cluster with a hosted control plane: reads what the nodes' credentials are made of"
READ_GLOBAL = (
    *to("get", f"infrastructures.{_CONFIG}", Limit.CLUSTER, When.GLOBAL, place=Place.CLUSTER),
    *to("get", "secrets", Limit.GLOBAL, When.GLOBAL, place=Place.OPENSHIFT_CONFIG),
    *to("get", "secrets", Limit.ORIGINAL, When.GLOBAL, place=Place.SYSTEM, purpose=_PARTS),
    *to("get", "secrets", Limit.ADDITIONAL, When.GLOBAL, place=Place.SYSTEM, purpose=_PARTS),
    *to("get", "secrets", Limit.MERGED, When.GLOBAL, place=Place.SYSTEM, purpose=_PARTS),
    *to("list", "nodes", Limit.NONE, When.GLOBAL, place=Place.CLUSTER, purpose="finds workers that IBM Cloud manages"),
)
"""Find out which secret is the global pull secret, and read it."""

CHECK_GLOBAL = (
    *READ_GLOBAL,
    *to(
        "list",
        "secrets",
        Limit.NONE,
        When.GLOBAL,
        place=Place.CLUSTER,
        purpose="finds copies of the global pull secret",
    ),
)
"""The same, and look for copies in all namespaces."""

_OF_NODES = "in OpenShift: finds which registries the nodes have credentials for"
NODE_SECRETS = (
    *to("get", "secrets", Limit.GLOBAL, place=Place.OPENSHIFT_CONFIG, purpose=_OF_NODES),
    *to("get", "secrets", Limit.ORIGINAL, place=Place.SYSTEM, purpose=_OF_NODES),
    *to("get", "secrets", Limit.ADDITIONAL, place=Place.SYSTEM, purpose=_OF_NODES),
    *to("get", "secrets", Limit.MERGED, place=Place.SYSTEM, purpose=_OF_NODES),
)
"""Read the credentials that all nodes have, whether they are the global pull secret or what it is made of."""
