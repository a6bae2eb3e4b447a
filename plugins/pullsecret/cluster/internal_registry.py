"""What a cluster says about OpenShift's internal registry, and about the account that pulls from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import MAX_SINGLE_READS, read_one_by_one
from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.objects.objects import Kind, Object, label_problem, text_at
from pullsecret.model.openshift.account_tokens import owner_in
from pullsecret.model.openshift.internal_hosts import REGISTRY_NAMESPACE, internal_hosts
from pullsecret.model.openshift.puller import PULLER

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.openshift.internal_hosts import InternalHosts
    from pullsecret.model.plan.observed import Observed, ObservedNamespaces


@dataclass(frozen=True, kw_only=True)
class SeenAccount:
    """The account that a token is made of, as it was read; None where it does not exist.

    `binding` is its role binding, and `others` are all of its project, None if they may not be listed.
    """

    account: Object | None = field(repr=False)
    binding: Object | None = field(default=None, repr=False)
    others: tuple[Object, ...] | None = field(default=(), repr=False)


def read_internal_hosts(cluster: Cluster, project: str) -> InternalHosts:
    """Read under which hosts the registry is reached; who may read nothing about it has the images' project.

    Raises:
        PullSecretError: the cluster has no internal registry.
    """
    reading_routes = cluster.start(partial(_read_list, cluster, Kind.ROUTE, REGISTRY_NAMESPACE))
    config = _read_config(cluster)
    routes = reading_routes.result()
    streams = _read_list(cluster, Kind.IMAGE_STREAM, project) if config is None else ()
    return internal_hosts(config, routes, streams or ())


def read_registry_hosts(cluster: Cluster) -> frozenset[str]:
    """Read under which hosts the registry is reached, as far as that may be read; two requests, side by side."""
    routes = cluster.start(partial(_read_list, cluster, Kind.ROUTE, REGISTRY_NAMESPACE))
    try:
        config = cluster.read(Kind.IMAGE_CONFIG, "", "cluster")
    except (ForbiddenError, NotFoundError):
        config = None
    found = internal_hosts(config, routes.result())
    return frozenset((*found.internal, *found.external))


def read_account(cluster: Cluster, project: str, name: str) -> SeenAccount:
    """Read the account in the images' project, and the roles of the one that this program creates.

    Raises:
        NotFoundError: there is no such project, or no such account and it is another one.
    """
    reading_project = cluster.start(partial(_check_project, cluster, project))
    if name:
        reading_project.result()
        return SeenAccount(account=cluster.read(Kind.SERVICE_ACCOUNT, project, name))
    reading_others = cluster.start(partial(_read_list, cluster, Kind.ROLE_BINDING, project))
    reading_binding = cluster.start(partial(_read_one, cluster, Kind.ROLE_BINDING, project))
    account = _read_one(cluster, Kind.SERVICE_ACCOUNT, project)
    reading_project.result()
    return SeenAccount(account=account, binding=reading_binding.result(), others=reading_others.result())


def read_token_accounts(cluster: Cluster, observed: ObservedNamespaces) -> Observed:
    """Read the accounts of this program that tokens in secrets say to be of, in namespaces that were not read."""
    claimed = (
        owner
        for secret in observed.secrets.present.values()
        for entry in registries_of(secret).entries[:1]
        if (owner := owner_in(entry.password)) is not None
    )
    keys = dict.fromkeys(
        (owner.namespace, PULLER)
        for owner in claimed
        if owner.name == PULLER
        and owner.namespace not in observed.selection.names
        and not label_problem(owner.namespace)
    )
    return read_one_by_one(cluster, Kind.SERVICE_ACCOUNT, tuple(keys)[:MAX_SINGLE_READS])


def _check_project(cluster: Cluster, project: str) -> None:
    """Raise NotFoundError for a project that does not exist, as far as that may be read."""
    try:
        cluster.read(Kind.NAMESPACE, "", project)
    except ForbiddenError:
        return
    except NotFoundError as error:
        raise error.with_hint("use --from to name the project whose images are pulled") from None


def _read_config(cluster: Cluster) -> Object | None:
    """images.config.openshift.io "cluster"; None if it may not be read."""
    try:
        config = cluster.read(Kind.IMAGE_CONFIG, "", "cluster")
    except ForbiddenError:
        _check_is_openshift(cluster)
        return None
    except NotFoundError as error:
        raise _no_registry('it has no images.config.openshift.io "cluster"') from error
    if not text_at(config, "status", "internalRegistryHostname"):
        raise _no_registry('images.config.openshift.io "cluster" has no status.internalRegistryHostname')
    return config


def _check_is_openshift(cluster: Cluster) -> None:
    """Raise PullSecretError for a cluster without image streams: anyone may read which groups are served."""
    try:
        cluster.discover("image.openshift.io")
    except NotFoundError as error:
        raise _no_registry("it does not serve image.openshift.io") from error


def _no_registry(reason: str) -> PullSecretError:
    return PullSecretError(
        f"the cluster has no internal registry: {reason}",
        hint="--internal-registry is for OpenShift clusters whose Image Registry Operator runs a registry",
    )


def _read_list(cluster: Cluster, kind: Kind, namespace: str) -> tuple[Object, ...] | None:
    """All objects of a kind in a namespace; None if they may not be listed, and none of a kind that is not served."""
    try:
        return cluster.read_all(kind, namespace)
    except ForbiddenError:
        return None
    except NotFoundError:
        return ()


def _read_one(cluster: Cluster, kind: Kind, namespace: str) -> Object | None:
    try:
        return cluster.read(kind, namespace, PULLER)
    except NotFoundError:
        return None
