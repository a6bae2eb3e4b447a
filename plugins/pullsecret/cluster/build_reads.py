"""Reads the build configs of an OpenShift cluster; a server without them is no error where they are only looked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.cluster.openshift import check_is_served, is_served
from pullsecret.errors import ApiError, NotFoundError
from pullsecret.model.objects.objects import Kind, namespace_of
from pullsecret.model.openshift.builds import is_of_openshift
from pullsecret.model.plan.named_objects import NamedObject
from pullsecret.model.plan.observed import Observed
from pullsecret.model.plan.references import with_uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.target_namespaces import TargetNamespaces


def read_build_users(cluster: Cluster, accounts: Observed) -> Observed:
    """Read the build configs of these accounts' namespaces, to see which secrets they use.

    Nothing is sent where the accounts are those of a cluster without OpenShift.
    """
    if not is_of_openshift(accounts.present.values()):
        return Observed()
    namespaces = tuple(dict.fromkeys(namespace_of(account) for account in accounts.present.values()))
    try:
        found = read_all_in(cluster, Kind.BUILD_CONFIG, namespaces, keep=partial(with_uses, Kind.BUILD_CONFIG))
    except NotFoundError:
        return Observed()  # the Build capability is not enabled, or the cluster only looks like OpenShift
    except ApiError as error:
        return Observed(unreadable={(namespace, ""): error for namespace in namespaces})
    return Observed() if found.unreadable and is_served(cluster, Kind.BUILD_CONFIG) is False else found


def read_build_configs(
    cluster: Cluster, namespaces: TargetNamespaces, names: Sequence[str]
) -> tuple[tuple[NamedObject, ...], tuple[str, ...]]:
    """Read the build configs of these names in each target namespace; the second result is notes.

    Raises:
        PullSecretError: the server does not know build configs, in kubectl's words.
    """

    def read(existing: Sequence[str]) -> Observed:
        try:
            return read_by_keys(
                cluster, Kind.BUILD_CONFIG, [(namespace, name) for namespace in existing for name in names]
            )
        except NotFoundError:
            return Observed()

    found = namespaces.start(read).result()
    keys = [(namespace, name) for namespace in namespaces.selection.usable for name in names]
    if keys and not found.present and not found.unreadable:
        check_is_served(cluster, Kind.BUILD_CONFIG)
    builds = tuple(
        NamedObject(
            kind=Kind.BUILD_CONFIG,
            namespace=key[0],
            name=key[1],
            current=found.present.get(key),
            error=found.error_at(key),
        )
        for key in keys
    )
    return builds, found.notes
